//===- ManifestVerifier.cpp - Checks across the fields of a manifest ------===//
//
// The limits are those of sm_90: CUDA programming guide, "compute
// capabilities", and cuTensorMapEncodeTiled in the driver API for tensor maps.
//
//===----------------------------------------------------------------------===//

#include "fa3/Runtime/Manifest.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

namespace fa3::runtime {

/// Path of an element of an array, such as "kernels[0].parameters[3]".
static std::string element(const llvm::Twine &path, size_t index) {
  return (path + "[" + llvm::Twine(index) + "]").str();
}

static llvm::Error fail(const llvm::Twine &path, const llvm::Twine &message) {
  return makeError(FA3_ERROR_INVALID_MANIFEST, path + ": " + message);
}

namespace {
/// The checks of one kernel; `path` is where it is in the manifest.
class KernelVerifier {
public:
  KernelVerifier(const KernelDesc &kernel, std::string path)
      : kernel(kernel), path(std::move(path)) {}

  llvm::Error verify() const;

private:
  llvm::Error verifyArguments() const;
  llvm::Error verifyValue(const ArgumentDesc &argument,
                          const std::string &where) const;
  llvm::Error verifyScalar(const Parameter &parameter, unsigned index,
                           const std::string &where) const;
  llvm::Error verifyConstraints() const;
  llvm::Error verifyWorkspace(unsigned index, const std::string &where) const;
  llvm::Error verifyExtents(const LaunchDesc &launch,
                            const std::string &path) const;
  llvm::Error verifyParameters(const LaunchDesc &launch,
                               const std::string &path) const;
  llvm::Error verifyLaunch(const LaunchDesc &launch,
                           const std::string &path) const;
  llvm::Error verifyTensorMap(const TensorMapParameter &map,
                              const std::string &where) const;
  llvm::Error verifyBox(const TensorMapParameter &map,
                        const std::string &where) const;

  llvm::Error verifyArgumentIndex(unsigned argument, const llvm::Twine &where,
                                  size_t count) const {
    if (argument < count)
      return llvm::Error::success();
    return fail(where, "expected an argument under " + llvm::Twine(count) +
                           ", but got " + llvm::Twine(argument));
  }

  llvm::Error verifyDim(unsigned argument, unsigned dim,
                        const llvm::Twine &where) const {
    size_t rank = kernel.arguments[argument].shape.size();
    if (dim < rank)
      return llvm::Error::success();
    return fail(where, "expected a dimension under " + llvm::Twine(rank) +
                           ", but got " + llvm::Twine(dim));
  }

  llvm::Error verifyExpr(const SizeExpr &expr, const std::string &where) const {
    return verifyExpr(expr, where, kernel.arguments.size());
  }

  /// Of the sizes of the first `count` arguments.
  llvm::Error verifyExpr(const SizeExpr &expr, const std::string &where,
                         size_t count) const {
    if (expr.isBinary()) {
      if (llvm::Error error =
              verifyExpr(expr.getLHS(), element(where, 1), count))
        return error;
      return verifyExpr(expr.getRHS(), element(where, 2), count);
    }
    if (expr.getKind() != SizeExpr::Kind::Size &&
        expr.getKind() != SizeExpr::Kind::Stride)
      return llvm::Error::success();
    if (llvm::Error error =
            verifyArgumentIndex(expr.getArgument(), element(where, 1), count))
      return error;
    return verifyDim(expr.getArgument(), expr.getDim(), element(where, 2));
  }

  const KernelDesc &kernel;
  std::string path;
};
} // namespace

llvm::Error KernelVerifier::verifyArguments() const {
  std::string argumentsPath = path + ".arguments";
  if (kernel.arguments.size() > kMaxArguments)
    return fail(argumentsPath, "expected at most " +
                                   llvm::Twine(kMaxArguments) +
                                   " arguments, but got " +
                                   llvm::Twine(kernel.arguments.size()));
  llvm::StringSet<> names;
  for (const auto &[index, argument] : llvm::enumerate(kernel.arguments)) {
    std::string where = element(argumentsPath, index);
    if (argument.name.empty())
      return fail(where + ".name", "expected a name, but got ''");
    if (!names.insert(argument.name).second)
      return fail(where + ".name", "expected a name of its own, but got '" +
                                       argument.name + "' a second time");
    if (argument.shape.size() > kMaxRank)
      return fail(where + ".shape",
                  "expected at most " + llvm::Twine(kMaxRank) +
                      " sizes, but got " + llvm::Twine(argument.shape.size()));
    for (const auto &[dim, size] : llvm::enumerate(argument.shape))
      if (size < 0 && size != kDynamicSize)
        return fail(element(where + ".shape", dim),
                    "expected null or a size of at least 0, but got " +
                        llvm::Twine(size));
    if (llvm::Error error = verifyValue(argument, where))
      return error;
    if (llvm::Error error =
            verifyWorkspace(static_cast<unsigned>(index), where))
      return error;
    if (argument.alignment != 0 &&
        (argument.alignment < 0 || argument.alignment > 4096 ||
         !llvm::isPowerOf2_64(static_cast<uint64_t>(argument.alignment))))
      return fail(where + ".alignment",
                  "expected a power of two up to 4096, but got " +
                      llvm::Twine(argument.alignment));
  }
  return llvm::Error::success();
}

/// A number has no sizes, and is no narrower than what registers hold.
llvm::Error KernelVerifier::verifyValue(const ArgumentDesc &argument,
                                        const std::string &where) const {
  if (argument.access != Access::Value)
    return llvm::Error::success();
  if (!argument.shape.empty())
    return fail(where + ".shape", "expected no sizes of a value, but got " +
                                      llvm::Twine(argument.shape.size()));
  switch (argument.element) {
  case ElementType::F32:
  case ElementType::F64:
  case ElementType::I32:
  case ElementType::I64:
    break;
  default:
    return fail(where + ".element",
                "expected a value to be f32, f64, i32 or i64, but got '" +
                    getName(argument.element) + "'");
  }
  if (argument.alignment != 0)
    return fail(where + ".alignment",
                "expected no alignment of a value, but got " +
                    llvm::Twine(argument.alignment));
  return llvm::Error::success();
}

/// A number reaches the kernel as a scalar, and nothing else does.
llvm::Error KernelVerifier::verifyScalar(const Parameter &parameter,
                                         unsigned index,
                                         const std::string &where) const {
  const ArgumentDesc &argument = kernel.arguments[index];
  const auto *scalar = std::get_if<ScalarParameter>(&parameter);
  bool isValue = argument.access == Access::Value;
  if (!scalar && !isValue)
    return llvm::Error::success();
  if (!scalar || !isValue)
    return fail(where + ".argument",
                "expected an argument of access " +
                    llvm::Twine(scalar ? "'value'" : "other than 'value'") +
                    ", but '" + argument.name + "' has '" +
                    getName(argument.access) + "'");
  if (scalar->type != argument.element)
    return fail(where + ".type", "expected '" + getName(argument.element) +
                                     "' as of argument '" + argument.name +
                                     "', but got '" + getName(scalar->type) +
                                     "'");
  return llvm::Error::success();
}

llvm::Error KernelVerifier::verifyConstraints() const {
  for (const auto &[index, constraint] : llvm::enumerate(kernel.constraints)) {
    std::string where = element(path + ".constraints", index) + "." +
                        getName(constraint.kind).str();
    if (llvm::Error error = verifyExpr(constraint.lhs, element(where, 0)))
      return error;
    if (llvm::Error error = verifyExpr(constraint.rhs, element(where, 1)))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error KernelVerifier::verifyExtents(const LaunchDesc &launch,
                                          const std::string &path) const {
  for (const auto &[index, expr] : llvm::enumerate(launch.grid))
    if (llvm::Error error = verifyExpr(expr, element(path + ".grid", index)))
      return error;

  static constexpr unsigned maxBlock[] = {1024, 1024, 64};
  static constexpr uint64_t maxThreads = 1024;
  static constexpr uint64_t maxClusterBlocks = 16;
  uint64_t threads = 1;
  for (const auto &[index, extent] : llvm::enumerate(launch.block)) {
    if (extent < 1 || extent > maxBlock[index])
      return fail(element(path + ".block", index),
                  "expected 1 to " + llvm::Twine(maxBlock[index]) +
                      " threads, but got " + llvm::Twine(extent));
    threads *= extent;
  }
  if (threads > maxThreads)
    return fail(path + ".block", "expected at most " + llvm::Twine(maxThreads) +
                                     " threads in total, but got " +
                                     llvm::Twine(threads));
  uint64_t blocks = 1;
  for (const auto &[index, extent] : llvm::enumerate(launch.cluster)) {
    if (extent < 1 || extent > maxClusterBlocks)
      return fail(element(path + ".cluster", index),
                  "expected 1 to " + llvm::Twine(maxClusterBlocks) +
                      " blocks, but got " + llvm::Twine(extent));
    blocks *= extent;
  }
  if (blocks > maxClusterBlocks)
    return fail(path + ".cluster",
                "expected at most " + llvm::Twine(maxClusterBlocks) +
                    " blocks in total, but got " + llvm::Twine(blocks));
  if (launch.sharedMemory < 0 || launch.sharedMemory > kMaxSharedMemory)
    return fail(path + ".shared_memory",
                "expected 0 to " + llvm::Twine(kMaxSharedMemory) +
                    " bytes, but got " + llvm::Twine(launch.sharedMemory));
  return llvm::Error::success();
}

llvm::Error KernelVerifier::verifyBox(const TensorMapParameter &map,
                                      const std::string &where) const {
  if (map.box.size() != map.dims.size())
    return fail(where + ".box", "expected " + llvm::Twine(map.dims.size()) +
                                    " sizes, but got " +
                                    llvm::Twine(map.box.size()));
  for (const auto &[index, size] : llvm::enumerate(map.box))
    if (size < 1 || size > 256)
      return fail(element(where + ".box", index),
                  "expected 1 to 256 elements, but got " + llvm::Twine(size));

  // The fastest row of a box is copied in units of 16 bytes, and a swizzle
  // permutes them within a span that the row must fit in.
  uint64_t rowBytes = uint64_t(map.box[0]) * getSizeInBytes(map.element);
  if (rowBytes % 16 != 0)
    return fail(element(where + ".box", 0),
                "expected a multiple of 16 bytes, but got " +
                    llvm::Twine(map.box[0]) + " elements of " +
                    llvm::Twine(getSizeInBytes(map.element)) + " bytes");
  if (map.swizzle == Swizzle::None)
    return llvm::Error::success();
  uint64_t span = uint64_t(16) << static_cast<unsigned>(map.swizzle);
  if (rowBytes > span)
    return fail(element(where + ".box", 0),
                "expected at most " + llvm::Twine(span) +
                    " bytes for swizzle '" + getName(map.swizzle) +
                    "', but got " + llvm::Twine(rowBytes));
  return llvm::Error::success();
}

llvm::Error KernelVerifier::verifyTensorMap(const TensorMapParameter &map,
                                            const std::string &where) const {
  const ArgumentDesc &argument = kernel.arguments[map.argument];
  size_t rank = argument.shape.size();
  if (rank < 1 || rank > kMaxTensorMapRank)
    return fail(where + ".argument", "expected an argument of rank 1 to " +
                                         llvm::Twine(kMaxTensorMapRank) +
                                         ", but got rank " + llvm::Twine(rank));
  if (map.dims.size() != rank)
    return fail(where + ".dims", "expected " + llvm::Twine(rank) +
                                     " dimensions, but got " +
                                     llvm::Twine(map.dims.size()));
  llvm::SmallBitVector seen(rank);
  for (const auto &[index, dim] : llvm::enumerate(map.dims)) {
    std::string dimPath = element(where + ".dims", index);
    if (llvm::Error error = verifyDim(map.argument, dim, dimPath))
      return error;
    if (seen.test(dim))
      return fail(dimPath, "expected each dimension once, but got " +
                               llvm::Twine(dim) + " twice");
    seen.set(dim);
  }
  // Only the last dimension is known to be without gaps.
  if (map.dims[0] != rank - 1)
    return fail(element(where + ".dims", 0),
                "expected the last dimension, " + llvm::Twine(rank - 1) +
                    ", but got " + llvm::Twine(map.dims[0]));
  if (getSizeInBytes(map.element) != getSizeInBytes(argument.element))
    return fail(where + ".element",
                "expected an element of " +
                    llvm::Twine(getSizeInBytes(argument.element)) +
                    " bytes as of argument '" + argument.name + "', but got '" +
                    getName(map.element) + "'");
  return verifyBox(map, where);
}

llvm::Error KernelVerifier::verifyParameters(const LaunchDesc &launch,
                                             const std::string &path) const {
  std::string parametersPath = path + ".parameters";
  if (launch.parameters.size() > kMaxParameters)
    return fail(parametersPath, "expected at most " +
                                    llvm::Twine(kMaxParameters) +
                                    " parameters, but got " +
                                    llvm::Twine(launch.parameters.size()));
  unsigned numTensorMaps = 0;
  for (const auto &[index, parameter] : llvm::enumerate(launch.parameters)) {
    std::string where = element(parametersPath, index);
    if (const auto *expression = std::get_if<ExpressionParameter>(&parameter)) {
      if (llvm::Error error = verifyExpr(expression->value, where + ".value"))
        return error;
      continue;
    }
    unsigned argument = std::visit(
        llvm::makeVisitor([](const ExpressionParameter &) { return 0U; },
                          [](const auto &fields) { return fields.argument; }),
        parameter);
    if (llvm::Error error = verifyArgumentIndex(argument, where + ".argument",
                                                kernel.arguments.size()))
      return error;
    if (llvm::Error error = verifyScalar(parameter, argument, where))
      return error;
    if (const auto *map = std::get_if<TensorMapParameter>(&parameter)) {
      ++numTensorMaps;
      if (llvm::Error error = verifyTensorMap(*map, where))
        return error;
    }
    if (const auto *size = std::get_if<SizeParameter>(&parameter))
      if (llvm::Error error = verifyDim(argument, size->dim, where + ".dim"))
        return error;
    if (const auto *stride = std::get_if<StrideParameter>(&parameter))
      if (llvm::Error error = verifyDim(argument, stride->dim, where + ".dim"))
        return error;
  }
  if (numTensorMaps > kMaxTensorMaps)
    return fail(parametersPath,
                "expected at most " + llvm::Twine(kMaxTensorMaps) +
                    " tensor maps, but got " + llvm::Twine(numTensorMaps));
  return llvm::Error::success();
}

llvm::Error KernelVerifier::verifyLaunch(const LaunchDesc &launch,
                                         const std::string &path) const {
  if (launch.entry.empty())
    return fail(path + ".entry", "expected a name, but got ''");
  if (llvm::Error error = verifyExtents(launch, path))
    return error;
  return verifyParameters(launch, path);
}

/// A buffer of the launch has the sizes that the caller's arguments determine.
llvm::Error KernelVerifier::verifyWorkspace(unsigned index,
                                            const std::string &where) const {
  const ArgumentDesc &argument = kernel.arguments[index];
  if (argument.access != Access::Workspace) {
    if (!argument.sizes.empty())
      return fail(where + ".sizes",
                  "expected none with access '" + getName(argument.access) +
                      "', but got " + llvm::Twine(argument.sizes.size()));
    return llvm::Error::success();
  }
  if (index < kernel.getNumCallerArguments())
    return fail(where + ".access",
                "expected arguments of the caller in front of those of the "
                "workspace, but '" +
                    argument.name + "' is followed by one");
  if (argument.sizes.size() != argument.shape.size())
    return fail(where + ".sizes", "expected " +
                                      llvm::Twine(argument.shape.size()) +
                                      " expressions, but got " +
                                      llvm::Twine(argument.sizes.size()));
  for (const auto &[dim, size] : llvm::enumerate(argument.sizes))
    if (llvm::Error error = verifyExpr(size, element(where + ".sizes", dim),
                                       kernel.getNumCallerArguments()))
      return error;
  return llvm::Error::success();
}

llvm::Error KernelVerifier::verify() const {
  if (kernel.entry.empty()) // Before all that belongs to it.
    return fail(path + ".entry", "expected a name, but got ''");
  if (kernel.target != "sm_90a" && kernel.target != "sm_90")
    return fail(path + ".target", "expected 'sm_90a' or 'sm_90', but got '" +
                                      kernel.target + "'");
  if (llvm::Error error = verifyArguments())
    return error;
  if (llvm::Error error = verifyConstraints())
    return error;
  if (llvm::Error error = verifyLaunch(kernel, path))
    return error;
  if (kernel.getNumLaunches() > kMaxLaunches)
    return fail(path + ".followers", "expected at most " +
                                         llvm::Twine(kMaxLaunches - 1) +
                                         " launches, but got " +
                                         llvm::Twine(kernel.followers.size()));
  for (const auto &[index, follower] : llvm::enumerate(kernel.followers))
    if (llvm::Error error =
            verifyLaunch(follower, element(path + ".followers", index)))
      return error;
  return llvm::Error::success();
}

llvm::Error verifyManifest(const Manifest &manifest) {
  if (llvm::sys::path::is_absolute(manifest.image))
    return fail("image", "expected a path relative to the manifest, but got '" +
                             manifest.image + "'");
  if (manifest.kernels.empty())
    return fail("kernels", "expected at least 1 kernel, but got 0");
  llvm::StringSet<> entries;
  for (const auto &[index, kernel] : llvm::enumerate(manifest.kernels)) {
    std::string where = element("kernels", index);
    if (llvm::Error error = KernelVerifier(kernel, where).verify())
      return error;
    for (unsigned i = 0; i != kernel.getNumLaunches(); ++i)
      if (const std::string &entry = kernel.getLaunch(i).entry;
          !entries.insert(entry).second)
        return fail(i == 0 ? where + ".entry"
                           : element(where + ".followers", i - 1) + ".entry",
                    "expected a name of its own, but got '" + entry +
                        "' a second time");
  }
  return llvm::Error::success();
}

} // namespace fa3::runtime
