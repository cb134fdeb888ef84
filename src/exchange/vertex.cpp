// Vertex AI's lists in JSON Lines, as it imports and exports them: an object for each picture in a bucket.
//
//     {"imageGcsUri": "gs://bucket/a/1.jpg", "classificationAnnotation": {"displayName": "cat"},
//      "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": "training"}}
//
// Of several labels: "classificationAnnotations"; of boxes: "boundingBoxAnnotations".
// https://cloud.google.com/vertex-ai/docs/image-data/classification/prepare-data
//
// Its tables are read by tables.cpp.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exchange/addresses.h"
#include "exchange/formats.h"
#include "exchange/item_list.h"
#include "exchange/json_list.h"
#include "exchange/json_pieces.h"
#include "exchange/label_file.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLargestFile = int64_t{1} << 30;

bool claims(std::string_view name, std::string_view head) {
  const std::string low = lower(name);
  return (low.ends_with(".jsonl") || low.ends_with(".json")) &&
         head.find("\"imageGcsUri\"") != std::string_view::npos;
}

class Reader {
 public:
  Reader(const Tree& tree, Watch& watch) : tree_(tree), watch_(watch), names_(tree), items_(tree) {}

  Result<void> read(const fs::path& path) {
    const LabelFile file = label_file(tree_, path);
    set_.files.insert(file.known_name());
    DEW_TRY(const std::string text, read_file(path, kLargestFile));
    return read_json_lines(
        text, file.shown, [&](const Json& line, const std::string& where) { return take(file, line, where); },
        watch_);
  }

  DataSet finish() {
    items_.finish(set_);
    return std::move(set_);
  }

 private:
  Result<void> take(const LabelFile& file, const Json& line, const std::string& where) {
    const auto name = text_of(member(line, "imageGcsUri"));
    if (!name || name->empty())
      return usage_error("this line names no picture", where, "it needs the key imageGcsUri");
    Statement said;
    said.where = where;
    DEW_CHECK(say(line, "classificationAnnotation", said));
    DEW_CHECK(say(line, "classificationAnnotations", said));
    const size_t whole = said.classes.size();
    DEW_CHECK(say(line, "boundingBoxAnnotations", said));
    said.looked_at = member(line, "boundingBoxAnnotations") != nullptr;
    set_.boxes += static_cast<int64_t>(said.classes.size() - whole);
    auto found = names_.find(*name, file.name);
    if (found.file.empty()) {
      set_.missing.push_back({*name, where, std::move(found.why)});
      return {};
    }
    items_.set_split(found.file, split_of(file, line), where);
    return items_.add(found.file, std::move(said), Together::kAgree);
  }

  /// One annotation, or a list of them.
  static Result<void> say(const Json& line, const char* key, Statement& said) {
    const Json* value = member(line, key);
    if (value == nullptr) return {};
    const std::string next = "each annotation is an object with a displayName";
    const auto one = [&](const Json& annotation) -> Result<void> {
      const auto name = annotation.is_object() ? text_of(member(annotation, "displayName")) : std::nullopt;
      if (!name || name->empty())
        return usage_error(fmt::format("an annotation below '{}' has no name", key), said.where, next);
      said.classes.push_back(*name);
      return {};
    };
    if (!value->is_array()) return one(*value);
    for (const Json& annotation : *value) DEW_CHECK(one(annotation));
    return {};
  }

  static std::optional<Split> split_of(const LabelFile& file, const Json& line) {
    const Json* labels = member(line, "dataItemResourceLabels");
    const auto use = labels != nullptr && labels->is_object()
                         ? text_of(member(*labels, "aiplatform.googleapis.com/ml_use"))
                         : std::nullopt;
    return use ? split_of_name(*use) : split_of_path(file.told);
  }

  const Tree& tree_;
  Watch& watch_;
  PictureNames names_;
  ItemList items_;
  DataSet set_;
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree, watch);
  watch.begin("reading lists", 0);
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.read(files[i]));
  watch.end();
  return reader.finish();
}

}  // namespace

const Format kVertex{"vertex", "Vertex AI", "JSON Lines with imageGcsUri and annotations",
                     claims,   nullptr,     read};

}  // namespace dew::exchange
