//===- Image.cpp - Sanity of compiled images ------------------------------===//

#include "Image.h"

#include "fa3/Runtime/RuntimeError.h"

#include <cstring>
#include <elf.h>

namespace fa3::runtime {

static llvm::Error invalid(const llvm::Twine &message) {
  return makeError(FA3_ERROR_INVALID_MANIFEST, "image: " + message);
}

static llvm::Error verifyRange(llvm::StringRef image, const llvm::Twine &what,
                               uint64_t offset, uint64_t size) {
  if (offset <= image.size() && size <= image.size() - offset)
    return llvm::Error::success();
  return invalid("expected " + what + " within " + llvm::Twine(image.size()) +
                 " bytes, but got " + llvm::Twine(size) + " bytes at offset " +
                 llvm::Twine(offset) + "; the cubin is truncated");
}

/// Calls `visit` with a copy (entries need not be aligned) of each entry of a
/// table whose range has been verified.
template <typename Entry, typename Visitor>
static llvm::Error forEachEntry(llvm::StringRef image, uint64_t offset,
                                unsigned count, Visitor visit) {
  for (unsigned i = 0; i != count; ++i) {
    Entry entry;
    std::memcpy(&entry, image.data() + offset + i * sizeof(Entry),
                sizeof(Entry));
    if (llvm::Error error = visit(i, entry))
      return error;
  }
  return llvm::Error::success();
}

static llvm::Error verifyCubin(llvm::StringRef image) {
  // EM_CUDA; not every elf.h has it.
  static constexpr unsigned cudaMachine = 190;
  Elf64_Ehdr header;
  if (llvm::Error error =
          verifyRange(image, "an ELF header", 0, sizeof(header)))
    return error;
  std::memcpy(&header, image.data(), sizeof(header));
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != cudaMachine)
    return invalid("expected a 64-bit ELF file of machine " +
                   llvm::Twine(cudaMachine) + " (CUDA), but got machine " +
                   llvm::Twine(header.e_machine));
  if (header.e_shnum != 0 && header.e_shentsize != sizeof(Elf64_Shdr))
    return invalid("expected section headers of " +
                   llvm::Twine(sizeof(Elf64_Shdr)) + " bytes, but got " +
                   llvm::Twine(header.e_shentsize));
  if (header.e_phnum != 0 && header.e_phentsize != sizeof(Elf64_Phdr))
    return invalid("expected program headers of " +
                   llvm::Twine(sizeof(Elf64_Phdr)) + " bytes, but got " +
                   llvm::Twine(header.e_phentsize));
  if (llvm::Error error =
          verifyRange(image, "the section headers", header.e_shoff,
                      uint64_t(header.e_shnum) * sizeof(Elf64_Shdr)))
    return error;
  if (llvm::Error error =
          verifyRange(image, "the program headers", header.e_phoff,
                      uint64_t(header.e_phnum) * sizeof(Elf64_Phdr)))
    return error;
  if (llvm::Error error = forEachEntry<Elf64_Shdr>(
          image, header.e_shoff, header.e_shnum,
          [&](unsigned i, const Elf64_Shdr &section) -> llvm::Error {
            if (section.sh_type == SHT_NOBITS)
              return llvm::Error::success();
            return verifyRange(image, "section " + llvm::Twine(i),
                               section.sh_offset, section.sh_size);
          }))
    return error;
  return forEachEntry<Elf64_Phdr>(image, header.e_phoff, header.e_phnum,
                                  [&](unsigned i, const Elf64_Phdr &segment) {
                                    return verifyRange(
                                        image, "segment " + llvm::Twine(i),
                                        segment.p_offset, segment.p_filesz);
                                  });
}

llvm::Error verifyImage(llvm::StringRef image) {
  if (image.starts_with(ELFMAG))
    return verifyCubin(image);
  if (!image.contains('\0') && image.contains(".version"))
    return llvm::Error::success();
  return invalid("expected a cubin (an ELF file) or PTX text, but got neither "
                 "in its " +
                 llvm::Twine(image.size()) + " bytes");
}

} // namespace fa3::runtime
