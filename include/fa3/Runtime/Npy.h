//===- Npy.h - NumPy array files --------------------------------*- C++ -*-===//
//
// Reads and writes .npy files, versions 1.0, 2.0 and 3.0, little endian. The
// types that NumPy itself lacks are written as raw data: bf16 as '<V2', e4m3
// and e5m2 as '|V1'. All errors have FA3_ERROR_IO and name the file.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_NPY_H
#define FA3_RUNTIME_NPY_H

#include "fa3/Runtime/ElementType.h"
#include "fa3/Runtime/OutputFiles.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace fa3::runtime {

/// An array in host memory, in C order without gaps.
struct NpyArray {
  ElementType element = ElementType::F32;
  /// Sizes, outermost first.
  llvm::SmallVector<int64_t, 4> shape;
  std::vector<char> data;
};

/// Size in bytes of an array of this shape, or none if a size is negative or
/// the product of element size and the sizes other than 0 overflows.
std::optional<int64_t> getArraySizeInBytes(ElementType element,
                                           llvm::ArrayRef<int64_t> shape);

/// The most bytes of arrays that a tool takes on: an eighth of the memory of
/// this machine, since it makes copies of them. What is more is refused rather
/// than left to a failed allocation.
int64_t getLargestArraySize();

/// Parses the content of a file. `name` is what messages call it.
///
/// `hint` is the element type that the caller expects; the file must then hold
/// it. Raw and unsigned data of its width ('V1', 'u1', 'V2', 'u2') is taken to
/// be of the hinted type. Without a hint 'V2' is bf16 and 'V1' is refused.
/// Arrays in Fortran order are transposed into C order.
llvm::Expected<NpyArray>
parseNpy(llvm::StringRef bytes, llvm::StringRef name,
         std::optional<ElementType> hint = std::nullopt);

/// Reads and parses a file.
llvm::Expected<NpyArray>
readNpy(llvm::StringRef path, std::optional<ElementType> hint = std::nullopt);

/// Writes an array in C order to a reserved path. `data` must have the size of
/// the shape.
llvm::Error writeNpy(OutputFiles &files, llvm::StringRef path,
                     ElementType element, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<char> data);

} // namespace fa3::runtime

#endif // FA3_RUNTIME_NPY_H
