// COCO: one file in JSON with three lists, in any order, joined by ids.
//
//     {"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 3, "name": "robin"}],
//      "annotations": [{"image_id": 1, "category_id": 3, "bbox": [10, 10, 50, 40]}]}
//
// https://cocodataset.org/#format-data: instances, keypoints, panoptic and captions.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "exchange/addresses.h"
#include "exchange/boxed_pictures.h"
#include "exchange/coco_list.h"
#include "exchange/formats.h"
#include "exchange/json_pieces.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

bool claims(std::string_view name, std::string_view head) {
  if (!lower(name).ends_with(".json")) return false;
  const JsonOutline outline = json_outline(head);
  const bool images = outline.has_list("images");
  const bool annotations = outline.has_list("annotations");
  if (images && (annotations || outline.has_list("categories"))) return true;
  if (images && outline.list_has("images", "id") && outline.list_has("images", "file_name")) return true;
  return annotations &&
         (outline.list_has("annotations", "image_id") || outline.list_has("annotations", "category_id") ||
          outline.list_has("annotations", "segmentation"));
}

/// What was there and is not taken along, over all files.
struct LeftBehind {
  int64_t masks = 0;
  int64_t skeletons = 0;
  int64_t captions = 0;
  int64_t scored = 0;  ///< annotations by models
};

/// One file: collected in any order, joined at its end.
class File {
 public:
  File(const Tree& tree, LabelFile file, BoxedPictures& pictures, LeftBehind& left)
      : tree_(tree),
        names_(tree),
        file_(std::move(file)),
        pictures_(pictures),
        left_(left),
        split_(split_of_path(file_.told)) {}

  Result<void> read(Watch& watch) {
    const auto take = [this](const JsonPiece& piece) -> Result<void> {
      if (piece.index < 0) return {};
      if (piece.list == "images") return image(piece);
      if (piece.list == "annotations") return annotation(piece);
      if (piece.list == "categories") return category(piece);
      return {};
    };
    DEW_CHECK(read_json_pieces(file_, {"bbox", "segmentation", "keypoints", "skeleton", "attributes"}, take,
                               watch));
    return join();
  }

 private:
  struct Category {
    std::string name;
    std::string parent;
    bool listed = false;
    bool used = false;
    FilePlaces::Place where;  ///< first seen
  };
  struct Image {
    std::string_view name;  ///< in texts_
    FilePlaces::Place where;
    bool listed = false;
  };

  [[nodiscard]] std::string at(const JsonPiece& piece, std::string_view key = {}) const {
    return fmt::format("{}, key {}{}{}", file_.shown, piece.name(), key.empty() ? "" : ".", key);
  }

  [[nodiscard]] tl::unexpected<Error> broken(const JsonPiece& piece, const char* key,
                                             std::string what) const {
    return usage_error(std::move(what), at(piece, key),
                       "mend or remove this entry, or export the data set again");
  }

  Result<void> image(const JsonPiece& piece) {
    const auto id = text_of(member(piece.value, "id"));
    if (!id) return broken(piece, "id", "this picture has no id");
    std::string name;
    for (const char* key : {"file_name", "filename", "coco_url", "flickr_url"}) {
      const Json* text = member(piece.value, key);
      if (text == nullptr || !text->is_string() || text->get_ref<const std::string&>().empty()) continue;
      name = text->get<std::string>();
      break;
    }
    if (name.empty()) return broken(piece, "file_name", "this picture has no name");
    Image& image = images_[images_.number_of(*id, {}, places_)];
    if (image.listed && image.name != name)
      return usage_error(fmt::format("two pictures have the id {}", printable(*id, 40)), at(piece, "id"),
                         "the other is " + places_.text(image.where));
    image.listed = true;
    image.name = texts_.keep(name);
    image.where = places_.keep(fmt::format("{}, {}", file_.shown, piece.name()));
    return {};
  }

  Result<void> category(const JsonPiece& piece) {
    const auto id = text_of(member(piece.value, "id"));
    if (!id) return broken(piece, "id", "this category has no id");
    const auto name = text_of(member(piece.value, "name"));
    if (!name || trim(*name).empty())
      return broken(piece, "name",
                    fmt::format("the category with the id {} has no name", printable(*id, 40)));
    const size_t number = categories_.number_of(*id, {}, places_);
    Category& category = categories_[number];
    if (category.listed && category.name != *name)
      return usage_error(fmt::format("two categories have the id {}", printable(*id, 40)), at(piece, "id"),
                         "the other is " + places_.text(category.where));
    if (!category.listed) order_.push_back(number);
    category.listed = true;
    category.name = *name;
    category.parent = text_of(member(piece.value, "supercategory")).value_or("");
    category.where = places_.keep(fmt::format("{}, {}", file_.shown, piece.name()));
    return {};
  }

  Result<void> annotation(const JsonPiece& piece) {
    const auto image_id = text_of(member(piece.value, "image_id"));
    if (!image_id) return broken(piece, "image_id", "this annotation names no picture");
    const size_t image = images_.number_of(*image_id, at(piece, "image_id"), places_);
    if (const Json* segments = member(piece.value, "segments_info"); segments != nullptr)
      return panoptic(piece, *segments, image);
    if (member(piece.value, "caption") != nullptr && member(piece.value, "category_id") == nullptr) {
      ++left_.captions;
      return {};
    }
    if (has_number(piece.value, "score") || has_number(piece.value, "confidence")) {
      ++left_.scored;  // results, not annotations: https://cocodataset.org/#format-results
      scored_.insert(static_cast<uint32_t>(image));
      return {};
    }
    DEW_CHECK(shows(piece, piece.value, "category_id", image));
    const bool mask = is_true(piece.value, "segmentation");
    left_.masks += mask ? 1 : 0;
    left_.skeletons += is_true(piece.value, "keypoints") ? 1 : 0;
    pictures_.count_boxes(mask || is_true(piece.value, "bbox") ? 1 : 0);
    return {};
  }

  Result<void> panoptic(const JsonPiece& piece, const Json& segments, size_t image) {
    if (!segments.is_array()) return broken(piece, "segments_info", "this is not a list");
    classified_ = true;
    for (size_t i = 0; i < segments.size(); ++i)
      DEW_CHECK(shows(piece, segments[i], fmt::format("segments_info[{}].category_id", i), image));
    left_.masks += static_cast<int64_t>(segments.size());
    pictures_.count_boxes(static_cast<int64_t>(segments.size()));
    return {};
  }

  Result<void> shows(const JsonPiece& piece, const Json& value, const std::string& key, size_t image) {
    const auto id = text_of(member(value, "category_id"));
    if (!id) return broken(piece, key.c_str(), "this annotation has no category");
    const size_t category = categories_.number_of(*id, at(piece, key), places_);
    categories_[category].used = true;
    shown_.add(image, static_cast<uint32_t>(category));
    classified_ = true;
    return {};
  }

  static bool has_number(const Json& value, const char* key) {
    const Json* found = member(value, key);
    return found != nullptr && found->is_number();
  }

  static bool is_address(std::string_view name) { return name.find("://") != std::string_view::npos; }

  static bool is_true(const Json& value, const char* key) {
    const Json* found = member(value, key);
    return found != nullptr && found->is_boolean() && found->get<bool>();
  }

  Result<void> join() {
    DEW_CHECK(images_.check_all_listed(places_, "picture", "images"));
    DEW_CHECK(categories_.check_all_listed(places_, "category", "categories"));
    pictures_.read_from(file_);
    if (!classified_ && !images_.empty())
      pictures_.note(
          fmt::format("{} has no annotations with classes: its pictures come without labels", file_.shown));
    const auto classes = class_numbers();
    for (const Image& image : images_.entries())
      if (is_address(image.name)) names_.note(std::string(image.name), file_.name);
    for (size_t number = 0; number < images_.size(); ++number) add(number, classes);
    return {};
  }

  /// Classes by the numbers of their categories. Roboflow lists the name of the whole set as a category: one
  /// that nothing is of and that others stand below is no class.
  std::vector<uint32_t> class_numbers() {
    std::set<std::string> parents;
    for (const Category& category : categories_.entries())
      if (category.parent != category.name) parents.insert(category.parent);
    std::vector<uint32_t> numbers(categories_.size());
    for (const size_t number : order_) {
      const Category& category = categories_[number];
      if (category.used || !parents.contains(category.name))
        numbers[number] = pictures_.class_number(category.name);
    }
    return numbers;
  }

  void add(size_t number, const std::vector<uint32_t>& classes) {
    const std::string name(images_[number].name);
    const std::string where = places_.text(images_[number].where);
    const Tree::Found found = find(name);
    if (found.file.empty()) {
      pictures_.missing({name, where, found.why});
      return;
    }
    const size_t picture = pictures_.picture(found.file, where);
    for (const uint32_t category : shown_.of(number)) pictures_.shows(picture, classes[category], where);
    // Where a model alone saw something, nobody says that there is nothing.
    const bool seen_by_model = scored_.contains(static_cast<uint32_t>(number)) && shown_.of(number).empty();
    if (classified_ && !seen_by_model) pictures_.looked_at(picture);
    pictures_.split(picture, split_);
  }

  /// Pictures of "instances_train2017.json" lie in a folder "train2017" by COCO's own rule: where both have a
  /// 1.jpg, train2017/1.jpg is meant. Tree::find() leaves out another split's where the file is in the tree.
  [[nodiscard]] Tree::Found find(const std::string& name) const {
    if (is_address(name)) return names_.find(name, file_.name);
    const std::string stem = file_.path.stem().string();
    const size_t line = stem.rfind('_');
    const std::string set = line == std::string::npos ? stem : stem.substr(line + 1);
    Tree::Found plain = tree_.find(name, file_.name);
    const fs::path beside = (fs::path(file_.name).parent_path() / name).lexically_normal();
    if (!split_ || !split_of_name(set) || plain.file == beside.generic_string()) return plain;
    Tree::Found in_set = tree_.find(set + "/" + name, file_.name);
    if (!in_set.file.empty()) return in_set;
    const auto split = split_of_folders(tree_.as_given(plain.file));
    if (!split || split == split_) return plain;
    return {{}, fmt::format("{} is of another split", printable(plain.file))};
  }

  const Tree& tree_;
  PictureNames names_;
  const LabelFile file_;
  BoxedPictures& pictures_;
  LeftBehind& left_;
  const std::optional<Split> split_;
  Texts texts_;
  FilePlaces places_;
  CocoList<Image> images_;
  std::unordered_set<uint32_t> scored_;  ///< images that models annotated
  ClassSets shown_;                      ///< categories on each image
  CocoList<Category> categories_;
  std::vector<size_t> order_;  ///< of categories_, as the file lists them
  bool classified_ = false;    ///< some annotation tells a class
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  BoxedPictures pictures(tree);
  LeftBehind left;
  for (size_t i = 0; i < files.size(); ++i) {
    const fs::path path = files[i];
    File file(tree, label_file(tree, path), pictures, left);
    DEW_CHECK(file.read(watch));
  }
  pictures.note_count(left.scored,
                      "annotation has a score or a confidence: it is a model's, and is not taken",
                      "annotations have scores or confidences: they are a model's, and are not taken");
  pictures.note_count(left.masks, "mask is not taken along: only its class is",
                      "masks are not taken along: only their classes are");
  pictures.note_count(left.skeletons, "set of keypoints is not taken along",
                      "sets of keypoints are not taken along");
  pictures.note_count(left.captions, "caption is not taken along", "captions are not taken along");
  return std::move(pictures).finish(BoxedPictures::ClassOrder::kAsAdded);
}

}  // namespace

const Format kCoco{"coco", "COCO",  "one JSON file with images, annotations and categories",
                   claims, nullptr, read};

}  // namespace dew::exchange
