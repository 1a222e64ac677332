//===- Arguments.h - The arguments of a run -------------------- -*- C++
//-*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3_RUN_ARGUMENTS_H
#define FA3_TOOLS_FA3_RUN_ARGUMENTS_H

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Reference/HostArray.h"
#include "fa3/Runtime/ElementType.h"
#include "fa3/Runtime/OutputFiles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace mlir::attn {

/// What the command line says about the arguments, each as `selector=text`.
struct ArgumentRequest {
  std::vector<std::string> inputs;  // files or numbers
  std::vector<std::string> shapes;  // 2x17x4x64
  std::vector<std::string> strides; // 8192x256x64x1
  std::vector<std::string> dims;    // Sq=17
  uint64_t seed = 0;
};

/// `text` cut at its first '='; an error where there is none.
llvm::Expected<std::pair<StringRef, StringRef>>
splitAssignment(StringRef option, StringRef text);

/// The element type of an .npy file for an element type of MLIR.
llvm::Expected<fa3::runtime::ElementType> getFileElementType(Type type);

/// Elements of memory from the first one of an array to its last, with the gaps
/// between them.
int64_t getExtent(const HostArray &array);

/// The elements of an array in C order without gaps.
std::vector<char> packElements(const HostArray &array);

/// The arguments of a function, with the memory that they are in. Around an
/// array, and in the gaps between its rows, stand bytes of 0xff: a NaN where a
/// kernel reads what it must not, and a change where it writes it.
class Arguments {
public:
  /// `names` are the arguments' names in the source, without the '%'.
  static llvm::Expected<Arguments> create(func::FuncOp function,
                                          ArrayRef<std::string> names,
                                          const ArgumentRequest &request);

  ArrayRef<HostArgument> get() const { return arguments; }
  bool isOutput(unsigned index) const { return specs[index].isOutput; }

  /// How messages call an argument: `argument 3 (%o)`.
  std::string describe(unsigned index) const;

  /// The argument that the command line means by a number or a name.
  llvm::Expected<unsigned> find(StringRef option, StringRef selector) const;

  /// Names the files that were read.
  void addInputs(fa3::runtime::OutputFiles &files) const;

  /// Fails if a run has written anything but the elements of outputs.
  llvm::Error checkUntouched() const;

  void print(raw_ostream &os) const;

private:
  struct Spec {
    std::string name;
    Type type;
    bool isOutput = false;
    /// Whether it holds scales of 8-bit blocks, which are not negative.
    bool isScale = false;
    /// About how large random numbers are, where something depends on it.
    std::optional<double> unit;
    /// What its dimensions are called: B, Sq, Sk or nothing.
    SmallVector<StringRef> dimNames;
    /// Sizes and strides; kDynamic where not known yet.
    SmallVector<int64_t> shape, strides;
    std::string input; // file or number; "" is random
  };

  class DimensionNamer;
  llvm::Error parse(const ArgumentRequest &request);
  llvm::Error parseSizes(StringRef option, ArrayRef<std::string> texts,
                         SmallVector<int64_t> Spec::*member);
  llvm::Error parseDims(ArrayRef<std::string> texts);
  llvm::Error readFiles();
  llvm::Error unifyDimensions();
  llvm::Error setSize(unsigned index, unsigned dim, int64_t size,
                      const Twine &source);
  llvm::Expected<int64_t> settleStrides(unsigned index);
  llvm::Error settleArrays();
  llvm::Error createScalar(unsigned index);
  llvm::Error readScalar(unsigned index);
  llvm::Error createArray(unsigned index, uint64_t seed);

  std::vector<Spec> specs;
  llvm::StringMap<int64_t> dims;
  std::vector<HostArgument> arguments;
  /// Of each argument: the bytes of its file, its memory, and what that was
  /// before the run.
  std::vector<std::vector<char>> files, storage, before;
};

} // namespace mlir::attn

#endif // FA3_TOOLS_FA3_RUN_ARGUMENTS_H
