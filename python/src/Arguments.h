//===- Arguments.h - Python's arrays as those of the runtime ----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_PYTHON_ARGUMENTS_H
#define FA3_PYTHON_ARGUMENTS_H

#include "fa3/Runtime/fa3_runtime.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <array>

namespace fa3::python {

/// Arguments of a launch. Each object is a tensor of PyTorch or anything with
/// its data_ptr(), shape, stride() and dtype, or a tuple (address, shape,
/// strides or None, fa3_dtype). Tensors must outlive them.
class Arguments {
public:
  /// Allocates no memory of its own, as this is on the path of each launch.
  explicit Arguments(const nanobind::args &objects);
  Arguments(const Arguments &) = delete;
  Arguments &operator=(const Arguments &) = delete;

  const fa3_tensor *data() const { return tensors.data(); }
  int32_t size() const { return count; }
  /// As tuples, from which the same arguments can be made.
  nanobind::list getDescriptors() const;

  /// Takes pairs of a dtype object, of which there is one for a dtype, and its
  /// fa3_dtype.
  static void setDTypes(const nanobind::list &pairs);

private:
  // Those of the runtime: kMaxArguments and kMaxRank.
  static constexpr int32_t kMaxArguments = 32;
  static constexpr int32_t kMaxRank = 8;
  using Extents = std::array<int64_t, kMaxRank>;

  void addDescriptor(PyObject *tuple);
  /// Adds a tensor by DLPack's exchange in C, which makes no objects of Python.
  /// Returns false where its type has none, or where it cannot tell.
  bool exchangeTensor(PyObject *tensor);
  void addTensor(PyObject *tensor);
  void add(void *address, PyObject *shape, PyObject *strides, int32_t dtype);

  int32_t count = 0;
  std::array<fa3_tensor, kMaxArguments> tensors;
  std::array<Extents, kMaxArguments> shapes, strides;
};

/// An array that another library handed over by a DLPack capsule, which it
/// keeps.
class Buffer {
public:
  explicit Buffer(const nanobind::object &capsule);

  nanobind::tuple getDescriptor() const;
  nanobind::tuple getDevice() const;
  bool isReadOnly() const { return readOnly; }

private:
  nanobind::ndarray<nanobind::ro> array;
  bool readOnly;
};

} // namespace fa3::python

#endif // FA3_PYTHON_ARGUMENTS_H
