#include "studio/session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include "base/descriptor.h"
#include "base/secret.h"

namespace dew::studio {
namespace {

constexpr const char* kFile = "studio-session";
constexpr time_t kGoodFor = 24 * 60 * 60;  ///< seconds after the last start
constexpr size_t kLength = 64;             ///< of random_secret()

bool is_secret(const std::string& text) {
  return text.size() == kLength && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

std::optional<std::string> read_own(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &about) != 0) return std::nullopt;
  const bool own =
      S_ISREG(about.st_mode) && about.st_uid == ::geteuid() && (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  const time_t now = ::time(nullptr);
  if (!own || about.st_mtime > now || now - about.st_mtime > kGoodFor) return std::nullopt;
  std::array<char, kLength + 1> bytes{};
  const ssize_t count = ::read(descriptor.get(), bytes.data(), bytes.size());
  const std::string text(bytes.data(), static_cast<size_t>(std::max<ssize_t>(0, count)));
  return is_secret(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

Result<std::string> kept_session(const fs::path& folder) {
  const fs::path file = folder / kFile;
  std::string session;
  if (const auto kept = read_own(file)) {
    session = *kept;
  } else {
    DEW_TRY(session, random_secret());
  }
  (void)write_secret(file, session);  // anew, so that the day begins now
  return session;
}

}  // namespace dew::studio
