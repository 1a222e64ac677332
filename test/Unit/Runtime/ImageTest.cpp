//===- ImageTest.cpp - Sanity of compiled images --------------------------===//

#include "Image.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

#include <cstring>
#include <elf.h>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

/// A cubin with one section of four bytes at the end.
static std::string makeCubin() {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_machine = 190;
  header.e_shoff = sizeof(header);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 2;
  Elf64_Shdr sections[2] = {};
  sections[0].sh_type = SHT_NOBITS;
  sections[0].sh_size = 1 << 20;
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_offset = sizeof(header) + sizeof(sections);
  sections[1].sh_size = 4;
  std::string image(reinterpret_cast<const char *>(&header), sizeof(header));
  image.append(reinterpret_cast<const char *>(sections), sizeof(sections));
  return image + "code";
}

TEST(ImageTest, takesCubinsAndPTX) {
  EXPECT_EQ(message(verifyImage(makeCubin())), "success");
  EXPECT_EQ(message(verifyImage("// ptx\n.version 8.0\n.target sm_90a\n")),
            "success");
}

TEST(ImageTest, refusesOtherFiles) {
  EXPECT_EQ(message(verifyImage("hello")),
            "image: expected a cubin (an ELF file) or PTX text, but got "
            "neither in its 5 bytes");
  EXPECT_EQ(message(verifyImage(llvm::StringRef(".version\0", 9))),
            "image: expected a cubin (an ELF file) or PTX text, but got "
            "neither in its 9 bytes");
  std::string cubin = makeCubin();
  cubin[18] = 62;
  EXPECT_EQ(message(verifyImage(cubin)),
            "image: expected a 64-bit ELF file of machine 190 (CUDA), but got "
            "machine 62");
}

TEST(ImageTest, refusesTruncatedCubins) {
  const std::string cubin = makeCubin();
  for (size_t size = 0; size != cubin.size(); ++size)
    EXPECT_NE(message(verifyImage(cubin.substr(0, size))), "success") << size;
  EXPECT_EQ(message(verifyImage(cubin.substr(0, cubin.size() - 1))),
            "image: expected section 1 within 195 bytes, but got 4 bytes at "
            "offset 192; the cubin is truncated");
}
