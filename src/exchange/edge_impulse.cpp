// Edge Impulse: files "*.labels" in JSON, in the root or in training/ and testing/.
//
//     info.labels              {"version": 1, "files": [{"path": "training/a.jpg", "category": "training",
//                                "label": {"type": "label", "label": "robin"}, "boundingBoxes": [...]}]}
//     bounding_boxes.labels    {"version": 1, "type": "bounding-box-labels", "boundingBoxes":
//                                {"a.jpg": [{"label": "robin", "x": 1, "y": 2, "width": 30, "height": 40}]}}
//     structured_labels.labels labels within a time series
//
// A file's name ("robin.3f2a.jpg") tells nothing.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "exchange/boxed_pictures.h"
#include "exchange/formats.h"
#include "exchange/json_pieces.h"
#include "exchange/splits.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

bool claims(std::string_view name, std::string_view head) {
  const std::string ending = lower(fs::path(name).extension().string());
  if (ending != ".labels" && ending != ".json") return false;
  const JsonOutline outline = json_outline(head);
  const auto type = outline.members.find("type");
  if (type != outline.members.end() &&
      (type->second.text == "bounding-box-labels" || type->second.text == "structured-labels"))
    return true;
  if (!outline.has_list("files")) return false;
  return ending == ".labels" || (outline.members.contains("version") && outline.list_has("files", "path") &&
                                 outline.list_has("files", "label"));
}

/// What was there and is not taken along, over all files.
struct LeftBehind {
  int64_t disabled = 0;
  int64_t with_metadata = 0;
  int64_t no_pictures = 0;
  int64_t other_labels = 0;
  int64_t time_series = 0;
};

/// A picture's own label, and where it was said.
struct Said {
  static constexpr uint32_t kNothing = UINT32_MAX;
  uint32_t label = kNothing;
  FilePlaces::Place where;
};

/// What all files say, as they are read.
class Reader {
 public:
  explicit Reader(const Tree& tree) : tree_(tree), pictures_(tree) {}

  Result<void> read(const LabelFile& file, Watch& watch) {
    const auto take = [&](const JsonPiece& piece) -> Result<void> {
      if (piece.list == "version") return check_version(file, piece);
      if (piece.index < 0) return {};
      if (piece.list == "files") return sample(file, piece);
      if (piece.list == "boundingBoxes") return boxes(file, piece);
      if (piece.list == "structuredLabels") ++left_.time_series;
      return {};
    };
    DEW_CHECK(read_json_pieces(file, {"metadata"}, take, watch));
    pictures_.read_from(file);
    return {};
  }

  DataSet finish() && {
    // What was said of the whole picture counts before what boxes let one conclude.
    for (size_t picture = 0; picture < said_.size(); ++picture) {
      if (disabled_.contains(picture)) continue;
      if (said_[picture].label != Said::kNothing) {
        pictures_.shows(picture, said_[picture].label, places_.text(said_[picture].where));
        compare_boxes(picture);
      } else if (const auto& boxed = boxed_[picture]) {
        for (const uint32_t number : boxes_.of(picture))
          pictures_.shows(picture, number, places_.text(*boxed));
        pictures_.looked_at(picture);
      }
    }
    if (contradicted_ > 0)
      pictures_.note(plural(contradicted_, "picture has boxes, but none of its label, which counts",
                            "pictures have boxes, but none of their labels, which count") +
                     fmt::format(" ({})", first_contradicted_));
    pictures_.note_count(left_.disabled, "disabled sample: taken without a label",
                         "disabled samples: taken without labels");
    pictures_.note_count(left_.with_metadata, "sample's metadata is not taken along",
                         "samples' metadata are not taken along");
    pictures_.note_count(left_.no_pictures, "sample is no picture (sound, sensors)",
                         "samples are no pictures (sound, sensors)");
    pictures_.note_count(left_.other_labels, "sample has labels of a kind that is not taken along",
                         "samples have labels of a kind that is not taken along");
    pictures_.note_count(left_.time_series, "time series with structured labels is not taken along",
                         "time series with structured labels are not taken along");
    return std::move(pictures_).finish(BoxedPictures::ClassOrder::kByName);
  }

 private:
  /// The picture has a label of its own: its boxes, where there are any, should be of it, too.
  void compare_boxes(size_t picture) {
    const auto boxes = boxes_.of(picture);
    const uint32_t label = said_[picture].label;
    if (boxes.empty() || std::find(boxes.begin(), boxes.end(), label) != boxes.end()) return;
    if (contradicted_++ > 0) return;
    first_contradicted_ = fmt::format("{}: '{}', and a box of '{}'", places_.text(said_[picture].where),
                                      printable(pictures_.class_name(label), 40),
                                      printable(pictures_.class_name(boxes.front()), 40));
  }

  static std::string at(const LabelFile& file, const JsonPiece& piece, std::string_view key = {}) {
    return fmt::format("{}, key {}{}{}", file.shown, piece.name(), key.empty() ? "" : ".", key);
  }

  static tl::unexpected<Error> broken(const LabelFile& file, const JsonPiece& piece, std::string_view key,
                                      const char* what) {
    return usage_error(what, at(file, piece, key), "mend or remove this entry, or export the data set again");
  }

  static Result<void> check_version(const LabelFile& file, const JsonPiece& piece) {
    if (text_of(&piece.value) == "1") return {};
    return usage_error(fmt::format("this is version {} of the format; only 1 is known",
                                   printable(text_of(&piece.value).value_or("?"), 20)),
                       at(file, piece), "export the data set in another format: COCO, say");
  }

  Result<void> sample(const LabelFile& file, const JsonPiece& piece) {
    const Json* path = member(piece.value, "path");
    if (path == nullptr || !path->is_string()) return broken(file, piece, "path", "this sample has no path");
    const std::string name = path->get<std::string>();
    if (!media_kind(name)) {
      ++left_.no_pictures;
      return {};
    }
    left_.with_metadata += flag(piece.value, "metadata", false) ? 1 : 0;
    const bool disabled = !flag(piece.value, "enabled", true) || flag(piece.value, "isDisabled", false);
    DEW_TRY(const std::string label, label_of(file, piece));
    const auto picture = find(name, file, piece);
    if (picture) {
      const auto category = text_of(member(piece.value, "category")).value_or("");
      pictures_.split(*picture, split_of_name(category));
    }
    if (disabled) {
      ++left_.disabled;
      if (picture) disabled_.insert(*picture);
      return {};
    }
    const Json* boxes = member(piece.value, "boundingBoxes");
    if (boxes != nullptr) DEW_CHECK(add_boxes(file, piece, *boxes, "boundingBoxes", picture, false));
    return label.empty() || !picture ? Result<void>() : say(*picture, label, at(file, piece, "label"));
  }

  /// Empty: none, or of a kind that says nothing of a whole picture.
  Result<std::string> label_of(const LabelFile& file, const JsonPiece& piece) {
    const Json* label = member(piece.value, "label");
    if (label == nullptr) return std::string();
    if (!label->is_object()) return broken(file, piece, "label", "this is not an object");
    const auto type = text_of(member(*label, "type")).value_or("");
    if (type == "unlabeled") return std::string();
    if (type == "multi-label" || type == "keyvalue-labels") {
      ++left_.other_labels;
      return std::string();
    }
    if (type != "label") return broken(file, piece, "label.type", "this type of label is not known");
    const auto text = text_of(member(*label, "label"));
    if (!text || text->empty()) return broken(file, piece, "label.label", "this sample has no label");
    return *text;
  }

  Result<void> boxes(const LabelFile& file, const JsonPiece& piece) {
    const auto picture = find(piece.key, file, piece);
    DEW_CHECK(add_boxes(file, piece, piece.value, "", picture, true));
    if (picture) pictures_.split(*picture, split_of_path(file.told));
    return {};
  }

  /// `looked_at`: no boxes mean that nothing is there.
  Result<void> add_boxes(const LabelFile& file, const JsonPiece& piece, const Json& boxes,
                         const std::string& key, std::optional<size_t> picture, bool looked_at) {
    if (!boxes.is_array()) return broken(file, piece, key, "this is not a list of boxes");
    if (picture && (looked_at || !boxes.empty()))
      note_boxed(*picture, fmt::format("{}, {}", file.shown, piece.name()), !boxes.empty());
    for (size_t i = 0; i < boxes.size(); ++i) {
      const auto label = text_of(member(boxes[i], "label"));
      if (!label || label->empty())
        return broken(file, piece, fmt::format("{}[{}].label", key, i), "this box has no label");
      const uint32_t number = pictures_.class_number(*label);
      if (picture) boxes_.add(*picture, number);
    }
    pictures_.count_boxes(static_cast<int64_t>(boxes.size()));
    return {};
  }

  /// Of several files, those that have boxes tell its classes; a list without any tells none.
  void note_boxed(size_t picture, const std::string& where, bool any) {
    auto& boxed = boxed_[picture];
    const bool told = !boxes_.of(picture).empty();
    if (!boxed || (any && !told))
      boxed = places_.keep(where);
    else if (any)
      boxed = places_.keep(with_place(places_.text(*boxed), where));
  }

  Result<void> say(size_t picture, const std::string& label, const std::string& where) {
    Said& said = said_[picture];
    const uint32_t number = pictures_.class_number(label);
    if (said.label == number) return {};
    if (said.label == Said::kNothing) {
      said = {number, places_.keep(where)};
      return {};
    }
    return usage_error(fmt::format("this picture is '{}' here and '{}' elsewhere", printable(label, 60),
                                   printable(pictures_.class_name(said.label), 60)),
                       where, "the other place is " + places_.text(said.where) + ": remove one of them");
  }

  std::optional<size_t> find(const std::string& name, const LabelFile& file, const JsonPiece& piece) {
    const std::string where = fmt::format("{}, {}", file.shown, piece.name());
    const Tree::Found found = tree_.find(name, file.name);
    if (!found.file.empty()) {
      const size_t picture = pictures_.picture(found.file, where);
      if (picture >= said_.size()) {
        said_.resize(picture + 1);
        boxed_.resize(picture + 1);
      }
      return picture;
    }
    pictures_.missing({name, where, found.why});
    return std::nullopt;
  }

  static bool flag(const Json& value, const char* key, bool otherwise) {
    const Json* found = member(value, key);
    return found != nullptr && found->is_boolean() ? found->get<bool>() : otherwise;
  }

  const Tree& tree_;
  BoxedPictures pictures_;
  std::vector<Said> said_;  ///< of whole pictures
  FilePlaces places_;
  ClassSets boxes_;                                      ///< classes of pictures with boxes
  std::vector<std::optional<FilePlaces::Place>> boxed_;  ///< where boxes are told, or there are none
  std::unordered_set<size_t> disabled_;
  LeftBehind left_;
  int64_t contradicted_ = 0;  ///< pictures whose boxes are all of other classes than their label
  std::string first_contradicted_;
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree);
  for (size_t i = 0; i < files.size(); ++i) DEW_CHECK(reader.read(label_file(tree, files[i]), watch));
  return std::move(reader).finish();
}

}  // namespace

const Format kEdgeImpulse{
    "edge-impulse", "Edge Impulse", "an export with info.labels or bounding_boxes.labels",
    claims,         nullptr,        read};

}  // namespace dew::exchange
