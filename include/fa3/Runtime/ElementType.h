//===- ElementType.h - Element types of tensor arguments --------*- C++ -*-===//
//
// The element types of the manifest, the C interface and NumPy files, and
// their names. A value is the `fa3_dtype` code of the same type.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_ELEMENTTYPE_H
#define FA3_RUNTIME_ELEMENTTYPE_H

#include "fa3/Runtime/fa3_runtime.h"

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace fa3::runtime {

enum class ElementType : fa3_dtype {
  F32 = FA3_F32,
  F16 = FA3_F16,
  BF16 = FA3_BF16,
  E4M3 = FA3_E4M3,
  E5M2 = FA3_E5M2,
  I8 = FA3_I8,
  I32 = FA3_I32,
  I64 = FA3_I64,
  F64 = FA3_F64,
  U8 = FA3_U8,
  Bool = FA3_BOOL,
};

/// The element type with this code, or none if the code is not one of
/// `fa3_dtype`.
std::optional<ElementType> elementTypeFromCode(fa3_dtype code);

/// The element type with this name in the manifest: f32, f16, bf16, e4m3, e5m2,
/// i8, i32, i64, f64, u8 or bool.
std::optional<ElementType> elementTypeFromName(llvm::StringRef name);

llvm::StringRef getName(ElementType type);

unsigned getSizeInBytes(ElementType type);

} // namespace fa3::runtime

#endif // FA3_RUNTIME_ELEMENTTYPE_H
