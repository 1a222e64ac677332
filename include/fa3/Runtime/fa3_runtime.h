/*===- fa3_runtime.h - Embedder API of compiled kernels -----------*- C -*-===*\
|*                                                                            *|
|* Loads the kernels that fa3 compiled and launches them. This is the stable  *|
|* interface for embedders: plain C99, no CUDA SDK needed to build against    *|
|* it. The CUDA driver (libcuda.so.1, or the file that the environment        *|
|* variable FA3_LIBCUDA names) is opened when it is first needed.             *|
|*                                                                            *|
|* Every function that returns `fa3_status` returns FA3_OK (0) on success.    *|
|* Otherwise `fa3_last_error` says, on the same thread, what is wrong and     *|
|* what would be right. Output parameters are written on success only.        *|
|*                                                                            *|
|* Threads: all functions may be called from any thread at any time, except   *|
|* that a module may not be unloaded while another call uses it or one of its *|
|* kernels.                                                                   *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FA3_RUNTIME_FA3_RUNTIME_H
#define FA3_RUNTIME_FA3_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming,modernize-*) */

#if defined(__GNUC__)
#define FA3_EXPORT __attribute__((visibility("default")))
#else
#define FA3_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t fa3_status;
enum {
  FA3_OK = 0,
  /* A null handle, or tensors that the kernel was not compiled for. */
  FA3_ERROR_INVALID_ARGUMENT = 1,
  /* The manifest is not one, or it contradicts itself or the image. */
  FA3_ERROR_INVALID_MANIFEST = 2,
  /* A file cannot be read or written, or its content is malformed. */
  FA3_ERROR_IO = 3,
  /* The CUDA driver library is missing or older than CUDA 12.0. */
  FA3_ERROR_NO_DRIVER = 4,
  /* The driver sees no GPU. */
  FA3_ERROR_NO_DEVICE = 5,
  /* The GPU is not of compute capability 9.0. */
  FA3_ERROR_UNSUPPORTED_DEVICE = 6,
  /* A call of the driver failed; the message names the call and its error. */
  FA3_ERROR_DRIVER = 7
};

/* Element types. 0 is none of them, so that a forgotten field is noticed. */
typedef int32_t fa3_dtype;
enum {
  FA3_F32 = 1,
  FA3_F16 = 2,
  FA3_BF16 = 3,
  FA3_E4M3 = 4, /* 8 bits, finite: OCP E4M3 as in PTX, torch.float8_e4m3fn */
  FA3_E5M2 = 5, /* 8 bits: OCP E5M2 */
  FA3_I8 = 6,
  FA3_I32 = 7,
  FA3_I64 = 8,
  FA3_F64 = 9,
  FA3_U8 = 10,
  FA3_BOOL = 11 /* 8 bits, 0 or 1 */
};

/* A tensor in device memory. The caller owns all of it; nothing is kept past
 * the call except that the device reads and writes the elements.
 *
 * For an argument that is a number (FA3_VALUE), the same with rank 0 and the
 * number's address in host memory, from which it is copied before the call
 * returns:
 *
 *   float cap = 50;
 *   fa3_tensor arg = {&cap, NULL, NULL, 0, FA3_F32};
 */
typedef struct fa3_tensor {
  /* Device address of element 0. May be null if a size is 0. */
  void *data;
  /* `rank` sizes, outermost first, in elements. */
  const int64_t *shape;
  /* `rank` strides, in elements; null means C order without gaps. Strides of
   * dimensions of size 1 are not looked at. */
  const int64_t *strides;
  int32_t rank;
  fa3_dtype dtype;
} fa3_tensor;

typedef enum fa3_access {
  FA3_READ = 1,
  FA3_WRITE = 2,
  FA3_READ_WRITE = 3,
  FA3_VALUE = 4 /* a number, passed from host memory */
} fa3_access;

/* What a kernel expects of one argument. Pointers live as long as the module.
 */
typedef struct fa3_argument_info {
  const char *name;
  /* `rank` sizes, outermost first; -1 means any. */
  const int64_t *shape;
  int32_t rank;
  fa3_dtype dtype;
  fa3_access access;
} fa3_argument_info;

typedef struct fa3_device_properties {
  char name[256];
  int32_t compute_capability_major;
  int32_t compute_capability_minor;
  int32_t sm_count;
  /* 1000 * major + 10 * minor of the CUDA release the driver supports. */
  int32_t driver_version;
} fa3_device_properties;

typedef struct fa3_module_impl *fa3_module;
typedef struct fa3_kernel_impl *fa3_kernel;

/* Version of this library, such as "0.1.0". */
FA3_EXPORT const char *fa3_version(void);

/* Message of the last call on this thread that failed, "" before the first.
 * Valid until the next call that fails on this thread. */
FA3_EXPORT const char *fa3_last_error(void);

/* Describes the device of the current CUDA context or, where there is none,
 * device 0, whatever its compute capability. */
FA3_EXPORT fa3_status fa3_device_info(fa3_device_properties *properties);

/* Loads the manifest at `manifest_path` and the image that it names into the
 * current CUDA context or, where there is none, the primary context of device
 * 0, which is retained until the module is unloaded. A module belongs to that
 * one context: load it once per device. */
FA3_EXPORT fa3_status fa3_module_load_file(const char *manifest_path,
                                           fa3_module *module);

/* As fa3_module_load_file, from memory. The image is a cubin or PTX text; the
 * manifest's "image" is not looked at. Both are copied. */
FA3_EXPORT fa3_status fa3_module_load_data(const char *manifest,
                                           size_t manifest_size,
                                           const void *image, size_t image_size,
                                           fa3_module *module);

/* As fa3_module_load_data, into the primary context of the device with this
 * number, which is retained until the module is unloaded. */
FA3_EXPORT fa3_status fa3_module_load_data_on_device(
    const char *manifest, size_t manifest_size, const void *image,
    size_t image_size, int32_t device, fa3_module *module);

/* Waits until the device of the module has done all that was queued on it.
 * Fails with what kernels failed with. */
FA3_EXPORT fa3_status fa3_module_synchronize(fa3_module module);

/* Unloads a module and ends its kernels. Null is allowed. */
FA3_EXPORT fa3_status fa3_module_unload(fa3_module module);

FA3_EXPORT fa3_status fa3_module_kernel_count(fa3_module module,
                                              int32_t *count);

/* The kernel whose entry point has this name; null for `entry` means the only
 * kernel. The handle lives as long as the module. */
FA3_EXPORT fa3_status fa3_module_get_kernel(fa3_module module,
                                            const char *entry,
                                            fa3_kernel *kernel);

/* The kernel at `index` in the manifest. */
FA3_EXPORT fa3_status fa3_module_get_kernel_at(fa3_module module, int32_t index,
                                               fa3_kernel *kernel);

/* Name of the entry point, null for a null handle. */
FA3_EXPORT const char *fa3_kernel_entry(fa3_kernel kernel);

FA3_EXPORT fa3_status fa3_kernel_argument_count(fa3_kernel kernel,
                                                int32_t *count);

FA3_EXPORT fa3_status fa3_kernel_argument_info(fa3_kernel kernel, int32_t index,
                                               fa3_argument_info *info);

/* Checks the tensors against the manifest and launches the kernel on `stream`,
 * a CUstream or cudaStream_t; null is the default stream. Returns once the
 * launch is queued. Returns FA3_OK without a launch where the grid is empty.
 * Tensors that are only read may share memory. A tensor that is written may
 * not: the bytes from its first element to its last may not overlap those of
 * any other argument, and no two of its elements may share an address. */
FA3_EXPORT fa3_status fa3_launch(fa3_kernel kernel, const fa3_tensor *args,
                                 int32_t nargs, void *stream);

/* The bytes of device memory that a launch on these tensors needs beside them,
 * 0 where it needs none: kernels that split the keys keep the outputs of each
 * range there, and those with a mask function the lists of their tiles. It
 * follows from types and sizes alone; `data` may be null. */
FA3_EXPORT fa3_status fa3_kernel_workspace_size(fa3_kernel kernel,
                                                const fa3_tensor *args,
                                                int32_t nargs, size_t *size);

/* Sets `needs` to 1 where launches of the kernel may need a workspace, whatever
 * its size, else to 0: fa3_launch then serves all of them. */
FA3_EXPORT fa3_status fa3_kernel_needs_workspace(fa3_kernel kernel,
                                                 int32_t *needs);

/* As fa3_launch, with a workspace of at least the size that
 * fa3_kernel_workspace_size gives, at a multiple of 256 bytes. What it holds
 * before and after means nothing. It may not overlap a tensor, and is in use
 * until the launch has run: launches on one stream may share it. */
FA3_EXPORT fa3_status fa3_launch_with_workspace(fa3_kernel kernel,
                                                const fa3_tensor *args,
                                                int32_t nargs, void *workspace,
                                                size_t workspace_size,
                                                void *stream);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* NOLINTEND(readability-identifier-naming,modernize-*) */

#endif /* FA3_RUNTIME_FA3_RUNTIME_H */
