#include "verbs/project/own_pictures.h"

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "exchange/file_names.h"
#include "media/media.h"

namespace dew::verbs {
namespace {

constexpr std::string_view kPng = ".png";

/// Takes digits off the end. False: there are none.
bool drop_number(std::string_view& text) {
  const size_t end = text.find_last_not_of("0123456789") + 1;
  const bool any = end < text.size();
  text = text.substr(0, end);
  return any;
}

bool drop(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

/// "a-2.png" is what the second file was called that had the name "a.png".
std::string without_number(std::string_view name) {
  std::string_view stem = name.substr(0, name.size() - kPng.size());
  return drop_number(stem) && drop(stem, "-") ? std::string(stem) + std::string(kPng) : std::string();
}

/// The file that an export may have cut a picture of this name from: "v.avi" of "v.avi-frame15.png" and
/// "v.avi-frame15-0,0,64x48.png", "a.heic" of "a.heic.png", which it wrote anew; a file of many pictures may
/// have any name ("t10k-images-idx3-ubyte-frame7.png"). Empty: of none.
std::string_view cut_from(std::string_view name) {
  if (!drop(name, kPng)) return {};
  std::string_view rest = name;
  if (drop_number(rest) && drop(rest, "x") && drop_number(rest) && drop(rest, ",") && drop_number(rest) &&
      drop(rest, ",") && drop_number(rest) && drop(rest, "-"))
    name = rest;
  rest = name;
  if (drop_number(rest) && drop(rest, "-frame")) return rest;
  return media_kind(fs::path(name)) ? name : std::string_view();
}

using Files = std::vector<size_t>;

class Search {
 public:
  Search(const Project& project, const FileList& files, Watch& watch)
      : project_(project), files_(files), watch_(watch) {
    for (size_t file = 0; file < files.size(); ++file) {
      const std::string name = files.path(file).filename().string();
      if (!name.ends_with(kPng)) continue;
      for (const std::string& called : {name, without_number(name)})
        if (const std::string_view from = cut_from(called); !from.empty()) {
          by_name_[called].push_back(file);
          sources_.emplace(from);
        }
    }
  }

  Result<std::map<size_t, OwnPictures::Own>> go() {
    constexpr int64_t kTogether = 200;
    int64_t last = 0;
    while (!by_name_.empty()) {
      DEW_TRY(const auto sources, project_.sources_after(last, kTogether));
      if (sources.empty()) break;
      last = sources.back().id;
      for (const Source& source : sources) DEW_CHECK(look_at(source));
    }
    return std::move(own_);
  }

 private:
  /// Samples whose pictures some files may be, and these files.
  struct Fitting {
    std::vector<Sample> samples;
    std::vector<Files> files;
  };

  Result<void> look_at(const Source& source) {
    if (watch_.interrupted()) return interrupted_error();
    const std::string whole = exchange::safe_path(source.name);
    const bool possible =
        sources_.contains(whole.substr(whole.rfind('/') + 1)) || sources_.contains(exchange::flat(whole));
    if (!possible) return {};
    DEW_TRY(const auto samples, project_.samples_of({source.id}));
    Fitting fitting;
    for (const Sample& sample : samples) {
      const std::string name = exchange::picture_stem(sample, source) + std::string(kPng);
      std::set<size_t> files;
      for (const std::string& called : {name.substr(name.rfind('/') + 1), exchange::flat(name)})
        if (const auto at = by_name_.find(called); at != by_name_.end())
          files.insert(at->second.begin(), at->second.end());
      if (files.empty()) continue;
      fitting.samples.push_back(sample);
      fitting.files.emplace_back(files.begin(), files.end());
    }
    return fitting.samples.empty() ? Result<void>() : compare(source, fitting);
  }

  Result<void> compare(const Source& source, const Fitting& fitting) {
    const auto read = project_.pictures(
        fitting.samples,
        [&](size_t at, const Image& image) -> Result<void> {
          for (const size_t file : fitting.files[at]) {
            if (own_.contains(file)) continue;
            const auto picture = read_image(files_.path(file));
            if (picture && *picture == image) own_[file] = {source.id, fitting.samples[at].id};
          }
          return {};
        },
        watch_);
    if (watch_.interrupted()) return interrupted_error();
    // An original that is gone or damaged cannot be compared with, and is no error of what is added.
    static_cast<void>(read);
    return {};
  }

  const Project& project_;
  const FileList& files_;
  Watch& watch_;
  std::unordered_map<std::string, Files> by_name_;  ///< of what may be an export's
  std::unordered_set<std::string> sources_;         ///< names of files that these may be cut from
  std::map<size_t, OwnPictures::Own> own_;
};

}  // namespace

Result<OwnPictures> OwnPictures::find(const Project& project, const FileList& files, Watch& watch) {
  OwnPictures found;
  DEW_TRY(found.own_, Search(project, files, watch).go());
  return found;
}

std::optional<OwnPictures::Own> OwnPictures::of(size_t file) const {
  const auto at = own_.find(file);
  return at == own_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace dew::verbs
