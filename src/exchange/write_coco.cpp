// COCO (https://cocodataset.org/#format-data): images/train/1.jpg and annotations/instances_train.json, in
// which a label is a box around the whole picture. Category ids begin with 1; file names are below the
// split's folder of pictures.
#include <fmt/format.h>

#include <utility>

#include "exchange/labelled_by.h"
#include "exchange/splits.h"
#include "exchange/writers.h"

namespace dew::exchange {
namespace {

std::string folder_of(Split split) {
  return "images/" + std::string(usual_name(split));
}

PlaceOf place(const Settings&) {
  return [](const Outgoing& item) { return folder_of(item.sample.split); };
}

std::string head(const Export& out) {
  const Settings& settings = out.settings;
  const OutJson info{{"description", settings.question},
                     {"version", "1.0"},
                     {"contributor", settings.name},
                     {"date_created", out.origins.at()},
                     {"labelled_by", std::string(kLabelledBy)}};
  OutJson categories = OutJson::array();
  for (size_t i = 0; i < settings.classes.size(); ++i)
    categories.push_back({{"id", i + 1}, {"name", settings.classes[i]}, {"supercategory", ""}});
  return "{\"info\": " + line_of(info) + ",\n\"licenses\": [],\n\"categories\": " + line_of(categories);
}

/// One split's file. Its pictures come before its annotations, which wait in a file of their own.
class SplitFile {
 public:
  static Result<SplitFile> create(Export& out, Split split) {
    const std::string name = fmt::format("annotations/instances_{}.json", usual_name(split));
    DEW_TRY(TextFile images, out.folder.text(name));
    DEW_TRY(WaitingText annotations, WaitingText::create(out.folder));
    images.add(head(out) + ",\n\"images\": [");
    return SplitFile(std::move(images), std::move(annotations));
  }

  void add(const std::string& image, const std::string& annotation) {
    const char* before = std::exchange(before_, ",\n");
    images_.add(before);
    images_.add(image);
    annotations_.add(before);
    annotations_.add(annotation);
  }

  Result<void> finish() {
    images_.add("\n],\n\"annotations\": [");
    DEW_CHECK(annotations_.pour_into(images_));
    images_.add("\n]}\n");
    return images_.close();
  }

 private:
  SplitFile(TextFile images, WaitingText annotations)
      : images_(std::move(images)), annotations_(std::move(annotations)) {}
  TextFile images_;
  WaitingText annotations_;
  const char* before_ = "\n";
};

class Writer : public LabelWriter {
 public:
  explicit Writer(Export& out) : out_(out), numbers_(class_numbers(out.settings)) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture, const std::vector<Answer>&) override {
    const Split split = item.sample.split;
    auto file = files_.find(split);
    if (file == files_.end()) {
      DEW_TRY(SplitFile fresh, SplitFile::create(out_, split));
      file = files_.emplace(split, std::move(fresh)).first;
    }
    ++id_;
    const std::string name = line_of(picture.file.substr(folder_of(split).size() + 1));
    file->second.add(fmt::format(R"({{"id":{},"file_name":{},"width":{},"height":{}}})", id_, name,
                                 picture.width, picture.height),
                     fmt::format(R"({{"id":{0},"image_id":{0},"category_id":{1},"bbox":[0,0,{2},{3}],)"
                                 R"("area":{4},"iscrowd":0,"segmentation":[]}})",
                                 id_, numbers_.at(item.label) + 1, picture.width, picture.height,
                                 int64_t{picture.width} * picture.height));
    return {};
  }

  Result<void> finish() override {
    for (auto& [split, file] : files_) DEW_CHECK(file.finish());
    return {};
  }

 private:
  Export& out_;
  std::map<std::string, size_t> numbers_;
  std::map<Split, SplitFile> files_;
  int64_t id_ = 0;  ///< counts through all splits
};

}  // namespace

// A picture without an annotation shows none of the classes, which nobody said of one without a label.
const OutFormat kOutCoco{
    .key = "coco",
    .name = "COCO",
    .what = "annotations/instances_SPLIT.json, each label a box around the whole picture",
    .lost = "who labelled, confidences and reasons, answers, the names of the samples",
    .flat = true,
    .takes = kUsualPictures,
    .place = place,
    .begin = begin_with<Writer>,
};

}  // namespace dew::exchange
