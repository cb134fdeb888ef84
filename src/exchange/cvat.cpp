// CVAT for images 1.1: one XML file with the task's labels and, of each picture, its tags and shapes.
//
//     <annotations><version>1.1</version>
//       <meta><task><labels><label><name>robin</name></label></labels></task></meta>
//       <image id="0" name="a.jpg" subset="Train" width="640" height="480">
//         <tag label="robin" source="manual"/>
//         <box label="robin" xtl="1" ytl="2" xbr="30" ybr="40" .../>
//       </image>
//     </annotations>
//
// https://docs.cvat.ai/docs/manual/advanced/xml_format/
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "exchange/boxed_pictures.h"
#include "exchange/formats.h"
#include "exchange/splits.h"
#include "exchange/xml_file.h"

namespace dew::exchange {
namespace {

constexpr int64_t kLargestFile = 256 << 20;

bool claims(std::string_view name, std::string_view head) {
  if (!lower(name).ends_with(".xml") || root_element(head) != "annotations") return false;
  return head.find("<image ") != std::string_view::npos || head.find("<track ") != std::string_view::npos ||
         head.find("<meta>") != std::string_view::npos;
}

bool is_shape(std::string_view element) {
  constexpr std::array<std::string_view, 8> kShapes{"box",    "polygon", "polyline", "points",
                                                    "cuboid", "mask",    "ellipse",  "skeleton"};
  return std::find(kShapes.begin(), kShapes.end(), element) != kShapes.end();
}

bool is_by_a_model(const pugi::xml_node& element) {
  return std::string_view(element.attribute("source").value()) == "auto";
}

class File {
 public:
  File(const Tree& tree, const LabelFile& file, const XmlFile& xml, BoxedPictures& pictures)
      : tree_(tree), file_(file), xml_(xml), pictures_(pictures) {}

  Result<void> read(Watch& watch) {
    if (const auto track = xml_.root().child("track"))
      return usage_error("this is CVAT for video: its boxes belong to frames of a video", xml_.where(track),
                         "export the task as 'CVAT for images 1.1' or COCO, with the frames as pictures");
    read_labels();
    any_shapes_ = has_shapes();
    for (const auto& image : xml_.root().children("image")) {
      if (watch.interrupted()) return interrupted_error();
      DEW_CHECK(read_image(image));
    }
    pictures_.read_from(file_);
    return {};
  }

  [[nodiscard]] int64_t by_models() const { return by_models_; }
  /// Pictures that have tags, so that their boxes tell no class.
  [[nodiscard]] int64_t boxes_left() const { return boxes_left_; }

 private:
  void read_labels() {
    for (const auto& of : xml_.root().child("meta").children())  // task, project or job
      for (const auto& label : of.child("labels").children("label")) {
        const std::string name = child_text(label, "name");
        // The points of a skeleton have labels of their own, below that of the skeleton.
        if (name.empty() || !child_text(label, "parent").empty()) continue;
        labels_.emplace(name, pictures_.class_number(name));
      }
  }

  [[nodiscard]] bool has_shapes() const {
    for (const auto& image : xml_.root().children("image"))
      for (const auto& element : image.children())
        if (is_shape(element.name()) && !is_by_a_model(element)) return true;
    return false;
  }

  Result<void> read_image(const pugi::xml_node& image) {
    const std::string name = image.attribute("name").value();
    if (name.empty())
      return usage_error("this picture has no name", xml_.where(image), "export the task again");
    NumberSet tags;
    NumberSet shapes;
    int64_t boxes = 0;
    int64_t by_models = 0;
    for (const auto& element : image.children()) {
      const bool shape = is_shape(element.name());
      if (!shape && std::string_view(element.name()) != "tag") continue;
      DEW_TRY(const uint32_t label, label_of(element));
      if (is_by_a_model(element)) {
        ++by_models;
        continue;
      }
      (shape ? shapes : tags).add(label);
      boxes += shape ? 1 : 0;
    }
    by_models_ += by_models;
    pictures_.count_boxes(boxes);
    const std::string where = fmt::format("{}, image {}", file_.shown, printable(name));
    const std::string subset = image.attribute("subset").value();
    const Tree::Found found = find(name, subset);
    if (found.file.empty()) {
      pictures_.missing({name, where, found.why});
      return {};
    }
    const size_t picture = pictures_.picture(found.file, where);
    // What was said of the whole picture counts before what boxes let one conclude.
    for (const uint32_t label : (tags.sorted().empty() ? shapes : tags).sorted())
      pictures_.shows(picture, label, where);
    // Where a model alone saw something, nobody says that there is nothing.
    const bool seen_by_model = by_models > 0 && boxes == 0 && tags.sorted().empty();
    // Tags may tell something else, and the boxes beside them what is there.
    const bool boxes_left = boxes > 0 && !tags.sorted().empty();
    boxes_left_ += boxes_left ? 1 : 0;
    if (!seen_by_model && !boxes_left && (any_shapes_ || !tags.sorted().empty()))
      pictures_.looked_at(picture);
    pictures_.split(picture, split_of_name(subset));
    return {};
  }

  /// Of several pictures of one name, the one in the folder of its subset: images/train/0.png.
  [[nodiscard]] Tree::Found find(const std::string& name, const std::string& subset) const {
    Tree::Found plain = tree_.find(name, file_.name);
    if (!plain.several || subset.empty()) return plain;
    Tree::Found in_subset = tree_.find(subset + "/" + name, file_.name);
    return in_subset.file.empty() ? plain : in_subset;
  }

  Result<uint32_t> label_of(const pugi::xml_node& element) {
    const std::string label = trim(element.attribute("label").value());
    if (label.empty())
      return usage_error(fmt::format("this {} has no label", element.name()), xml_.where(element),
                         "export the task again");
    if (labels_.empty()) return pictures_.class_number(label);  // a file without meta
    const auto at = labels_.find(label);
    if (at != labels_.end()) return at->second;
    return usage_error(fmt::format("the task has no label '{}'", printable(label, 60)), xml_.where(element),
                       "add it to <labels> in <meta>, or export the task again");
  }

  const Tree& tree_;
  const LabelFile& file_;
  const XmlFile& xml_;
  BoxedPictures& pictures_;
  std::map<std::string, uint32_t> labels_;  ///< of meta
  bool any_shapes_ = false;                 ///< so a picture without any was looked at
  int64_t by_models_ = 0;
  int64_t boxes_left_ = 0;
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  BoxedPictures pictures(tree);
  int64_t by_models = 0;
  int64_t boxes_left = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    const fs::path path = files[i];
    const LabelFile file = label_file(tree, path);
    DEW_TRY(const XmlFile xml, XmlFile::read(file, kLargestFile));
    File reader(tree, file, xml, pictures);
    DEW_CHECK(reader.read(watch));
    by_models += reader.by_models();
    boxes_left += reader.boxes_left();
  }
  pictures.note_count(boxes_left, "picture has boxes beside its tags: the tags tell its class",
                      "pictures have boxes beside their tags: the tags tell their classes");
  pictures.note_count(by_models, "label has the source \"auto\": it is a model's, and is not taken",
                      "labels have the source \"auto\": they are a model's, and are not taken");
  return std::move(pictures).finish(BoxedPictures::ClassOrder::kAsAdded);
}

}  // namespace

const Format kCvat{"cvat", "CVAT", "CVAT for images 1.1: one XML file", claims, nullptr, read};

}  // namespace dew::exchange
