#include "base/secret.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/descriptor.h"

namespace dew {

Result<std::string> random_secret() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != std::ssize(bytes))
    return work_error("the system gives no random numbers", "getrandom", "try again in a moment");
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

bool same_secret(const std::string& a, const std::string& b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < a.size(); ++i)
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b.empty() ? 1 : b[i % b.size()]);
  return difference == 0;
}

Result<void> write_secret(const fs::path& file, const std::string& bytes) {
  DEW_CHECK(make_folders(file.parent_path()));
  const fs::path part = file.string() + ".part";
  ::unlink(part.c_str());
  Descriptor descriptor(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (descriptor.get() < 0) return system_failure("cannot write", part, errno);
  const bool written = ::write(descriptor.get(), bytes.data(), bytes.size()) == std::ssize(bytes);
  if (!written || !descriptor.close() || ::rename(part.c_str(), file.c_str()) != 0)
    return system_failure("cannot write", file, errno);
  return {};
}

}  // namespace dew
