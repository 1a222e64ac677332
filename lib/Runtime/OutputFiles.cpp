//===- OutputFiles.cpp - Files that appear together -----------------------===//
//
// Writes temporary files in the folders of the outputs, since only within one
// file system a move replaces a file in one step.
//
//===----------------------------------------------------------------------===//

#include "fa3/Runtime/OutputFiles.h"

#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <unistd.h>

using llvm::StringRef;

namespace fa3::runtime {

static llvm::Error fail(StringRef path, const llvm::Twine &reason) {
  return makeError(FA3_ERROR_IO, "cannot write '" + path + "': " + reason);
}

/// Where a file lies, or would lie if it existed, without links and dots.
static std::string getPlace(StringRef path) {
  llvm::SmallString<128> place;
  if (!llvm::sys::fs::real_path(path, place))
    return place.str().str();
  StringRef folder = llvm::sys::path::parent_path(path);
  if (llvm::sys::fs::real_path(folder.empty() ? "." : folder, place))
    return path.str();
  llvm::sys::path::append(place, llvm::sys::path::filename(path));
  return place.str().str();
}

OutputFiles::~OutputFiles() {
  for (const File &file : files) {
    if (!file.isMoved && !file.temporary.empty()) {
      llvm::sys::fs::remove(file.temporary);
      llvm::sys::DontRemoveFileOnSignal(file.temporary);
    }
    if (!file.backup.empty())
      llvm::sys::fs::remove(file.backup);
  }
}

llvm::Error OutputFiles::reserve(StringRef path) {
  if (path.empty())
    return fail(path, "expected the name of a file");
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status)) {
    if (llvm::sys::fs::is_directory(status))
      return fail(path,
                  std::make_error_code(std::errc::is_a_directory).message());
    // A move would replace a device, or a pipe, rather than write to it.
    if (!llvm::sys::fs::is_regular_file(status))
      return fail(path, "expected a regular file");
  }
  for (const std::string &input : inputs)
    if (llvm::sys::fs::equivalent(input, path))
      return fail(path, "expected a file other than the input '" + input + "'");
  std::string place = getPlace(path);
  // What is written first is a file beside it.
  StringRef folder = llvm::sys::path::parent_path(place);
  if (std::error_code error =
          llvm::sys::fs::status(folder.empty() ? "." : folder, status))
    return fail(path, error.message());
  if (!llvm::sys::fs::is_directory(status))
    return fail(path,
                std::make_error_code(std::errc::not_a_directory).message());
  for (const File &file : files)
    if (file.place == place)
      return fail(path,
                  "expected a file other than the output '" + file.path + "'");
  files.push_back({path.str(), std::move(place), "", "", false});
  return llvm::Error::success();
}

llvm::Error OutputFiles::write(StringRef path,
                               llvm::ArrayRef<StringRef> parts) {
  auto file =
      llvm::find_if(files, [&](const File &file) { return file.path == path; });
  int descriptor = 0;
  llvm::SmallString<128> temporary;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(
          file->place + ".%%%%%%.tmp", descriptor, temporary,
          llvm::sys::fs::OF_None,
          llvm::sys::fs::all_read | llvm::sys::fs::all_write))
    return fail(path, error.message());
  file->temporary = temporary.str().str();
  llvm::sys::RemoveFileOnSignal(temporary);
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  for (StringRef part : parts)
    os << part;
  os.flush();
  std::error_code error;
  // A move may reach the disk before the content does.
  if (!os.has_error() && ::fsync(descriptor) != 0 && errno != EINVAL)
    error = std::error_code(errno, std::generic_category());
  os.close();
  if (os.has_error())
    error = os.error();
  os.clear_error();
  if (error)
    return fail(path, error.message());
  return llvm::Error::success();
}

void OutputFiles::restore() {
  for (File &file : files) {
    if (!file.isMoved)
      continue;
    if (file.backup.empty())
      llvm::sys::fs::remove(file.place);
    else if (!llvm::sys::fs::rename(file.backup, file.place))
      file.backup.clear();
  }
}

llvm::Error OutputFiles::commit() {
  // A move of one file either happens or not; nothing is to be put back.
  for (File &file : files) {
    if (files.size() == 1 || !llvm::sys::fs::exists(file.place))
      continue;
    file.backup = file.temporary + ".old";
    std::error_code error =
        llvm::sys::fs::create_hard_link(file.place, file.backup);
    if (error) // Not every file system has them.
      error = llvm::sys::fs::copy_file(file.place, file.backup);
    if (error)
      return fail(file.path, error.message());
  }
  for (File &file : files) {
    if (std::error_code error =
            llvm::sys::fs::rename(file.temporary, file.place)) {
      restore();
      return fail(file.path, error.message());
    }
    llvm::sys::DontRemoveFileOnSignal(file.temporary);
    file.isMoved = true;
  }
  return llvm::Error::success();
}

} // namespace fa3::runtime
