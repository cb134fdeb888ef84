// Hugging Face image folder (https://huggingface.co/docs/datasets/image_dataset): train/metadata.jsonl beside
// the pictures it names, and a card whose head names the splits and the classes.
#include <fmt/format.h>

#include <array>

#include "exchange/writers.h"

namespace dew::exchange {
namespace {

PlaceOf place(const OutgoingSet&) {
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
                  {"reason", text_or_null(item.reason)}}) +
         "\n";
}

constexpr std::array kSplits{Split::kTrain, Split::kValidation, Split::kTest};

std::array<int64_t, kSplits.size()> sizes(const Export& out) {
  std::array<int64_t, kSplits.size()> count{};
  for (size_t i = 0; i < out.pictures.size(); ++i)
    if (!out.pictures[i].file.empty()) ++count[static_cast<size_t>(out.set.items[i].sample.split)];
  return count;
}

Result<void> write(Export& out) {
  const auto count = sizes(out);
  std::map<Split, TextFile> files;
  for (const Split split : kSplits) {
    if (count[static_cast<size_t>(split)] == 0) continue;
    DEW_TRY(TextFile file, out.folder.text(std::string(split_name(split)) + "/metadata.jsonl"));
    files.emplace(split, std::move(file));
  }
  DEW_CHECK(each_written(out, [&](const Outgoing& item, const OutPicture& picture) -> Result<void> {
    files.at(item.sample.split).add(line(item, picture));
    return {};
  }));
  for (auto& [split, file] : files) DEW_CHECK(file.close());
  return {};
}

/// YAML; a JSON string is a YAML string.
std::string card_head(const Export& out) {
  std::string text = "---\npretty_name: " + line_of(out.set.settings.name) +
                     "\ntask_categories:\n- image-classification\nconfigs:\n- config_name: default\n"
                     "  data_files:\n";
  const auto count = sizes(out);
  for (const Split split : kSplits)
    if (count[static_cast<size_t>(split)] > 0)
      text += fmt::format("  - split: {0}\n    path: {0}/**\n", split_name(split));
  text +=
      "dataset_info:\n  features:\n  - name: image\n    dtype: image\n"
      "  - name: label\n    dtype:\n      class_label:\n        names:\n";
  const auto& classes = out.set.settings.classes;
  for (size_t i = 0; i < classes.size(); ++i)
    text += fmt::format("          '{}': {}\n", i, line_of(classes[i]));
  for (const char* name : {"sample", "origin", "by"})
    text += fmt::format("  - name: {}\n    dtype: string\n", name);
  return text + "  - name: confidence\n    dtype: float64\n  - name: reason\n    dtype: string\n---\n\n";
}

}  // namespace

const OutFormat kOutHuggingFace{
    .key = "hf",
    .name = "Hugging Face image folder",
    .what = "SPLIT/metadata.jsonl beside the pictures, and a card with the classes, for load_dataset",
    .lost = "answers other than the label's, their cost and wording",
    .unlabelled = true,
    .takes = " .jpg .jpeg .png .bmp .gif .tif .tiff .webp .ppm .pgm ",
    .place = place,
    .write = write,
    .card_head = card_head,
};

}  // namespace dew::exchange
