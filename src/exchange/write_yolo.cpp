// Ultralytics YOLO detection (https://docs.ultralytics.com/datasets/detect/): data.yaml, images/train/1.jpg
// and labels/train/1.txt with one box around the whole picture. Without `path`, the folders of data.yaml are
// below the file's own.
#include <fmt/format.h>

#include "exchange/labelled_by.h"
#include "exchange/splits.h"
#include "exchange/writers.h"

namespace dew::exchange {
namespace {

PlaceOf place(const Settings&) {
  return [](const Outgoing& item) { return "images/" + std::string(usual_name(item.sample.split)); };
}

/// labels/train/1.txt of images/train/1.jpg.
std::string label_file(const std::string& picture) {
  return "labels" + picture.substr(picture.find('/'), picture.rfind('.') - picture.find('/')) + ".txt";
}

class Writer : public LabelWriter {
 public:
  explicit Writer(Export& out) : out_(out), numbers_(class_numbers(out.settings)) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture, const std::vector<Answer>&) override {
    return out_.folder.write(label_file(picture.file),
                             fmt::format("{} 0.5 0.5 1 1\n", numbers_.at(item.label)));
  }

  Result<void> finish() override {
    std::string yaml = fmt::format("# {} says who labelled\n", kLabelledBy);
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
      if (has(split)) yaml += fmt::format("{0}: images/{0}\n", usual_name(split));
    yaml += fmt::format("\nnc: {}\nnames:\n", numbers_.size());
    const auto& classes = out_.settings.classes;
    for (size_t i = 0; i < classes.size(); ++i) yaml += fmt::format("  {}: {}\n", i, line_of(classes[i]));
    for (const Split split : {Split::kTrain, Split::kValidation})
      if (!has(split))
        out_.written.notes.push_back(fmt::format(
            "There is no {0} picture, so data.yaml has no `{0}:`, without which Ultralytics does not train.",
            usual_name(split)));
    return out_.folder.write("data.yaml", yaml);
  }

 private:
  [[nodiscard]] bool has(Split split) const { return out_.tally.by_split[static_cast<size_t>(split)] > 0; }

  Export& out_;
  std::map<std::string, size_t> numbers_;
};

}  // namespace

// A picture without boxes shows none of the classes, which nobody said of one without a label.
const OutFormat kOutYolo{
    .key = "yolo",
    .name = "YOLO",
    .what =
        "data.yaml, images/ and labels/, each label a box around the whole picture (Ultralytics detection)",
    .lost = "who labelled, confidences and reasons, answers, the names of the samples",
    .by_stem = true,
    .flat = true,
    .takes = " .jpg .jpeg .png .bmp .tif .tiff .webp ",
    .place = place,
    .begin = begin_with<Writer>,
};

}  // namespace dew::exchange
