//===- ArgumentSource.h - Where the tensors of a launch come from -*- C++ -*-=//
//
// The values of --arg: a NumPy file, or a shape that is filled here.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3LAUNCH_ARGUMENTSOURCE_H
#define FA3_TOOLS_FA3LAUNCH_ARGUMENTSOURCE_H

#include "fa3/Runtime/Npy.h"

namespace fa3::runtime {

/// Makes the array that `source` describes, of the given element type.
///
///   file.npy            the content of a file
///   empty:2x128x64      bytes of 0xff, which are NaN in every floating type,
///                       so that an output that is not written shows
///   random:2x128x64:7   fillRandom with seed 7
///
///   f32:0.5             one number, of rank 0, with its type
///
/// "random::7" and "empty:" have rank 0.
llvm::Expected<NpyArray> makeArray(llvm::StringRef source, ElementType element);

/// Fills an array with numbers that depend on the seed and the position alone,
/// for a reference elsewhere to compute the same. Element i takes
///   z = seed + (i + 1) * 0x9e3779b97f4a7c15
///   z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9
///   z = (z ^ z >> 27) * 0x94d049bb133111eb
///   z =  z ^ z >> 31                              all modulo 2^64 (splitmix64)
///   s = the sum of the four 16-bit parts of z
/// and, for a floating type, (s - 131070) * (1.7320508075688772 / 65536) in
/// double precision, rounded to nearest even: about a normal distribution of
/// variance 1. Integers are s % 16, less 8 where signed, and bool is s % 2.
void fillRandom(uint64_t seed, NpyArray &array);

} // namespace fa3::runtime

#endif // FA3_TOOLS_FA3LAUNCH_ARGUMENTSOURCE_H
