// Hugging Face image folder (https://huggingface.co/docs/datasets/image_dataset): train/metadata.jsonl beside
// the pictures it names, and a card whose head names the splits and the classes. "label_was" repeats the
// label: where they differ later on, somebody changed it.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "exchange/writers.h"

namespace dew::exchange {
namespace {

PlaceOf place(const Settings&) {
  return [](const Outgoing& item) { return std::string(split_name(item.sample.split)); };
}

OutJson text_or_null(const std::string& text) {
  return text.empty() ? OutJson(nullptr) : OutJson(text);
}

std::string line(const Outgoing& item, const OutPicture& picture) {
  return line_of({{"file_name", picture.file.substr(picture.file.find('/') + 1)},
                  {"label", text_or_null(item.label)},
                  {"sample", item.sample.name},
                  {"origin", text_or_null(item.origin)},
                  {"by", text_or_null(item.by)},
                  {"confidence", item.confidence ? OutJson(*item.confidence) : OutJson(nullptr)},
                  {"reason", text_or_null(item.reason)},
                  {"label_was", text_or_null(item.label)}}) +
         "\n";
}

constexpr std::array kSplits{Split::kTrain, Split::kValidation, Split::kTest};

class Writer : public LabelWriter {
 public:
  explicit Writer(Export& out) : out_(out) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture, const std::vector<Answer>&) override {
    auto& file = files_[static_cast<size_t>(item.sample.split)];
    if (!file) {
      DEW_TRY(file, out_.folder.text(std::string(split_name(item.sample.split)) + "/metadata.jsonl"));
    }
    file->add(line(item, picture));
    return {};
  }

  Result<void> finish() override {
    for (auto& file : files_)
      if (file) DEW_CHECK(file->close());
    return {};
  }

 private:
  Export& out_;
  std::array<std::optional<TextFile>, kSplits.size()> files_;
};

/// YAML; a JSON string is a YAML string.
std::string card_head(const Export& out) {
  std::string text = "---\npretty_name: " + line_of(out.settings.name) +
                     "\ntask_categories:\n- image-classification\nconfigs:\n- config_name: default\n"
                     "  data_files:\n";
  for (const Split split : kSplits)
    if (out.tally.by_split[static_cast<size_t>(split)] > 0)
      text += fmt::format("  - split: {0}\n    path: {0}/**\n", split_name(split));
  text +=
      "dataset_info:\n  features:\n  - name: image\n    dtype: image\n"
      "  - name: label\n    dtype:\n      class_label:\n        names:\n";
  const auto& classes = out.settings.classes;
  for (size_t i = 0; i < classes.size(); ++i)
    text += fmt::format("          '{}': {}\n", i, line_of(classes[i]));
  for (const char* name : {"sample", "origin", "by"})
    text += fmt::format("  - name: {}\n    dtype: string\n", name);
  return text +
         "  - name: confidence\n    dtype: float64\n  - name: reason\n    dtype: string\n"
         "  - name: label_was\n    dtype: string\n---\n\n";
}

}  // namespace

const OutFormat kOutHuggingFace{
    .key = "hf",
    .name = "Hugging Face image folder",
    .what = "SPLIT/metadata.jsonl beside the pictures, and a card with the classes, for load_dataset",
    .lost = "answers other than the label's, their cost and wording",
    .unlabelled = true,
    .says_who = true,
    .takes = " .jpg .jpeg .png .bmp .gif .tif .tiff .webp .ppm .pgm ",
    .place = place,
    .begin = begin_with<Writer>,
    .card_head = card_head,
};

}  // namespace dew::exchange
