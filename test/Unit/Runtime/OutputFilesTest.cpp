//===- OutputFilesTest.cpp - Files that appear together -------------------===//

#include "fa3/Runtime/OutputFiles.h"

#include "NpyTestUtils.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

static void put(const std::string &path, llvm::StringRef content) {
  std::error_code error;
  llvm::raw_fd_ostream(path, error) << content;
  ASSERT_FALSE(error);
}

static std::string get(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "missing";
}

TEST(OutputFilesTest, replacesAllTogether) {
  TemporaryFolder folder;
  std::string a = folder.getPath("a"), b = folder.getPath("b");
  put(a, "old");
  {
    OutputFiles files;
    ASSERT_EQ(message(files.reserve(a)), "success");
    ASSERT_EQ(message(files.reserve(b)), "success");
    ASSERT_EQ(message(files.write(a, {"new ", "a"})), "success");
    ASSERT_EQ(message(files.write(b, {"new b"})), "success");
    EXPECT_EQ(get(a), "old");
    EXPECT_EQ(get(b), "missing");
    ASSERT_EQ(message(files.commit()), "success");
  }
  EXPECT_EQ(get(a), "new a");
  EXPECT_EQ(get(b), "new b");
  EXPECT_EQ(folder.countFiles(), 2U);
}

TEST(OutputFilesTest, leavesNothingWithoutACommit) {
  TemporaryFolder folder;
  std::string a = folder.getPath("a");
  put(a, "old");
  {
    OutputFiles files;
    ASSERT_EQ(message(files.reserve(a)), "success");
    ASSERT_EQ(message(files.write(a, {"new"})), "success");
  }
  EXPECT_EQ(get(a), "old");
  EXPECT_EQ(folder.countFiles(), 1U);
}

TEST(OutputFilesTest, putsBackWhatWasThere) {
  TemporaryFolder folder;
  std::string a = folder.getPath("a"), b = folder.getPath("b"),
              c = folder.getPath("c");
  put(a, "old");
  {
    OutputFiles files;
    for (const std::string &path : {a, b, c}) {
      ASSERT_EQ(message(files.reserve(path)), "success");
      ASSERT_EQ(message(files.write(path, {"new"})), "success");
    }
    // A folder that appears meanwhile cannot be replaced by a file.
    ASSERT_FALSE(llvm::sys::fs::create_directory(c));
    EXPECT_EQ(message(files.commit()),
              "cannot write '" + c + "': Is a directory");
  }
  EXPECT_EQ(get(a), "old");
  EXPECT_EQ(get(b), "missing");
  EXPECT_EQ(folder.countFiles(), 2U);
}

TEST(OutputFilesTest, replacesNothingThatItCannotPutBack) {
  TemporaryFolder folder;
  // There is room for the ending of a new file, but not for that of a backup.
  std::string a = folder.getPath(std::string(242, 'a')),
              b = folder.getPath("b");
  put(a, "old");
  {
    OutputFiles files;
    for (const std::string &path : {a, b}) {
      ASSERT_EQ(message(files.reserve(path)), "success");
      ASSERT_EQ(message(files.write(path, {"new"})), "success");
    }
    ASSERT_FALSE(llvm::sys::fs::create_directory(b));
    EXPECT_EQ(message(files.commit()),
              "cannot write '" + a + "': File name too long");
  }
  EXPECT_EQ(get(a), "old");
  // One file alone is replaced in one step.
  {
    OutputFiles files;
    ASSERT_EQ(message(files.reserve(a)), "success");
    ASSERT_EQ(message(files.write(a, {"new"})), "success");
    EXPECT_EQ(message(files.commit()), "success");
  }
  EXPECT_EQ(get(a), "new");
}

TEST(OutputFilesTest, refusesToReplaceAnInput) {
  TemporaryFolder folder;
  std::string in = folder.getPath("in"), link = folder.getPath("link"),
              hard = folder.getPath("hard"), out = folder.getPath("out");
  put(in, "input");
  ASSERT_FALSE(llvm::sys::fs::create_link(in, link));
  ASSERT_FALSE(llvm::sys::fs::create_hard_link(in, hard));
  OutputFiles files;
  files.addInput("-");
  files.addInput(folder.getPath("missing"));
  files.addInput(in);
  for (const std::string &path :
       {in, folder.getPath("./in"), link, hard,
        folder.getPath("../") +
            llvm::sys::path::filename(llvm::sys::path::parent_path(in)).str() +
            "/in"})
    EXPECT_EQ(message(files.reserve(path)),
              "cannot write '" + path +
                  "': expected a file other than the input '" + in + "'");
  EXPECT_EQ(message(files.reserve(out)), "success");

  // An input that is a link to the output.
  OutputFiles others;
  others.addInput(link);
  EXPECT_EQ(message(others.reserve(in)),
            "cannot write '" + in +
                "': expected a file other than the input '" + link + "'");
}

TEST(OutputFilesTest, refusesOneFileTwice) {
  TemporaryFolder folder;
  std::string a = folder.getPath("a"), again = folder.getPath("./a");
  OutputFiles files;
  ASSERT_EQ(message(files.reserve(a)), "success");
  std::string expected = "cannot write '" + again +
                         "': expected a file other than the output '" + a + "'";
  EXPECT_EQ(message(files.reserve(again)), expected);
  put(a, "old");
  std::string link = folder.getPath("link");
  ASSERT_FALSE(llvm::sys::fs::create_link(a, link));
  EXPECT_EQ(message(files.reserve(again)), expected);
  EXPECT_NE(message(files.reserve(link)), "success");
}

TEST(OutputFilesTest, writesThroughALink) {
  TemporaryFolder folder;
  std::string a = folder.getPath("a"), link = folder.getPath("link");
  put(a, "old");
  ASSERT_FALSE(llvm::sys::fs::create_link(a, link));
  OutputFiles files;
  ASSERT_EQ(message(files.reserve(link)), "success");
  ASSERT_EQ(message(files.write(link, {"new"})), "success");
  ASSERT_EQ(message(files.commit()), "success");
  EXPECT_EQ(get(a), "new");
  EXPECT_TRUE(llvm::sys::fs::is_symlink_file(link));
}

TEST(OutputFilesTest, refusesWhatIsNoFile) {
  TemporaryFolder folder;
  std::string directory = folder.getPath("d"), pipe = folder.getPath("p"),
              nowhere = folder.getPath("none/a");
  ASSERT_FALSE(llvm::sys::fs::create_directory(directory));
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  OutputFiles files;
  EXPECT_EQ(message(files.reserve("")),
            "cannot write '': expected the name of a file");
  EXPECT_EQ(message(files.reserve(directory)),
            "cannot write '" + directory + "': Is a directory");
  EXPECT_EQ(message(files.reserve(pipe)),
            "cannot write '" + pipe + "': expected a regular file");
  // Before there is anything to write.
  EXPECT_EQ(message(files.reserve(nowhere)),
            "cannot write '" + nowhere + "': No such file or directory");
  std::string file = folder.getPath("f"), below = folder.getPath("f/a"),
              lost = folder.getPath("d/a");
  put(file, "old");
  EXPECT_EQ(message(files.reserve(below)),
            "cannot write '" + below + "': Not a directory");
  ASSERT_EQ(message(files.reserve(lost)), "success");
  ASSERT_FALSE(llvm::sys::fs::remove(directory));
  EXPECT_EQ(message(files.write(lost, {"new"})),
            "cannot write '" + lost + "': No such file or directory");
}

// As on a full disk: the process may write files of at most 64 bytes.
TEST(OutputFilesTest, reportsAFailedWrite) {
  TemporaryFolder folder;
  std::string path = folder.getPath("a");
  put(path, "old");
  auto *oldHandler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit oldLimit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &oldLimit), 0);
  rlimit limit = oldLimit;
  limit.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::string result;
  {
    OutputFiles files;
    result = message(files.reserve(path));
    result += ", " + message(files.write(path, {std::string(65, 'x')}));
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &oldLimit), 0);
  std::signal(SIGXFSZ, oldHandler);
  EXPECT_EQ(result, "success, cannot write '" + path + "': File too large");
  EXPECT_EQ(get(path), "old");
  EXPECT_EQ(folder.countFiles(), 1U);
}
