#include "base/user_folder.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace dew {
namespace {

fs::path variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing of ours sets variables
  return value == nullptr ? "" : value;
}

fs::path home() {
  if (const fs::path set = variable("HOME"); set.is_absolute()) return set;
  std::vector<char> buffer(1 << 14);
  passwd entry{};
  passwd* found = nullptr;
  const bool known = getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
                     found != nullptr && found->pw_dir != nullptr;
  return known && fs::path(found->pw_dir).is_absolute() ? fs::path(found->pw_dir) : fs::path("/");
}

}  // namespace

fs::path user_data_folder() {
  if (const fs::path data = variable("XDG_DATA_HOME"); data.is_absolute()) return data / "dewdrop";
  return home() / ".local" / "share" / "dewdrop";
}

}  // namespace dew
