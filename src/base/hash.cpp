#include "base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/files.h"

namespace dew {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    [[maybe_unused]] const int ok = EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
    assert(ok == 1);
  }
  void add(const void* bytes, size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }
  std::string hex() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : digest) {
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.hex();
}

Result<std::string> sha256_file(const std::filesystem::path& path) {
  const FilePtr file(std::fopen(path.c_str(), "rbe"));
  if (!file)
    return work_error(std::string("cannot read: ") + std::strerror(errno), path.string(), "check the path");
  Sha256 hash;
  std::array<char, 1 << 16> block{};
  while (const size_t got = std::fread(block.data(), 1, block.size(), file.get()))
    hash.add(block.data(), got);
  if (std::ferror(file.get())) return work_error("cannot read to the end", path.string());
  return hash.hex();
}

}  // namespace dew
