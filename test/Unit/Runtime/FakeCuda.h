//===- FakeCuda.h - A CUDA driver without a GPU -----------------*- C++ -*-===//
//
// Controls of the shared library FA3FakeCuda, which stands in for libcuda.so.1
// in tests: what it claims to be, what it was asked for and what it is to fail.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TEST_UNIT_RUNTIME_FAKECUDA_H
#define FA3_TEST_UNIT_RUNTIME_FAKECUDA_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fa3::runtime::fake {

struct EncodedMap {
  int dataType;
  uint64_t address;
  std::vector<uint64_t> sizes;
  std::vector<uint64_t> strides;
  std::vector<uint32_t> box;
  int swizzle;
  int l2Promotion;
};

struct Launch {
  std::vector<unsigned> grid;
  std::vector<unsigned> block;
  /// Empty where the launch has no cluster attribute.
  std::vector<unsigned> cluster;
  /// Whether it may begin before the launch in front of it has ended.
  bool overlapped = false;
  unsigned sharedMemory;
  void *stream;
  /// Whether the primary context was current.
  bool hasContext;
  /// The bytes of each parameter, as many as `parameterSizes` says.
  std::vector<std::vector<unsigned char>> parameters;
};

struct State {
  // What the driver claims.
  int driverVersion = 12040;
  int deviceCount = 1;
  int computeCapabilityMajor = 9;
  int computeCapabilityMinor = 0;
  int maxThreads = 1024;
  int staticSharedMemory = 0;
  std::string entry = "attention";
  std::vector<size_t> parameterSizes;
  std::string jitLog;
  /// Results of calls that are to fail, by symbol.
  std::map<std::string, int> failures;

  // What it was asked for.
  std::vector<EncodedMap> maps;
  std::vector<Launch> launches;
  std::map<int, int> functionAttributes;
  std::string image;
  int primaryRetained = 0;
  int allocations = 0;
  int modules = 0;
};

/// The one state; to be assigned to by a test before it begins.
State &state();

/// Makes the primary context current on this thread, or none.
void setCurrentContext(bool isCurrent);

} // namespace fa3::runtime::fake

#endif // FA3_TEST_UNIT_RUNTIME_FAKECUDA_H
