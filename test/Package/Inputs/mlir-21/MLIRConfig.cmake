# As much of another release as FA3Config.cmake looks at.
set(LLVM_VERSION_MAJOR 21)
set(LLVM_PACKAGE_VERSION 21.1.8)
