#include "label/sample_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace dew::label {
namespace {

/// How a name is looked up: composed, and without "./" before it.
std::string key_of(const std::string& name) {
  std::string key = composed(name);
  while (key.starts_with("./")) key.erase(0, 2);
  return key;
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

size_t parts_of(const std::string& path) {
  return static_cast<size_t>(std::count(path.begin(), path.end(), '/')) + 1;
}

/// Parts that are the same, counted from the end.
size_t same_parts(const std::string& a, const std::string& b) {
  const auto [end_a, end_b] = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  const auto same = static_cast<size_t>(end_a - a.rbegin());
  const std::string_view common(a.data() + (a.size() - same), same);
  const auto slashes = static_cast<size_t>(std::count(common.begin(), common.end(), '/'));
  const bool whole_a = end_a == a.rend() || *end_a == '/';
  const bool whole_b = end_b == b.rend() || *end_b == '/';
  return whole_a && whole_b ? slashes + 1 : slashes;
}

/// A whole picture by its file's name, as tables write it: in the sample's own, '%' and '#' are escaped.
std::string shown_name(const Sample& sample) {
  const auto fragment = Fragment::parse(sample.name);
  return fragment && !fragment->frame && !fragment->region ? fragment->source : sample.name;
}

/// "A/IMG_0001.jpg" of IMG_0001.jpg at /home/ada/A/IMG_0001.jpg; the name itself where the path does not
/// end with it.
std::string with_its_folder(const std::string& name, const std::string& path) {
  if (!path.ends_with("/" + name) || path.size() == name.size() + 1) return name;
  const size_t slash = path.size() - name.size() - 1;
  return slash == 0 ? name : path.substr(path.rfind('/', slash - 1) + 1);
}

/// "IMG_0001.jpg" of "IMG_0001-49e3c2db.jpg", where those are digits of the file's hash.
std::string without_hash(const Source& source) {
  const fs::path path(source.name);
  const std::string stem = path.stem().string();
  for (const size_t digits : {8, 16, 64}) {
    const std::string end = "-" + source.sha256.substr(0, digits);
    if (source.sha256.size() >= digits && stem.ends_with(end))
      return (path.parent_path() / stem.substr(0, stem.size() - end.size())).string() +
             path.extension().string();
  }
  return {};
}

}  // namespace

SampleNames::SampleNames(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                         const std::vector<Origin>& origins)
    : samples_(samples) {
  for (const Source& source : sources) {
    file_of_[source.id] = files_.size();
    files_.push_back({&source, {}, {}, {}, {}, source.name});
  }
  for (const Sample& sample : samples) {
    by_name_.emplace(key_of(sample.name), &sample);
    if (const auto at = file_of_.find(sample.source); at != file_of_.end())
      files_[at->second].samples.push_back(&sample);
  }
  for (size_t i = 0; i < files_.size(); ++i) {
    const Source& source = *files_[i].source;
    know(i, source.name);
    know(i, Fragment{source.name, std::nullopt, std::nullopt}.str());
    if (const std::string plain = without_hash(source); !plain.empty()) know(i, plain);
  }
  for (const Origin& origin : origins)
    if (const auto at = file_of_.find(origin.source); at != file_of_.end()) know_origin(at->second, origin);
}

void SampleNames::know(size_t file, const std::string& name) {
  std::string key = key_of(name);
  auto& whole = files_[file].whole;
  if (std::find(whole.begin(), whole.end(), key) != whole.end()) return;
  whole_.emplace(key, file);
  in_lower_case_.emplace(lower(key), file);
  if (media_kind(fs::path(key))) extensions_.insert(fs::path(key).extension().string());
  for (size_t from = 0, to = key.find('/'); to != std::string::npos && key[0] != '/';
       to = key.find('/', from)) {
    folders_.insert(key.substr(from, to - from));
    from = to + 1;
  }
  const auto [first, last] = by_last_part_.equal_range(last_part(key));
  if (std::none_of(first, last, [file](const auto& one) { return one.second == file; }))
    by_last_part_.emplace(last_part(key), file);
  whole.push_back(std::move(key));
}

void SampleNames::know_origin(size_t file, const Origin& origin) {
  const std::string path = origin.path.generic_string();
  const std::string rooted = with_its_folder(origin.name, path);
  for (const std::string& name : {origin.name, rooted, path}) know(file, name);
  if (files_[file].paths.empty()) files_[file].shown = rooted;
  files_[file].paths.push_back(key_of(path));
  files_[file].rooted.push_back(key_of(rooted));
}

const Sample* SampleNames::called(const std::string& name) const {
  const auto at = by_name_.find(key_of(name));
  return at == by_name_.end() ? nullptr : at->second;
}

const std::vector<std::string>& SampleNames::added_from(const Sample& sample) const {
  static const std::vector<std::string> kNone;
  const auto file = file_of_.find(sample.source);
  return file == file_of_.end() ? kNone : files_[file->second].rooted;
}

/// How many parts of its name agree; 0: the name is not this file's.
size_t SampleNames::agreement(const File& file, const std::string& key) {
  size_t best = 0;
  for (size_t i = 0; i < file.paths.size(); ++i) {
    const size_t same = same_parts(file.paths[i], key);
    if (same >= std::min(parts_of(key), parts_of(file.rooted[i]))) best = std::max(best, same);
  }
  if (!file.paths.empty()) return best;
  for (const std::string& name : file.whole) {
    const size_t same = same_parts(name, key);
    if (same >= std::min(parts_of(key), parts_of(name))) best = std::max(best, same);
  }
  return best;
}

/// Those with that name; where there are none, those that agree with it furthest.
std::vector<size_t> SampleNames::files_called(const std::string& key, bool& whole) const {
  std::set<size_t> found;
  const auto [first, last] = whole_.equal_range(key);
  for (auto at = first; at != last; ++at) found.insert(at->second);
  whole = !found.empty();
  if (whole) return {found.begin(), found.end()};
  size_t best = 1;
  const auto [from, to] = by_last_part_.equal_range(last_part(key));
  for (auto at = from; at != to; ++at) {
    const size_t agrees = agreement(files_[at->second], key);
    if (agrees < best) continue;
    if (agrees > best) found.clear();
    best = agrees;
    found.insert(at->second);
  }
  return {found.begin(), found.end()};
}

/// Those of which one of many machines' paths may tell: the one whose path agrees furthest from the end. A
/// name alone is enough where no other file has it, and not behind a folder of the project, in which it is
/// missing.
std::vector<size_t> SampleNames::files_of_other_machine(const std::string& path) const {
  size_t best = 0;
  std::set<size_t> found;
  const auto [from, to] = by_last_part_.equal_range(last_part(path));
  for (auto at = from; at != to; ++at) {
    size_t same = 0;
    for (const std::string& name : files_[at->second].whole) same = std::max(same, same_parts(name, path));
    if (same < best) continue;
    if (same > best) found.clear();
    best = same;
    found.insert(at->second);
  }
  const size_t slash = path.rfind('/');
  const bool behind_known = slash != std::string::npos && folders_.contains(last_part(path.substr(0, slash)));
  if (best == 1 && (behind_known || by_last_part_.count(last_part(path)) > 1)) return {};
  return {found.begin(), found.end()};
}

std::vector<size_t> SampleNames::files_without_extension(const std::string& key, bool& whole) const {
  std::set<size_t> found;
  bool all_whole = true;
  for (const std::string& extension : extensions_) {
    bool one_whole = false;
    for (const size_t file : files_called(key + extension, one_whole)) {
      found.insert(file);
      all_whole = all_whole && one_whole;
    }
  }
  whole = !found.empty() && all_whole;
  return {found.begin(), found.end()};
}

/// To the letter first.
std::vector<size_t> SampleNames::files_meant(const std::string& name, bool& whole) const {
  std::string key = key_of(name);
  auto files = files_called(key, whole);
  if (!files.empty()) return files;
  std::replace(key.begin(), key.end(), '\\', '/');
  key = key_of(key);
  const bool drive = key.size() > 2 && key[1] == ':' && key[2] == '/';
  const bool elsewhere = drive || key.starts_with("//") || key.find("://") != std::string::npos;
  if (drive) key.erase(0, 2);
  files = files_called(key, whole);
  if (files.empty() && elsewhere) files = files_of_other_machine(key);
  if (files.empty() && !media_kind(fs::path(key))) files = files_without_extension(key, whole);
  if (!files.empty()) return files;
  const auto [from, to] = in_lower_case_.equal_range(lower(key));
  std::set<size_t> found;
  for (auto at = from; at != to; ++at) found.insert(at->second);
  whole = !found.empty();
  return {found.begin(), found.end()};
}

Result<SampleNames::Found> SampleNames::find_frame(const std::string& name, int64_t frame) const {
  bool whole = false;
  const auto files = files_meant(name, whole);
  if (files.size() != 1) return find(name);
  const File& file = files_[files[0]];
  if (file.source->info.kind == MediaKind::kImage) {
    DEW_TRY(Found found, sample_of(file, name, whole));
    found.still = true;
    return found;
  }
  const auto at = by_name_.find(key_of(Fragment{file.source->name, frame, std::nullopt}.str()));
  return Found{at == by_name_.end() ? nullptr : at->second, whole};
}

Result<SampleNames::Found> SampleNames::sample_of(const File& file, const std::string& name,
                                                  bool whole) const {
  const auto undivided = by_name_.find(key_of(Fragment{file.source->name, std::nullopt, std::nullopt}.str()));
  if (undivided != by_name_.end()) return Found{undivided->second, whole};
  if (file.samples.size() == 1) return Found{file.samples[0], whole};
  if (file.samples.empty()) return usage_error(fmt::format("'{}' has no samples", printable(name)));
  return usage_error(fmt::format("'{}' was cut into {} samples", printable(name), file.samples.size()), {},
                     fmt::format("name each of them: \"{}\"", printable(file.samples[0]->name)));
}

Result<SampleNames::Found> SampleNames::find_in(const std::vector<size_t>& files, const std::string& name,
                                                bool whole) const {
  if (files.size() == 1) return sample_of(files_[files[0]], name, whole);
  constexpr size_t kShown = 4;
  std::string told;
  for (size_t i = 0; i < std::min(files.size(), kShown); ++i)
    told += fmt::format("{}'{}'",
                        i == 0                  ? ""
                        : i + 1 == files.size() ? " or "
                                                : ", ",
                        printable(files_[files[i]].shown));
  if (files.size() > kShown) told += fmt::format(" or {} more", files.size() - kShown);
  const bool unrecorded =
      std::any_of(files.begin(), files.end(), [this](size_t file) { return files_[file].paths.empty(); });
  return usage_error(
      fmt::format("'{}' could be {}", printable(name), told), {},
      unrecorded ? "name the file with its folders; if the project does not know them, add the folders again"
                 : "name the file with its folders");
}

Result<SampleNames::Found> SampleNames::find(const std::string& name, bool with_hint) const {
  bool whole = false;
  const auto files = files_meant(name, whole);
  if (!files.empty()) return find_in(files, name, whole);
  const auto fragment = Fragment::parse(name);
  if (fragment && (fragment->frame || fragment->region)) {
    const auto of = files_meant(fragment->source, whole);
    if (of.size() > 1) return find_in(of, name, whole);
    if (of.size() == 1) {
      const std::string own = Fragment{files_[of[0]].source->name, fragment->frame, fragment->region}.str();
      if (const auto at = by_name_.find(key_of(own)); at != by_name_.end()) return Found{at->second, whole};
    }
  }
  return usage_error(fmt::format("the project has no sample '{}'", printable(name)), {},
                     with_hint ? hint(name) : std::string());
}

std::string SampleNames::hint(const std::string& name) const {
  if (samples_.empty()) return "the project has no samples yet: dewdrop add";
  const std::string file_name = last_part(key_of(name));
  bool whole = false;
  if (const auto files = files_called(file_name, whole); !files.empty() && file_name != key_of(name))
    return fmt::format("it has '{}', from another folder", printable(files_[files[0]].shown));
  std::vector<std::string> known;
  for (const Sample& sample : samples_) known.push_back(shown_name(sample));
  const std::string near = closest(name, known);
  if (!near.empty()) return fmt::format("did you mean '{}'?", printable(near));
  return fmt::format("its samples have names like '{}'", printable(known[0]));
}

}  // namespace dew::label
