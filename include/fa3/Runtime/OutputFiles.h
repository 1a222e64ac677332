//===- OutputFiles.h - Files that appear together ---------------*- C++ -*-===//
//
// Writes the files of one run of a tool so that either all of them are replaced
// or none, and never one that the run reads. All errors have FA3_ERROR_IO and
// name the file.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_OUTPUTFILES_H
#define FA3_RUNTIME_OUTPUTFILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace fa3::runtime {

/// A set of files. They are written beside their places and moved there by
/// `commit`; what is not committed disappears with the set, and where a signal
/// ends the process.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  OutputFiles &operator=(const OutputFiles &) = delete;
  ~OutputFiles();

  /// Names a file that the run reads, which no output may replace.
  void addInput(llvm::StringRef path) { inputs.push_back(path.str()); }

  /// Announces that a file shall be at `path`, so that what forbids it is known
  /// before the work is done. Fails where the path is that of an input, of
  /// another output, or of anything but a regular file, or in no folder.
  llvm::Error reserve(llvm::StringRef path);

  /// Writes the file of a reserved path; its content is the parts in a row.
  llvm::Error write(llvm::StringRef path,
                    llvm::ArrayRef<llvm::StringRef> parts);

  /// Moves all files to their places. If one cannot be moved, those that were
  /// there before are put back.
  llvm::Error commit();

private:
  struct File {
    /// As the caller spells it, and where it lies, behind all links.
    std::string path, place;
    /// The new content, until it is moved; "" before it is written.
    std::string temporary;
    /// A second name of the old content, or "" if there is none.
    std::string backup;
    bool isMoved = false;
  };

  void restore();

  std::vector<std::string> inputs;
  std::vector<File> files;
};

} // namespace fa3::runtime

#endif // FA3_RUNTIME_OUTPUTFILES_H
