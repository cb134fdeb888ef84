#include "verbs/phone/returned.h"

#include "media/inspect.h"

namespace dew::verbs {
namespace {

/// "phone-20261128T154410Z-1a2b3c4d.jpg": the same picture has the same end.
std::string name_of(const std::string& jpeg) {
  constexpr size_t kEnough = 8;
  std::string when;
  for (const char c : utc_now())
    if (c != '-' && c != ':') when += c;
  return "phone-" + when + "-" + sha256(jpeg).substr(0, kEnough) + ".jpg";
}

}  // namespace

Result<void> ReturnedPictures::take(const std::string& jpeg) {
  if (!jpeg.starts_with("\xff\xd8\xff"))
    return usage_error("the body is no JPEG", "the picture", "send the JPEG's bytes");
  if (const auto looked = inspect_picture(jpeg, "the picture", {}); !looked)
    return usage_error(looked.error().what, looked.error().where, looked.error().next);
  const std::lock_guard lock(mutex_);
  std::error_code none;
  if (!fs::exists(project_.folder() / "dewdrop.toml", none))
    return work_error("the project is not in its folder any more", project_.folder().string(), "put it back");
  if (taken_ >= kMost)
    return usage_error("enough pictures came back in this run", "the picture", "start it again to take more");
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const std::string name = name_of(jpeg);
  DEW_CHECK(write_file(folder.path() / name, jpeg));
  Watch quiet;
  DEW_TRY(const auto added, project_.offer(folder.path() / name, name, {}, {}, quiet));
  if (!added) return tl::unexpected(added.error().error);
  taken_ += added->samples;
  return {};
}

Result<void> ReturnedPictures::finish(Watch& watch) {
  const std::lock_guard lock(mutex_);
  if (taken_ > 0) DEW_CHECK(project_.settle_splits(watch));
  return {};
}

int64_t ReturnedPictures::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

}  // namespace dew::verbs
