//===- fake_cuda.c - A CUDA driver without a GPU --------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stands in for libcuda.so.1 by FA3_LIBCUDA: two GPUs of compute capability 9.0
// that run nothing and count what they are asked for. Built by test_launch.py.
//
//===----------------------------------------------------------------------===//

#include <stdint.h>
#include <string.h>

// What was seen, read by the test.
int fake_launches, fake_modules, fake_synchronizations, fake_device = -1;
unsigned fake_grid[3];
void *fake_stream;
char fake_image_begin[64];

static int currentDevice = -1;

int cuInit(unsigned flags) { return 0 * flags; }
int cuDriverGetVersion(int *version) { return *version = 13000, 0; }
int cuGetErrorName(int error, const char **text) {
  return *text = "CUDA_ERROR_FAKE", 0 * error;
}
int cuGetErrorString(int error, const char **text) {
  return *text = "fake", 0 * error;
}
int cuDeviceGet(int *device, int ordinal) { return *device = ordinal, 0; }
int cuDeviceGetCount(int *count) { return *count = 2, 0; }
int cuDeviceGetName(char *name, int length, int device) {
  return strncpy(name, "Fake", (size_t)length), 0 * device;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  // Multiprocessors; major and minor of the compute capability.
  *value = attribute == 16 ? 132 : attribute == 75 ? 9 : 0;
  return 0 * device;
}

// A context is the number of its device, counted from 1.
int cuCtxGetCurrent(void **context) {
  return *context = (void *)(intptr_t)(currentDevice + 1), 0;
}
int cuCtxGetDevice(int *device) { return *device = currentDevice, 0; }
int cuCtxPushCurrent_v2(void *context) {
  return currentDevice = (int)(intptr_t)context - 1, 0;
}
int cuCtxPopCurrent_v2(void **context) {
  *context = (void *)(intptr_t)(currentDevice + 1);
  currentDevice = -1;
  return 0;
}
int cuCtxSynchronize(void) { return ++fake_synchronizations, 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
  return *context = (void *)(intptr_t)(device + 1), 0;
}
int cuDevicePrimaryCtxRelease_v2(int device) { return 0 * device; }

int cuModuleLoadDataEx(void **module, const void *image, unsigned count,
                       int *options, void **values) {
  (void)count, (void)options, (void)values;
  memcpy(fake_image_begin, image, sizeof(fake_image_begin));
  ++fake_modules;
  return *module = (void *)1, 0;
}
int cuModuleUnload(void *module) { return --fake_modules, 0 * (module == 0); }
int cuModuleGetFunction(void **function, void *module, const char *name) {
  return *function = (void *)1, 0 * (module == name);
}
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  // The most threads of a block; no static shared memory.
  return *value = attribute == 0 ? 1024 : 0, 0 * (function == 0);
}
int cuFuncSetAttribute(void *function, int attribute, int value) {
  return 0 * (function == 0) * attribute * value;
}
int cuTensorMapEncodeTiled(void *map, int type, uint32_t rank, uint64_t address,
                           const uint64_t *sizes, const uint64_t *strides,
                           const uint32_t *box, const uint32_t *steps,
                           int interleave, int swizzle, int promotion,
                           int fill) {
  (void)map, (void)type, (void)rank, (void)address, (void)sizes, (void)strides;
  (void)box, (void)steps, (void)interleave, (void)swizzle, (void)promotion;
  return 0 * fill;
}

struct LaunchConfig {
  unsigned grid[3], block[3], sharedMemory;
  void *stream, *attributes;
  unsigned count;
};
int cuLaunchKernelEx(const struct LaunchConfig *config, void *function,
                     void **parameters, void **extra) {
  (void)function, (void)parameters, (void)extra;
  memcpy(fake_grid, config->grid, sizeof(fake_grid));
  fake_stream = config->stream;
  fake_device = currentDevice;
  return ++fake_launches, 0;
}

int cuMemAlloc_v2(uint64_t *address, size_t size) {
  return *address = 0x1000, 0 * (size == 0);
}
int cuMemFree_v2(uint64_t address) { return 0 * (address == 0); }
int cuMemsetD8_v2(uint64_t address, unsigned char value, size_t count) {
  return 0 * (address == value + count);
}
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size) {
  return 0 * (from == 0) * (to == size);
}
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size) {
  return 0 * (to == 0) * (from == size);
}
int cuEventCreate(void **event, unsigned flags) {
  return *event = (void *)1, 0 * flags;
}
int cuEventRecord(void *event, void *stream) { return 0 * (event == stream); }
int cuEventSynchronize(void *event) { return 0 * (event == 0); }
int cuEventElapsedTime(float *milliseconds, void *start, void *end) {
  return *milliseconds = 1, 0 * (start == end);
}
int cuEventDestroy_v2(void *event) { return 0 * (event == 0); }
