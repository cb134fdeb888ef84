// Folders as classes, out: train/robin/1.jpg, as torchvision's ImageFolder and `yolo classify` take them.
#include <fmt/format.h>

#include <memory>
#include <set>

#include "exchange/file_names.h"
#include "exchange/splits.h"
#include "exchange/writers.h"

namespace dew::exchange {
namespace {

PlaceOf place(const Settings& settings) {
  return [folders = folders_of_classes(settings)](const Outgoing& item) {
    return std::string(usual_name(item.sample.split)) + "/" + folders.at(item.label);
  };
}

/// Which classes each split shows.
class Writer : public LabelWriter {
 public:
  explicit Writer(Export& out) : out_(out) {}

  Result<void> add(const Outgoing& item, const OutPicture&, const std::vector<Answer>&) override {
    there_[item.sample.split].insert(item.label);
    return {};
  }

  Result<void> finish() override {
    for (const auto& [name, folder] : folders_of_classes(out_.settings))
      if (name != folder)
        out_.written.notes.push_back(
            fmt::format("The class '{}' is in folders called '{}'.", printable(name), folder));
    for (const auto& [split, classes] : there_)
      if (classes.size() < out_.settings.classes.size()) note_absent(split, classes);
    return {};
  }

 private:
  void note_absent(Split split, const std::set<std::string>& classes) {
    std::vector<std::string> absent;
    for (const std::string& name : out_.settings.classes)
      if (!classes.contains(name)) absent.push_back(printable(name));
    out_.written.notes.push_back(
        fmt::format("No picture in {} shows: {}. ImageFolder numbers the classes by the folders that are "
                    "there: take the numbers from a split that has them all.",
                    usual_name(split), join(absent)));
  }

  Export& out_;
  std::map<Split, std::set<std::string>> there_;
};

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
    .begin = begin_with<Writer>,
};

}  // namespace dew::exchange
