//===- Constants.cpp - Elements of constant tensors -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Constants.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

DenseElementsAttr attn::getDenseElements(Attribute constant) {
  if (auto dense = dyn_cast_if_present<DenseElementsAttr>(constant))
    return dense;
  auto resource = dyn_cast_if_present<DenseResourceElementsAttr>(constant);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return {};
  ShapedType type = resource.getType();
  ArrayRef<char> data = blob->getData();
  Type element = type.getElementType();
  if (!element.isIntOrIndexOrFloat())
    return {};
  auto count = static_cast<uint64_t>(type.getNumElements());
  // A resource has a byte for each i1, other constants have a bit.
  if (element.isInteger(1)) {
    if (data.size() != count)
      return {};
    SmallVector<bool> values =
        llvm::map_to_vector(data, [](char byte) { return byte != 0; });
    return DenseElementsAttr::get(type, values);
  }
  unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  if (data.size() != count * llvm::divideCeil(bits, 8))
    return {};
  return DenseElementsAttr::getFromRawBuffer(type, data);
}

DenseElementsAttr attn::getDenseElements(Value value) {
  Attribute constant;
  return matchPattern(value, m_Constant(&constant)) ? getDenseElements(constant)
                                                    : DenseElementsAttr();
}
