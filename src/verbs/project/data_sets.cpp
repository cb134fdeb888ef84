// What is said of each file, and where that is written.
#include "verbs/project/data_sets.h"

#include <algorithm>

#include "exchange/idx.h"
#include "verbs/project/data_sets_found.h"

namespace dew::verbs {
namespace {

using exchange::Item;

Item of_class(const std::string& name) {
  Item item;
  item.classes = {name};
  return item;
}

/// The person in what an export tells as such: "ada" of "import: birds/labels.csv (ada)", so that it does not
/// grow each time that it goes out and in.
std::string person_in(std::string by) {
  while (by.starts_with(kImported)) {
    const size_t from = by.find(" (");
    if (from == std::string::npos || !by.ends_with(')')) return {};
    by = by.substr(from + 2, by.size() - from - 3);
  }
  return by;
}

/// All files that told the label: "import: birds/a.json and b.json (ada)".
std::string basis_of(const std::string& format, const fs::path& root, const Item& item) {
  std::string basis;
  if (format != "folders")
    for (const std::string& file : exchange::files_of_places(item.where)) {
      if (file.empty()) continue;
      const bool elsewhere = file.starts_with('/');
      const std::string before = basis.empty() ? root.filename().string() + "/" : "";
      basis += (basis.empty() ? "" : " and ") + (elsewhere ? std::string() : before) + file;
    }
  if (basis.empty()) basis = root.filename().string();
  basis.insert(0, kImported);
  if (const std::string by = person_in(item.by); !by.empty()) basis += " (" + by + ")";
  return basis;
}

bool lies_in_one(const std::string& picture, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](const std::string& folder) { return picture.starts_with(folder); });
}

}  // namespace

std::string DataSets::name_below(const exchange::Tree& tree, const fs::path& file) {
  const std::string path = plain_path(file).generic_string();
  const std::string root = tree.root().generic_string();
  const size_t slash = root.ends_with('/') ? root.size() - 1 : root.size();
  if (path.size() <= slash || path[slash] != '/' || !path.starts_with(root)) return {};
  return path.substr(slash + 1);
}

bool DataSets::is_label_file(const fs::path& file) const {
  return std::any_of(sets_.begin(), sets_.end(), [&](const Taken& one) {
    const std::string name = name_below(one.tree, file);
    return (!name.empty() && one.label_files.contains(name)) ||
           one.label_files.contains(plain_path(file).generic_string());
  });
}

void DataSets::add_named_pictures(FileList& files) const {
  for (const Taken& one : sets_)
    for (size_t item = 0; one.alone && item < one.items.size(); ++item)
      files.add(one.tree.root(), one.items.picture(item));
}

std::optional<size_t> DataSets::number_of(const fs::path& file) const {
  for (const Taken& one : sets_) {
    if (!one.map) continue;
    const std::string name = name_below(one.tree, file);
    if (const uint32_t item = one.places.find(name); item != exchange::PictureNumbers::kNone)
      return one.first + item;
  }
  return std::nullopt;
}

size_t DataSets::place_of(size_t number) const {
  const auto behind =
      std::find_if(sets_.begin(), sets_.end(), [&](const Taken& one) { return one.first > number; });
  return static_cast<size_t>(behind - sets_.begin()) - 1;
}

std::optional<Split> DataSets::split(size_t number) const {
  const Taken& from = set_of(number);
  const auto own = from.items.split(number - from.first);
  return keep_splits_ || (in_parts(number) && own != Split::kTrain) ? own : std::nullopt;
}

bool DataSets::is_drawn_beside_kept(std::optional<size_t> number) const {
  if (!keep_splits_ || (number && split(*number))) return false;
  if (number) return !found_[place_of(*number)].splits.empty();
  return std::any_of(found_.begin(), found_.end(), [](const FoundSet& set) { return !set.splits.empty(); });
}

bool DataSets::in_parts(size_t number) const {
  return parted_ && set_of(number).format == exchange::kManyPictures;
}

bool DataSets::may_be_tested(size_t number) const {
  return !in_parts(number);
}

Result<FileWords> DataSets::words(size_t number) const {
  const Taken& from = set_of(number);
  Item item = from.items[number - from.first];
  if (!from.items.intact())
    return work_error("answers that were read cannot be read again", printable(from.root.string()),
                      "check the disk that temporary files are on (TMPDIR), then run the same command again");
  FileWords words;
  if (from.format == exchange::kManyPictures) {
    for (const std::string& theirs : item.classes)
      if (!words.frame_readings.contains(theirs))
        words.frame_readings[theirs] = from.map->read(of_class(theirs));
    words.frames = std::move(item.classes);
  } else {
    words.reading = from.map->read(item);
    words.theirs = std::move(item.classes);
  }
  words.split = split(number);
  for (Answer& answer : item.answers) {
    const auto ours = from.map->ours(answer.answer_class);
    if (!ours || ours->empty()) continue;
    answer.answer_class = *ours;
    words.answers.push_back(std::move(answer));
  }
  words.by = shown_(basis_of(from.format, from.root, item));
  words.of_each_frame = from.format == "folders";
  words.exported = lies_in_one(item.picture, from.exports);
  words.unsaid = lies_in_one(item.picture, from.unsaid);
  return words;
}

void DataSets::describe(LabelsTaken& taken) const {
  constexpr size_t kShown = 20;
  taken.sets = found_;
  taken.unknown = std::ssize(missing_);
  for (size_t i = 0; i < std::min(missing_.size(), kShown); ++i)
    taken.first_unknown.push_back(missing_[i].picture);
}

}  // namespace dew::verbs
