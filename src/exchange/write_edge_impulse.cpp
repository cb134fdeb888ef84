// Edge Impulse's exporter format
// (https://docs.edgeimpulse.com/tools/specifications/data-annotation/ei-labels): info.labels, version 1,
// above training/ and testing/. It goes in again with `edge-impulse-uploader --info-file info.labels`.
#include <fmt/format.h>

#include <utility>

#include "exchange/writers.h"

namespace dew::exchange {
namespace {

/// It has no validation split: the training takes its own.
std::string category(const Outgoing& item) {
  return item.sample.split == Split::kTest ? "testing" : "training";
}

PlaceOf place(const Settings&) {
  return category;
}

OutJson entry(const Outgoing& item, const OutPicture& picture) {
  const std::string name = picture.file.substr(picture.file.rfind('/') + 1);
  OutJson label{{"type", "unlabeled"}};
  if (!item.label.empty()) label = {{"type", "label"}, {"label", item.label}};
  OutJson metadata{{"sample", item.sample.name}};
  if (!item.origin.empty()) metadata["origin"] = item.origin;
  if (!item.by.empty()) metadata["by"] = item.by;
  if (!item.label.empty()) metadata["label_was"] = item.label;
  return {{"path", picture.file},
          {"name", name.substr(0, name.rfind('.'))},
          {"category", category(item)},
          {"label", label},
          {"metadata", metadata}};
}

class Writer : public LabelWriter {
 public:
  static Result<std::unique_ptr<LabelWriter>> begin(Export& out) {
    DEW_TRY(TextFile file, out.folder.text("info.labels"));
    file.add("{\"version\": 1,\n\"files\": [");
    return std::make_unique<Writer>(out, std::move(file));
  }
  Writer(Export& out, TextFile file) : out_(out), file_(std::move(file)) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture, const std::vector<Answer>&) override {
    file_.add(std::exchange(before_, ",\n"));
    file_.add(line_of(entry(item, picture)));
    return {};
  }

  Result<void> finish() override {
    file_.add("\n]}\n");
    const int64_t validation = out_.tally.by_split[static_cast<size_t>(Split::kValidation)];
    if (validation > 0)
      out_.written.notes.push_back(
          fmt::format("Pictures of the validation split ({}) are in training/: Edge Impulse draws its own "
                      "validation set from there.",
                      with_commas(validation)));
    return file_.close();
  }

 private:
  Export& out_;
  TextFile file_;
  const char* before_ = "\n";
};

}  // namespace

const OutFormat kOutEdgeImpulse{
    .key = "edge-impulse",
    .name = "Edge Impulse",
    .what = "info.labels above training/ and testing/, for edge-impulse-uploader --info-file",
    .lost = "the validation split, confidences and reasons, answers",
    .unlabelled = true,
    .flat = true,
    .takes = " .jpg .jpeg .png ",
    .place = place,
    .begin = Writer::begin,
};

}  // namespace dew::exchange
