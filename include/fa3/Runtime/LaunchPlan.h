//===- LaunchPlan.h - What one launch hands to the driver -------*- C++ -*-===//
//
// Checks the tensors of a launch against the manifest and computes all that the
// driver is then asked for, as plain data, without a GPU and without allocating
// memory.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_LAUNCHPLAN_H
#define FA3_RUNTIME_LAUNCHPLAN_H

#include "fa3/Runtime/Manifest.h"

namespace fa3::runtime {

/// What a tensor map is encoded from; arrays are fastest dimension first.
struct TensorMapRequest {
  ElementType element;
  unsigned rank;
  Swizzle swizzle;
  L2Promotion l2Promotion;
  /// Device address, a multiple of 16. It is 0 for a tensor without elements:
  /// the map then covers one element of any valid address (a map cannot have a
  /// size of 0), with all sizes 1.
  uint64_t address;
  /// In elements, 1 to 2^31 - 1.
  std::array<uint64_t, kMaxTensorMapRank> sizes;
  /// In bytes, of the dimensions after the first; multiples of 16 under 2^40.
  std::array<uint64_t, kMaxTensorMapRank - 1> strides;
  /// In elements, 1 to 256.
  std::array<uint32_t, kMaxTensorMapRank> box;

  /// Compares what `rank` makes meaningful.
  bool operator==(const TensorMapRequest &other) const;
  bool operator!=(const TensorMapRequest &other) const {
    return !(*this == other);
  }
};

/// The value of one kernel parameter.
struct ParameterValue {
  enum class Kind {
    /// `bits` is the index of the map in LaunchPlan::tensorMaps.
    TensorMap,
    /// A device address. It is 0 for a tensor without elements: any that can be
    /// read is meant, as kernels read a first element in place of those beyond
    /// the end.
    Pointer,
    /// The low 32 bits of `bits`: an integer or an f32.
    I32,
    /// An integer or an f64.
    I64,
  };
  Kind kind;
  uint64_t bits;
};

struct LaunchPlan {
  /// The grid has no blocks: nothing is to be launched, and the parameters are
  /// not computed.
  bool empty = false;
  std::array<uint32_t, 3> grid;
  unsigned numTensorMaps = 0;
  std::array<TensorMapRequest, kMaxTensorMaps> tensorMaps;
  unsigned numParameters = 0;
  std::array<ParameterValue, kMaxParameters> parameters;

  llvm::ArrayRef<TensorMapRequest> getTensorMaps() const {
    return llvm::ArrayRef(tensorMaps).take_front(numTensorMaps);
  }
  llvm::ArrayRef<ParameterValue> getParameters() const {
    return llvm::ArrayRef(parameters).take_front(numParameters);
  }
};

/// A stride that lets two elements of a tensor share an address, and what it
/// would have to be at least.
struct SharedAddress {
  unsigned dim;
  int64_t leastStride;
};

/// Looks for one. Each stride, none of them negative, has to step over all that
/// the smaller ones reach; strides that interleave without it are reported too.
/// The product of sizes and strides must fit in 63 bits.
std::optional<SharedAddress> findSharedAddress(llvm::ArrayRef<int64_t> sizes,
                                               llvm::ArrayRef<int64_t> strides);

/// Device memory of the caller for the buffers that only kernels see.
struct Workspace {
  void *data = nullptr;
  uint64_t size = 0;
};

/// Fills in `plan` for launch `index` of `kernel`, which must have been
/// verified, on a device of `smCount` SMs. Fails with
/// FA3_ERROR_INVALID_ARGUMENT and a message such as "argument 1 'k': expected
/// size 128 in dimension 3, but got 64". What is written is checked with the
/// first launch.
llvm::Error planLaunch(const KernelDesc &kernel,
                       llvm::ArrayRef<fa3_tensor> tensors, int64_t smCount,
                       LaunchPlan &plan, Workspace workspace = {},
                       unsigned index = 0);

/// Fails where a constraint does not hold, and then prints its expressions by
/// `str`.
llvm::Error
checkConstraint(const Constraint &constraint,
                const SizeEnvironment &environment,
                llvm::function_ref<std::string(const SizeExpr &)> str);

/// The bytes of workspace that a launch on these tensors needs. The addresses
/// of the tensors are not looked at.
llvm::Expected<uint64_t> planWorkspace(const KernelDesc &kernel,
                                       llvm::ArrayRef<fa3_tensor> tensors,
                                       int64_t smCount);

} // namespace fa3::runtime

#endif // FA3_RUNTIME_LAUNCHPLAN_H
