// Folders as classes, out: train/robin/1.jpg, as torchvision's ImageFolder and `yolo classify` take them.
#include <fmt/format.h>

#include <memory>
#include <set>

#include "exchange/file_names.h"
#include "exchange/splits.h"
#include "exchange/writers.h"

namespace dew::exchange {
namespace {

PlaceOf place(const OutgoingSet& set) {
  return [folders = folders_of_classes(set.settings)](const Outgoing& item) {
    return std::string(usual_name(item.sample.split)) + "/" + folders.at(item.label);
  };
}

Result<void> write(Export& out) {
  const Settings& settings = out.set.settings;
  for (const auto& [name, folder] : folders_of_classes(settings))
    if (name != folder)
      out.written.notes.push_back(
          fmt::format("The class '{}' is in folders called '{}'.", printable(name), folder));
  std::map<Split, std::set<std::string>> there;
  DEW_CHECK(each_written(out, [&](const Outgoing& item, const OutPicture&) -> Result<void> {
    there[item.sample.split].insert(item.label);
    return {};
  }));
  for (const auto& [split, classes] : there) {
    if (classes.size() == settings.classes.size()) continue;
    std::vector<std::string> absent;
    for (const std::string& name : settings.classes)
      if (!classes.contains(name)) absent.push_back(printable(name));
    out.written.notes.push_back(
        fmt::format("No picture in {} shows: {}. ImageFolder numbers the classes by the folders that are "
                    "there: take the numbers from a split that has them all.",
                    usual_name(split), join(absent)));
  }
  return {};
}

}  // namespace

std::map<std::string, std::string> folders_of_classes(const Settings& settings) {
  TakenNames taken(false);
  std::map<std::string, std::string> folders;
  for (const std::string& name : settings.classes) folders[name] = taken.take("", flat(safe_path(name)));
  return folders;
}

const OutFormat kOutFolders{
    .key = "folders",
    .name = "folders as classes",
    .what = "train/CLASS/picture: torchvision's ImageFolder, yolo classify, Keras",
    .lost = "who labelled, confidences and reasons, answers, the names of the samples",
    .flat = true,
    .takes = kUsualPictures,
    .place = place,
    .write = write,
};

}  // namespace dew::exchange
