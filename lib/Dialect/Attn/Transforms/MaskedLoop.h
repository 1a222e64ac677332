//===- MaskedLoop.h - Loops over key tiles with one mask --------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the passes on masked tiles share: from an `attn.band_mask` and the loop
// around it, the iterations whose tile holds a visible element, and those whose
// tile is visible as a whole.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_TRANSFORMS_MASKEDLOOP_H
#define FA3_LIB_DIALECT_ATTN_TRANSFORMS_MASKEDLOOP_H

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::attn {

/// A sum of index values with constant factors, and a constant.
class LinearForm {
public:
  LinearForm(int64_t constant = 0) : constant(constant) {}

  /// Looks through additions, subtractions and multiplications by constants.
  static LinearForm of(Value value);

  LinearForm operator+(const LinearForm &other) const;
  LinearForm operator-(const LinearForm &other) const;
  LinearForm operator*(int64_t factor) const;
  bool operator==(const LinearForm &other) const;

  ArrayRef<std::pair<Value, int64_t>> getTerms() const { return terms; }
  int64_t getConstant() const { return constant; }
  int64_t getFactor(Value value) const;

  /// The value of the form, computed at the builder's insertion point.
  Value materialize(OpBuilder &builder, Location loc) const;

private:
  void add(Value value, int64_t factor);

  SmallVector<std::pair<Value, int64_t>> terms; // no factor is zero
  int64_t constant;
};

/// Iterations begin … end − 1 of a loop.
struct IterationRange {
  Value begin, end;
};

/// An `scf.for` over tiles of keys whose scores one `attn.band_mask` masks, at
/// keys that are an affine function of the induction variable.
class MaskedLoop {
public:
  /// Collects the innermost loops around each `attn.band_mask` in `root`, with
  /// their masks. A mask outside of any loop, or in one around others, belongs
  /// to none: it is of a trip that stands by itself. Nor does one in a branch,
  /// which not every trip takes.
  static llvm::MapVector<scf::ForOp, SmallVector<BandMaskOp>>
  collect(Operation *root);

  /// Fails, with the reason in `reason`, where the loop is not of this kind.
  static FailureOr<MaskedLoop>
  match(scf::ForOp loop, ArrayRef<BandMaskOp> masks, std::string &reason);

  scf::ForOp getLoop() const { return loop; }
  BandMaskOp getMask() const { return mask; }

  /// The iterations whose tile may hold an element that the mask keeps. A bound
  /// that is the loop's own is returned as that value itself; the others are
  /// computed at the insertion point, and lie between the loop's own.
  IterationRange getVisibleRange(OpBuilder &builder);

  /// The iterations whose tile the mask keeps as a whole, as above.
  IterationRange getFullRange(OpBuilder &builder);

private:
  MaskedLoop(scf::ForOp loop, BandMaskOp mask);

  /// Narrows `range` to the tiles whose first key is ≤ (or ≥) the limit.
  void keepAtMost(OpBuilder &builder, const LinearForm &limit,
                  IterationRange &range);
  void keepAtLeast(OpBuilder &builder, const LinearForm &limit,
                   IterationRange &range);
  void startAt(OpBuilder &builder, const LinearForm &iteration,
               IterationRange &range);
  void stopAt(OpBuilder &builder, const LinearForm &iteration,
              IterationRange &range);
  LinearForm divide(OpBuilder &builder, const LinearForm &form, bool up);
  std::optional<int64_t> getDistanceFromTop();

  scf::ForOp loop;
  BandMaskOp mask;
  int64_t rows, columns;
  int64_t step;    // keys from one iteration to the next; not zero
  LinearForm base; // the key origin at iteration 0
  LinearForm queryOrigin;
};

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_TRANSFORMS_MASKEDLOOP_H
