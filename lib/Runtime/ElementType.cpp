//===- ElementType.cpp - Element types of tensor arguments ----------------===//

#include "fa3/Runtime/ElementType.h"

#include "llvm/Support/ErrorHandling.h"

namespace fa3::runtime {

namespace {
struct ElementTypeInfo {
  ElementType type;
  llvm::StringLiteral name;
  unsigned size;
};
} // namespace

static constexpr ElementTypeInfo elementTypes[] = {
    {ElementType::F32, "f32", 4},   {ElementType::F16, "f16", 2},
    {ElementType::BF16, "bf16", 2}, {ElementType::E4M3, "e4m3", 1},
    {ElementType::E5M2, "e5m2", 1}, {ElementType::I8, "i8", 1},
    {ElementType::I32, "i32", 4},   {ElementType::I64, "i64", 8},
    {ElementType::F64, "f64", 8},   {ElementType::U8, "u8", 1},
    {ElementType::Bool, "bool", 1},
};

static const ElementTypeInfo &getInfo(ElementType type) {
  for (const ElementTypeInfo &info : elementTypes)
    if (info.type == type)
      return info;
  llvm_unreachable("not an element type");
}

std::optional<ElementType> elementTypeFromCode(fa3_dtype code) {
  for (const ElementTypeInfo &info : elementTypes)
    if (static_cast<fa3_dtype>(info.type) == code)
      return info.type;
  return std::nullopt;
}

std::optional<ElementType> elementTypeFromName(llvm::StringRef name) {
  for (const ElementTypeInfo &info : elementTypes)
    if (info.name == name)
      return info.type;
  return std::nullopt;
}

llvm::StringRef getName(ElementType type) { return getInfo(type).name; }

unsigned getSizeInBytes(ElementType type) { return getInfo(type).size; }

} // namespace fa3::runtime
