#include "studio/uploads.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdio>

#include "media/archive.h"
#include "media/inspect.h"

namespace dew::studio {
namespace {

constexpr int64_t kKeepFree = int64_t{1} << 30;  // bytes of the disk
constexpr const char* kStem = "upload-";

/// The last part of what a browser calls the file.
Reply<std::string> file_name(const std::string& said) {
  constexpr size_t kLongest = 200;
  const std::string name = composed(said.substr(said.find_last_of("/\\") + 1));
  if (name.empty() || name == "." || name == ".." || name.size() > kLongest || !is_utf8(name) ||
      has_control(name))
    return refuse(400, "a file of this name cannot be taken", printable(said, 80),
                  "rename it: up to 200 letters");
  return name;
}

/// Writes the body into a file. Error: more than `most` bytes, or fewer than that would stay free on the
/// disk.
Reply<void> write_body(const fs::path& path, int64_t most, const ReadBody& read) {
  const FilePtr file(std::fopen(path.c_str(), "wbx"));
  if (!file)
    return refuse(500, "the file cannot be written", printable(path.filename().string()),
                  "look at the disk of the project and its permissions");
  std::error_code code;
  const fs::space_info space = fs::space(path, code);
  const int64_t room = code ? most : static_cast<int64_t>(space.available) - kKeepFree;
  int64_t size = 0;
  bool written = true;
  const bool whole = read([&](const char* data, size_t count) {
    size += static_cast<int64_t>(count);
    if (size > most || size > room) return false;
    written = written && std::fwrite(data, 1, count, file.get()) == count;
    return written;
  });
  if (size > most)
    return refuse(413, fmt::format("the file has more than {} bytes", with_commas(most)), {},
                  "send a smaller one");
  if (size > room)
    return refuse(413, "the disk has no room for the file", {}, "make room: 1 GiB is to stay free");
  if (!written || std::fflush(file.get()) != 0)
    return refuse(500, "the file could not be written", printable(path.filename().string()),
                  "look at the disk of the project: is it full?");
  if (!whole) return refuse(400, "the file did not come to its end", {}, "send it again");
  return {};
}

Reply<void> check_kind(const fs::path& path) {
  if (is_archive(path)) return {};
  const auto kind = detect_media_kind(path);
  if (kind) return {};
  return refuse(415, kind.error().what, printable(path.filename().string()),
                "send pictures, videos, or an archive of them");
}

}  // namespace

Reply<bool> Uploads::receive(const std::string& said, const ReadBody& read) {
  DEW_TRY(const std::string name, file_name(said));
  // In a folder of its own until it is whole, so that files that come together do not wait for one another.
  DEW_TRY(PassingFolder arriving, PassingFolder::create_in(project_ / ".dewdrop", kStem));
  const fs::path arrived = arriving.path() / name;
  DEW_CHECK(write_body(arrived, static_cast<int64_t>(Server::kMostUpload), read));
  DEW_CHECK(check_kind(arrived));
  const std::lock_guard lock(mutex_);
  const bool first = waiting_ == nullptr;
  if (first) {
    DEW_TRY(PassingFolder held, PassingFolder::create_in(project_ / ".dewdrop", kStem));
    waiting_ = std::make_shared<UploadedFiles>(std::move(held));
  }
  // Two files of one name are told apart by the folder they are in.
  const fs::path folder = waiting_->folder.path() / std::to_string(++count_);
  DEW_CHECK(make_folders(folder));
  std::error_code code;
  fs::rename(arrived, folder / name, code);
  if (code)
    return tl::unexpected<Failure>(
        Failure(system_failure("cannot move the file", name, code.value()).value()));
  waiting_->files.push_back(folder / name);
  return first;
}

std::string UploadedFiles::as_sent(std::string text) const {
  const std::string here = folder.path().string() + "/";
  for (size_t at = text.find(here); at != std::string::npos; at = text.find(here, at)) {
    size_t end = at + here.size();
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    text.erase(at, (end < text.size() && text[end] == '/' ? end + 1 : end) - at);
  }
  return text;
}

std::shared_ptr<UploadedFiles> Uploads::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, nullptr);
}

}  // namespace dew::studio
