// COCO (https://cocodataset.org/#format-data): images/train/1.jpg and annotations/instances_train.json, in
// which a label is a box around the whole picture. Category ids begin with 1; file names are below the
// split's folder of pictures.
#include <fmt/format.h>

#include "exchange/splits.h"
#include "exchange/writers.h"

namespace dew::exchange {
namespace {

std::string folder_of(Split split) {
  return "images/" + std::string(usual_name(split));
}

PlaceOf place(const OutgoingSet&) {
  return [](const Outgoing& item) { return folder_of(item.sample.split); };
}

std::string head(const Export& out) {
  const Settings& settings = out.set.settings;
  const OutJson info{{"description", settings.question},
                     {"version", "1.0"},
                     {"contributor", settings.name},
                     {"date_created", out.set.card.at}};
  OutJson categories = OutJson::array();
  for (size_t i = 0; i < settings.classes.size(); ++i)
    categories.push_back({{"id", i + 1}, {"name", settings.classes[i]}, {"supercategory", ""}});
  return "{\"info\": " + line_of(info) + ",\n\"licenses\": [],\n\"categories\": " + line_of(categories);
}

/// The split's samples, one line each in the list that `json_of` is for. Ids count through all splits.
template <typename JsonOf>
Result<void> add_list(Export& out, TextFile& file, Split split, const std::string& name, JsonOf json_of) {
  int64_t id = 0;
  std::string_view before = "\n";
  file.add(",\n\"" + name + "\": [");
  DEW_CHECK(each_written(out, [&](const Outgoing& item, const OutPicture& picture) -> Result<void> {
    ++id;
    if (item.sample.split != split) return {};
    file.add(before);
    file.add(line_of(json_of(id, item, picture)));
    before = ",\n";
    return {};
  }));
  file.add("\n]");
  return {};
}

Result<void> write_split(Export& out, Split split) {
  DEW_TRY(TextFile file, out.folder.text(fmt::format("annotations/instances_{}.json", usual_name(split))));
  file.add(head(out));
  const size_t folder = folder_of(split).size() + 1;
  DEW_CHECK(add_list(out, file, split, "images", [&](int64_t id, const Outgoing&, const OutPicture& picture) {
    return OutJson{{"id", id},
                   {"file_name", picture.file.substr(folder)},
                   {"width", picture.width},
                   {"height", picture.height}};
  }));
  const auto numbers = class_numbers(out.set.settings);
  DEW_CHECK(add_list(out, file, split, "annotations",
                     [&](int64_t id, const Outgoing& item, const OutPicture& picture) {
                       return OutJson{{"id", id},
                                      {"image_id", id},
                                      {"category_id", numbers.at(item.label) + 1},
                                      {"bbox", {0, 0, picture.width, picture.height}},
                                      {"area", int64_t{picture.width} * picture.height},
                                      {"iscrowd", 0},
                                      {"segmentation", OutJson::array()}};
                     }));
  file.add("}\n");
  return file.close();
}

bool has_split(const Export& out, Split split) {
  for (size_t i = 0; i < out.pictures.size(); ++i)
    if (!out.pictures[i].file.empty() && out.set.items[i].sample.split == split) return true;
  return false;
}

Result<void> write(Export& out) {
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
    if (has_split(out, split)) DEW_CHECK(write_split(out, split));
  return {};
}

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
    .write = write,
};

}  // namespace dew::exchange
