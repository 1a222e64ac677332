/*===- CHeaderTest.c - The embedder API from C ----------------------------===*\
|*                                                                            *|
|* Compiled as C99 without extensions; CHeaderTest.cpp calls it.              *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "fa3/Runtime/fa3_runtime.h"

fa3_status fa3TestLaunchNothing(void);

/* Launches a null kernel on a null tensor; the error is the caller's to see. */
fa3_status fa3TestLaunchNothing(void) {
  int64_t shape[2] = {3, 4};
  fa3_tensor tensor = {0};
  tensor.shape = shape;
  tensor.rank = 2;
  tensor.dtype = FA3_F16;
  return fa3_launch((fa3_kernel)0, &tensor, 1, (void *)0);
}
