#include "exchange/labelled_by.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/hash.h"
#include "exchange/item_list.h"
#include "exchange/json_pieces.h"
#include "exchange/label_file.h"
#include "exchange/lines.h"
#include "exchange/picture_numbers.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::string_view kBegins = R"({"dewdrop":"labelled-by","version":)";

OutJson folders_called_otherwise(const Settings& settings) {
  OutJson folders = OutJson::object();
  for (const auto& [name, folder] : folders_of_classes(settings))
    if (folder != name) folders[folder] = name;
  return folders;
}

std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

/// One file's lines, into a data set.
class Reader {
 public:
  Reader(const Tree& tree, std::string_view file, DataSet& set)
      : tree_(tree),
        file_(file),
        folder_(file.substr(0, file.rfind('/') + 1)),
        path_(tree.path_of(file)),
        set_(set),
        numbers_(tree),
        told_(set.items.size()) {
    for (size_t number = 0; number < set.items.size(); ++number)
      numbers_[set.items.picture(number)] = static_cast<uint32_t>(number);
  }

  Result<void> read(Watch& watch) {
    Lines lines(path_);
    if (!lines.readable()) return work_error("cannot be read", printable(file_));
    std::string line;
    while (lines.next(line)) {
      ++line_;
      if (watch.interrupted()) return interrupted_error();
      if (trim(line).empty()) continue;
      const Json json = Json::parse(line, nullptr, false);
      if (!json.is_object()) return broken("this line is not a JSON object");
      DEW_CHECK(line_ == 1 ? take_header(json) : take(json));
    }
    if (lines.too_long()) return broken("a line is longer than 16 MiB");
    DEW_CHECK(take_renamed(watch));
    if (without_picture_ > 0)
      set_.notes.push_back(fmt::format("{} in {} about pictures that are not there, by name or by content",
                                       plural(without_picture_, "line is", "lines are"), printable(file_)));
    return {};
  }

  Result<void> read_metadata(Watch& watch) {
    const auto take = [this](const JsonPiece& piece) -> Result<void> {
      const Json* metadata =
          piece.list == "files" && piece.index >= 0 ? member(piece.value, "metadata") : nullptr;
      if (metadata == nullptr || !metadata->is_object()) return {};
      const Tree::Found found = tree_.find(text_of(piece.value, "path"), file_);
      const uint32_t number = numbers_.find(found.file);
      if (number == PictureNumbers::kNone) return {};
      return say(number, {{"label", text_of(*metadata, "label_was")},
                          {"origin", text_of(*metadata, "origin")},
                          {"by", text_of(*metadata, "by")}});
    };
    return read_json_pieces(label_file(tree_, path_), {"boundingBoxes", "structuredLabels"}, take, watch);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return usage_error(what, fmt::format("{}:{}", printable(file_), line_),
                       "export the data set again; without this file its labels count as people's");
  }

  Result<void> take_header(const Json& json) {
    if (json.value("version", Json()) != kVersion)
      return broken(fmt::format("this version of the file is not known, only {}", kVersion));
    const auto folders = json.find("folders");
    if (set_.format != "folders" || folders == json.end() || !folders->is_object()) return {};
    for (const auto& [folder, name] : folders->items())
      if (name.is_string()) names_.emplace(folder, name.get<std::string>());
    rename();
    return {};
  }

  /// Classes that are called otherwise than their folders.
  void rename() {
    if (names_.empty()) return;
    const auto put_right = [&](std::string& name) {
      if (const auto at = names_.find(name); at != names_.end()) name = at->second;
    };
    for (std::string& name : set_.classes) put_right(name);
    for (size_t number = 0; number < set_.items.size(); ++number) {
      if (!set_.items.picture(number).starts_with(folder_)) continue;
      Item item = set_.items.said(number);
      for (std::string& name : item.classes) put_right(name);
      set_.items.change(number, item);
    }
  }

  Result<void> take(const Json& json) {
    const std::string picture = folder_ + text_of(json, "file");
    const uint32_t number = numbers_.find(picture);
    if (number != PictureNumbers::kNone) return say(number, json);
    if (tree_.has(picture)) return {};  // its label was taken away
    if (std::string hash = text_of(json, "sha256"); !hash.empty())
      renamed_[std::move(hash)].push_back(json);
    else
      ++without_picture_;
    return {};
  }

  /// Lines about pictures that have another name by now, or lie elsewhere: found by their bytes.
  Result<void> take_renamed(Watch& watch) {
    std::set<std::string> found;
    for (size_t number = 0; number < set_.items.size() && !renamed_.empty(); ++number) {
      if (told_[number]) continue;
      if (watch.interrupted()) return interrupted_error();
      DEW_TRY(const std::string hash, sha256_file(tree_.path_of(set_.items.picture(number))));
      const auto lines = renamed_.find(hash);
      if (lines == renamed_.end()) continue;
      found.insert(hash);
      for (const Json& json : lines->second) {
        if (told_[number]) break;
        DEW_CHECK(say(static_cast<uint32_t>(number), json));
      }
    }
    for (const auto& [hash, lines] : renamed_)
      if (!found.contains(hash)) without_picture_ += std::ssize(lines);
    return {};
  }

  /// What a line says of an item, if that still has the label that was exported.
  Result<void> say(uint32_t number, const Json& json) {
    Item item = set_.items.said(number);
    const std::string label = text_of(json, "label");
    if (item.classes != std::vector{label}) return {};
    told_[number] = true;
    const std::string by = text_of(json, "by");
    if (!is_machine(text_of(json, "origin"))) {
      item.by = by;
      set_.items.change(number, item);
      return {};
    }
    Answer answer = answer_again(label, by);
    answer.reason = text_of(json, "reason");
    if (const auto at = json.find("confidence"); at != json.end() && at->is_number())
      answer.confidence = std::clamp(at->get<double>(), 0.0, 1.0);
    item.classes.clear();
    item.looked_at = false;
    set_.items.change(number, item);
    set_.items.add_answer(number, answer);
    return {};
  }

  const Tree& tree_;
  std::string file_;
  std::string folder_;  ///< of the export, with '/' at its end
  fs::path path_;
  DataSet& set_;
  PictureNumbers numbers_;                            ///< of the set's items
  std::vector<bool> told_;                            ///< of each item: a line said who labelled it
  std::map<std::string, std::vector<Json>> renamed_;  ///< lines about no name that is there, by SHA-256
  int64_t without_picture_ = 0;                       ///< lines
  std::map<std::string, std::string> names_;
  int64_t line_ = 0;
};

}  // namespace

Answer answer_again(std::string label, const std::string& by) {
  Answer answer;
  answer.teacher = "import";
  answer.model = imported_model(by);
  if (answer.model.empty()) answer.model = "local";
  answer.answer_class = std::move(label);
  return answer;
}

std::string changed_labels(int64_t count) {
  return plural(count, "label was changed after Dewdrop exported it and counts as a person's",
                "labels were changed after Dewdrop exported them and count as a person's");
}

Result<LabelledByWriter> LabelledByWriter::begin(Export& out, const OutFormat& format) {
  DEW_TRY(TextFile file, out.folder.text(std::string(kLabelledBy)));
  OutJson head{{"dewdrop", "labelled-by"}, {"version", kVersion}};
  if (std::string_view(format.key) == kOutFolders.key)
    head["folders"] = folders_called_otherwise(out.settings);
  file.add(line_of(head) + "\n");
  return LabelledByWriter(out.folder, std::move(file));
}

Result<void> LabelledByWriter::add(const Outgoing& item, const OutPicture& picture) {
  if (item.label.empty()) return {};
  OutJson line{{"file", picture.file}, {"label", item.label}, {"origin", item.origin}, {"by", item.by}};
  if (item.confidence) line["confidence"] = *item.confidence;
  if (!item.reason.empty()) line["reason"] = item.reason;
  DEW_TRY(line["sha256"], folder_->hash_of(picture.file));
  file_.add(line_of(line) + "\n");
  return {};
}

bool is_labelled_by(const Tree& tree, std::string_view file) {
  if (file.substr(file.rfind('/') + 1) != kLabelledBy) return false;
  std::ifstream stream(tree.path_of(file), std::ios::binary);
  std::string head(kBegins.size(), '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  return stream && head == kBegins;
}

Result<void> read_metadata(const Tree& tree, std::string_view file, DataSet& set, Watch& watch) {
  return Reader(tree, file, set).read_metadata(watch);
}

Result<void> read_labelled_by(const Tree& tree, std::string_view file, DataSet& set, Watch& watch) {
  return Reader(tree, file, set).read(watch);
}

}  // namespace dew::exchange
