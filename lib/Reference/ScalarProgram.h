//===- ScalarProgram.h - An interpreter for scalars -------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_REFERENCE_SCALARPROGRAM_H
#define FA3_LIB_REFERENCE_SCALARPROGRAM_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>
#include <vector>

namespace mlir::attn {

/// An array of doubles that views may share.
struct ArrayView {
  std::shared_ptr<std::vector<double>> buffer;
  int64_t offset = 0;
  SmallVector<int64_t> shape, strides;

  double &at(ArrayRef<int64_t> index) const {
    int64_t place = offset;
    for (auto [i, stride] : llvm::zip_equal(index, strides))
      place += i * stride;
    return (*buffer)[place];
  }
};

/// A scalar: integers and indices sign-extended, floats in double precision.
union Scalar {
  int64_t integer;
  double real;
};

/// The values of a function that are known so far.
struct Environment {
  llvm::DenseMap<Value, Scalar> scalars;
  llvm::DenseMap<Value, ArrayView> arrays;
};

struct Instruction;
using Handler = void (*)(const Instruction &, Scalar *slots);

/// One operation on slots that hold its operands and its result.
struct Instruction {
  Handler handler = nullptr;
  unsigned result = 0;
  unsigned operands[3] = {0, 0, 0};
  unsigned width = 64;              // of an integer result, in bits
  Scalar constant = {0};            // or the predicate of a comparison
  const ArrayView *array = nullptr; // that is read
  SmallVector<unsigned> indices;    // slots of the indices
  bool *outOfBounds = nullptr;      // is set by a bad index
  bool isInteger = false;           // elements of the array
};

/// A straight line of scalar operations of arith, math, memref and tensor, on
/// values outside of it that `environment` has.
class ScalarProgram {
public:
  /// Translates operations that follow each other in a block. `parameters` are
  /// values that run() sets. Fails after a diagnostic.
  static FailureOr<ScalarProgram> compile(ArrayRef<Operation *> operations,
                                          ValueRange parameters,
                                          const Environment &environment);

  /// The slot that holds a value of the program.
  unsigned getSlot(Value value) const { return slotOf.lookup(value); }
  Scalar &operator[](unsigned slot) { return slots[slot]; }

  /// Fails if an index was out of bounds.
  LogicalResult run();

private:
  LogicalResult translate(Operation *op, const Environment &environment);
  FailureOr<unsigned> use(Operation *op, Value value,
                          const Environment &environment);
  unsigned define(Value value);

  std::vector<Instruction> instructions;
  std::vector<Scalar> slots;
  llvm::DenseMap<Value, unsigned> slotOf;
  std::unique_ptr<bool> outOfBounds;
};

} // namespace mlir::attn

#endif // FA3_LIB_REFERENCE_SCALARPROGRAM_H
