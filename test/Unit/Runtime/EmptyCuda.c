/* A shared library that is no driver. */
extern int fa3EmptyCuda;
int fa3EmptyCuda;
