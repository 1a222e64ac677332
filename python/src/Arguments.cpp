//===- Arguments.cpp - Python's arrays as those of the runtime ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace fa3::python {

/// The fa3_dtype, 0 where there is none.
static int32_t getDType(nb::dlpack::dtype dtype) {
  // Codes of DLDataTypeCode.
  enum { kInt = 0, kUInt = 1, kFloat = 2, kBFloat = 4, kBool = 6 };
  enum { kFloat8E4M3FN = 10, kFloat8E5M2 = 12 };
  if (dtype.lanes != 1)
    return 0;
  switch (dtype.code) {
  case kInt:
    return dtype.bits == 8    ? FA3_I8
           : dtype.bits == 32 ? FA3_I32
           : dtype.bits == 64 ? FA3_I64
                              : 0;
  case kUInt:
    return dtype.bits == 8 ? FA3_U8 : 0;
  case kFloat:
    return dtype.bits == 16   ? FA3_F16
           : dtype.bits == 32 ? FA3_F32
           : dtype.bits == 64 ? FA3_F64
                              : 0;
  case kBFloat:
    return dtype.bits == 16 ? FA3_BF16 : 0;
  case kBool:
    return dtype.bits == 8 ? FA3_BOOL : 0;
  case kFloat8E4M3FN:
    return FA3_E4M3;
  case kFloat8E5M2:
    return FA3_E5M2;
  default:
    return 0;
  }
}

/// The dtypes of PyTorch. There are a dozen, so that looking through them is
/// quicker than hashing. The objects live as long as PyTorch.
static std::vector<std::pair<PyObject *, int32_t>> &getDTypes() {
  static std::vector<std::pair<PyObject *, int32_t>> dtypes;
  return dtypes;
}

void Arguments::setDTypes(const nb::list &pairs) {
  getDTypes().clear();
  for (nb::handle pair : pairs)
    getDTypes().emplace_back(pair[0].ptr(), nb::cast<int32_t>(pair[1]));
}

/// Names of attributes, made once.
static PyObject *intern(const char *name) {
  PyObject *object = PyUnicode_InternFromString(name);
  if (!object)
    throw nb::python_error();
  return object;
}

static nb::object getAttribute(PyObject *object, PyObject *name) {
  PyObject *value = PyObject_GetAttr(object, name);
  if (!value)
    throw nb::python_error();
  return nb::steal(value);
}

static nb::object callMethod(PyObject *object, PyObject *name) {
  PyObject *value = PyObject_VectorcallMethod(
      name, &object, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  if (!value)
    throw nb::python_error();
  return nb::steal(value);
}

static void *toAddress(PyObject *number) {
  void *address = PyLong_AsVoidPtr(number);
  if (!address && PyErr_Occurred())
    throw nb::python_error();
  return address;
}

static int64_t toInteger(PyObject *number) {
  long long value = PyLong_AsLongLong(number);
  if (value == -1 && PyErr_Occurred())
    throw nb::python_error();
  return value;
}

//===----------------------------------------------------------------------===//
// DLPack's exchange in C
//===----------------------------------------------------------------------===//

namespace {
/// What a type of tensors has as `__dlpack_c_exchange_api__`, from PyTorch 2.10
/// on: DLPackExchangeAPI of version 1 of dlpack.h (github.com/dmlc/dlpack),
/// whose DLTensor nanobind has.
struct ExchangeAPI {
  uint32_t major;
  uint32_t minor;
  ExchangeAPI *previous;
  // Functions of managed tensors, which allocate.
  void *managedTensorFunctions[3];
  /// Fills the second by the first, which keeps what it points to. Null where
  /// the library has no such function; not 0 with an exception of Python.
  int (*describe)(PyObject *, nb::dlpack::dltensor *);
  void *currentWorkStream;
};
} // namespace

static const ExchangeAPI *lookUpExchangeAPI(PyTypeObject *type) {
  static PyObject *const name = intern("__dlpack_c_exchange_api__");
  PyObject *capsule =
      PyObject_GetAttr(reinterpret_cast<PyObject *>(type), name);
  auto *api = capsule ? static_cast<ExchangeAPI *>(PyCapsule_GetPointer(
                            capsule, "dlpack_exchange_api"))
                      : nullptr;
  Py_XDECREF(capsule);
  PyErr_Clear();
  while (api && api->major != 1)
    api = api->previous;
  return api && api->describe ? api : nullptr;
}

/// The exchange of a type, null where it has none.
static const ExchangeAPI *getExchangeAPI(PyTypeObject *type) {
  // Few types are ever seen. They are kept, so that no other has their address.
  static constexpr size_t kMaxTypes = 8;
  static std::vector<std::pair<PyTypeObject *, const ExchangeAPI *>> types;
  for (auto [known, api] : types)
    if (known == type)
      return api;
  const ExchangeAPI *api = lookUpExchangeAPI(type);
  if (types.size() != kMaxTypes) {
    Py_INCREF(reinterpret_cast<PyObject *>(type));
    types.emplace_back(type, api);
  }
  return api;
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

Arguments::Arguments(const nb::args &objects) {
  Py_ssize_t size = PyTuple_Size(objects.ptr());
  if (size > kMaxArguments)
    throw nb::value_error(("expected at most " + std::to_string(kMaxArguments) +
                           " arguments, but got " + std::to_string(size))
                              .c_str());
  for (Py_ssize_t i = 0; i != size; ++i) {
    PyObject *object = PyTuple_GetItem(objects.ptr(), i);
    if (PyTuple_Check(object))
      addDescriptor(object);
    else if (!exchangeTensor(object))
      addTensor(object);
  }
}

/// (address, shape, strides or None, fa3_dtype), as addDescriptor takes it.
static nb::tuple makeDescriptor(const void *address, const int64_t *shape,
                                const int64_t *strides, size_t rank,
                                int32_t dtype) {
  auto toTuple = [rank](const int64_t *values) {
    nb::list list;
    for (size_t i = 0; i != rank; ++i)
      list.append(values[i]);
    return nb::tuple(list);
  };
  return nb::make_tuple(reinterpret_cast<uintptr_t>(address), toTuple(shape),
                        strides ? nb::object(toTuple(strides)) : nb::none(),
                        dtype);
}

nb::list Arguments::getDescriptors() const {
  nb::list descriptors;
  for (int32_t i = 0; i != count; ++i) {
    const fa3_tensor &tensor = tensors[i];
    descriptors.append(makeDescriptor(tensor.data, tensor.shape, tensor.strides,
                                      tensor.rank, tensor.dtype));
  }
  return descriptors;
}

bool Arguments::exchangeTensor(PyObject *object) {
  const ExchangeAPI *api = getExchangeAPI(Py_TYPE(object));
  if (!api)
    return false;
  nb::dlpack::dltensor tensor;
  if (api->describe(object, &tensor) != 0) {
    // Such as a dtype that DLPack lacks. The attributes say it better.
    PyErr_Clear();
    return false;
  }
  int32_t dtype = getDType(tensor.dtype);
  if (dtype == 0 || tensor.ndim > kMaxRank)
    return false;
  // Before version 1.2, no strides are those of C.
  bool hasStrides = tensor.strides != nullptr;
  std::copy_n(tensor.shape, tensor.ndim, shapes[count].begin());
  if (hasStrides)
    std::copy_n(tensor.strides, tensor.ndim, strides[count].begin());
  tensors[count] = {static_cast<char *>(tensor.data) + tensor.byte_offset,
                    shapes[count].data(),
                    hasStrides ? strides[count].data() : nullptr, tensor.ndim,
                    dtype};
  ++count;
  return true;
}

void Arguments::addDescriptor(PyObject *tuple) {
  if (PyTuple_Size(tuple) != 4)
    throw nb::type_error(
        "expected (address, shape, strides or None, dtype) for an argument");
  add(toAddress(PyTuple_GetItem(tuple, 0)), PyTuple_GetItem(tuple, 1),
      PyTuple_GetItem(tuple, 2),
      static_cast<int32_t>(toInteger(PyTuple_GetItem(tuple, 3))));
}

void Arguments::addTensor(PyObject *tensor) {
  static PyObject *const dataPtr = intern("data_ptr");
  static PyObject *const shape = intern("shape");
  static PyObject *const stride = intern("stride");
  static PyObject *const dtype = intern("dtype");
  nb::object type = getAttribute(tensor, dtype);
  int32_t code = 0;
  for (auto [known, value] : getDTypes())
    if (known == type.ptr())
      code = value;
  if (code == 0)
    throw nb::type_error(
        (std::string("expected a dtype that kernels have, but got ") +
         nb::str(type).c_str())
            .c_str());
  add(toAddress(callMethod(tensor, dataPtr).ptr()),
      getAttribute(tensor, shape).ptr(), callMethod(tensor, stride).ptr(),
      code);
}

void Arguments::add(void *address, PyObject *shape, PyObject *strides,
                    int32_t dtype) {
  bool hasStrides = strides != Py_None;
  if (!PyTuple_Check(shape) || (hasStrides && !PyTuple_Check(strides)))
    throw nb::type_error("expected tuples for shape and strides");
  Py_ssize_t rank = PyTuple_Size(shape);
  if (rank > kMaxRank || (hasStrides && PyTuple_Size(strides) != rank))
    throw nb::value_error(
        ("expected a rank of at most " + std::to_string(kMaxRank) +
         " and as many strides, but got " + std::to_string(rank))
            .c_str());
  Extents &sizes = shapes[count];
  Extents &steps = this->strides[count];
  for (Py_ssize_t i = 0; i != rank; ++i) {
    sizes[i] = toInteger(PyTuple_GetItem(shape, i));
    if (hasStrides)
      steps[i] = toInteger(PyTuple_GetItem(strides, i));
  }
  tensors[count++] = {address, sizes.data(),
                      hasStrides ? steps.data() : nullptr,
                      static_cast<int32_t>(rank), dtype};
}

//===----------------------------------------------------------------------===//
// DLPack
//===----------------------------------------------------------------------===//

Buffer::Buffer(const nb::object &capsule) {
  // nanobind takes what may not be written as a read-only array alone, and a
  // capsule is used up by the first that takes it.
  nb::ndarray<> writable;
  readOnly = !nb::try_cast(capsule, writable);
  if (!readOnly)
    array = nb::ndarray<nb::ro>(writable);
  else if (!nb::try_cast(capsule, array))
    throw nb::type_error("expected an array, by the DLPack protocol");
}

nb::tuple Buffer::getDescriptor() const {
  int32_t dtype = getDType(array.dtype());
  if (dtype == 0)
    throw nb::type_error(("expected a dtype that kernels have, but got code " +
                          std::to_string(array.dtype().code) +
                          " of DLPack with " +
                          std::to_string(array.dtype().bits) + " bits")
                             .c_str());
  return makeDescriptor(array.data(), array.shape_ptr(), array.stride_ptr(),
                        array.ndim(), dtype);
}

nb::tuple Buffer::getDevice() const {
  return nb::make_tuple(array.device_type(), array.device_id());
}

} // namespace fa3::python
