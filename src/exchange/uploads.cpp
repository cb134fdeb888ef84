#include "exchange/uploads.h"

#include <algorithm>
#include <functional>

#include "exchange/path_parts.h"

namespace dew::exchange {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// What Label Studio leaves as it is, but for letters of other alphabets.
bool is_kept(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_';
}

/// What every cleaned form of a name has of it.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name)
    if (is_kept(c) && c != '_') letters += c;
  return letters;
}

/// Whether cleaning can make `cleaned` of the name: what is not kept is left out or becomes '_'. Letters of
/// other alphabets may stay.
bool may_become(std::string_view name, std::string_view cleaned) {
  std::vector<bool> ends(cleaned.size() + 1);  // whether the name so far can be that much of `cleaned`
  ends[0] = true;
  for (const char c : name) {
    std::vector<bool> next(cleaned.size() + 1);
    for (size_t at = 0; at <= cleaned.size(); ++at) {
      if (!ends[at]) continue;
      if (!is_kept(c)) next[at] = true;
      if (at < cleaned.size() && (cleaned[at] == c || (!is_kept(c) && cleaned[at] == '_')))
        next[at + 1] = true;
    }
    ends = std::move(next);
  }
  return ends.back();
}

/// Whether a file is certainly the upload: it lies where its path says, or has its digits.
bool is_certain(const Upload& upload, const std::string& found) {
  return ends_with_parts(lower(found), lower(upload.own.empty() ? upload.path : upload.name));
}

}  // namespace

std::optional<Upload> Upload::in(std::string_view path) {
  constexpr std::string_view kFolder = "upload/";
  constexpr size_t kDigits = 8;
  size_t at = path.rfind(kFolder);
  while (at != std::string_view::npos && at > 0 && path[at - 1] != '/') at = path.rfind(kFolder, at - 1);
  if (at == std::string_view::npos) return std::nullopt;
  Upload upload;
  upload.rest = path.substr(at + kFolder.size());
  upload.name = last_part(upload.rest);
  constexpr std::string_view kData = "data/";
  const bool below_data = path.substr(0, at).ends_with(kData);
  upload.path = path.substr(below_data ? at - kData.size() : at);
  const std::string_view digits = std::string_view(upload.name).substr(0, kDigits);
  const bool has_digits = upload.name.size() > kDigits + 1 && upload.name[kDigits] == '-' &&
                          std::all_of(digits.begin(), digits.end(), is_hex_digit);
  if (has_digits) upload.own = upload.name.substr(kDigits + 1);
  // Others may have folders of that name, too.
  const size_t slash = upload.rest.find('/');
  const bool of_project =
      slash != std::string::npos && slash > 0 && upload.rest.find('/', slash + 1) == std::string::npos &&
      std::all_of(upload.rest.begin(), upload.rest.begin() + static_cast<ptrdiff_t>(slash), is_digit);
  if (upload.name.empty() || !(has_digits || of_project)) return std::nullopt;
  return upload;
}

void Uploads::note(const Upload& upload, const std::string& found) {
  const auto number = tree_.number_of(found);
  if (!number || is_certain(upload, found)) return;
  const size_t hash = std::hash<std::string>{}(upload.own.empty() ? upload.rest : upload.name);
  const auto [at, fresh] = noted_.try_emplace(*number, hash);
  if (!fresh && at->second != hash) several_.insert(*number);
}

Tree::Found Uploads::only(const Upload& upload, Tree::Found found) const {
  const auto number = tree_.number_of(found.file);
  if (!number || !several_.contains(*number) || is_certain(upload, found.file)) return found;
  return {{}, "several uploads may be " + printable(found.file) + ", which lies here by another name", true};
}

Tree::Found Uploads::find(const Upload& upload, std::string_view file) const {
  std::vector<std::string> readings{upload.path, "upload/" + upload.rest};
  if (upload.rest != upload.name) readings.push_back(upload.rest);
  // Without digits, a picture of that name anywhere may be another one.
  if (!upload.own.empty()) {
    readings.push_back(upload.name);
    readings.push_back(upload.own);
  }
  for (const auto spelling : {Tree::Spelling::kExact, Tree::Spelling::kAny})
    for (const std::string& reading : readings)
      if (Tree::Found found = tree_.find(reading, file, spelling); !found.missing()) return found;
  return upload.own.empty() ? Tree::Found{} : find_cleaned(upload.own, file);
}

Tree::Found Uploads::find_cleaned(const std::string& name, std::string_view file) const {
  const std::string cleaned = composed(name);
  const size_t hash = std::hash<std::string>{}(letters_of(cleaned));
  const auto& all = by_letters();
  Tree::Found fits;
  size_t judged = 0;
  for (auto at = std::lower_bound(all.begin(), all.end(), std::pair(hash, uint32_t{0}));
       at != all.end() && at->first == hash; ++at) {
    const std::string own(last_part(tree_.files()[at->second]));
    if (++judged > kMostJudged) return {{}, "several pictures could be meant", true};
    if (!may_become(composed(own), cleaned)) continue;
    Tree::Found one = tree_.find(own, file, Tree::Spelling::kExact);
    if (one.missing()) continue;
    if (one.several) return one;
    if (!fits.file.empty() && fits.file != one.file)
      return {
          {}, "several pictures could be meant: " + printable(fits.file) + ", " + printable(one.file), true};
    fits = std::move(one);
  }
  return fits;
}

const std::vector<std::pair<size_t, uint32_t>>& Uploads::by_letters() const {
  if (by_letters_) return *by_letters_;
  auto& all = by_letters_.emplace();
  all.reserve(tree_.files().size());
  for (uint32_t file = 0; file < tree_.files().size(); ++file)
    all.emplace_back(std::hash<std::string>{}(letters_of(composed(last_part(tree_.files()[file])))), file);
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace dew::exchange
