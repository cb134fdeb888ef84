// MNIST's form, as MNIST, Fashion-MNIST, KMNIST and EMNIST have it: a file of many pictures, and one of their
// labels as numbers. Names tell which belong together, and the splits.
//
//     train-images-idx3-ubyte.gz      train-labels-idx1-ubyte.gz
//     t10k-images-idx3-ubyte.gz       t10k-labels-idx1-ubyte.gz        labels.txt: the classes' names, a line
//     each
//
// An item is the file of pictures; its classes are those of the frames.
#include "exchange/idx.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>

#include "exchange/formats.h"
#include "exchange/label_file.h"
#include "exchange/splits.h"
#include "media/idx.h"

namespace dew::exchange {
namespace {

constexpr int64_t kMostLabels = 50'000'000;
constexpr int64_t kLargestNames = 1 << 20;
constexpr std::array kFilesOfNames{"labels.txt", "classes.txt"};

bool claims(std::string_view, std::string_view head) {
  return is_idx_labels(head);
}

/// The last `from` in the text, replaced; the text itself where it has none.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const size_t at = lower(text).rfind(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// "train-labels-idx1-ubyte.gz" of "train-images-idx3-ubyte.gz", and the other way. One of both may be packed
/// and the other not.
std::vector<std::string> partners(const std::string& name, bool of_labels) {
  const std::string same = of_labels
                               ? with(with(name, "labels", "images"), "idx1", "idx3")
                               : with(with(with(name, "images", "labels"), "idx3", "idx1"), "idx4", "idx1");
  if (same == name) return {};
  const std::string four = of_labels ? with(with(name, "labels", "images"), "idx1", "idx4") : same;
  std::vector<std::string> all;
  for (const std::string& one : {same, four}) {
    all.push_back(one);
    all.push_back(one.ends_with(".gz") ? one.substr(0, one.size() - 3) : one + ".gz");
  }
  return all;
}

/// "t10k" is MNIST's own name of ten thousand for testing.
std::optional<Split> split_of(const std::string& path) {
  const std::string name = lower(path.substr(path.rfind('/') + 1));
  return name.find("t10k") != std::string::npos ? Split::kTest : split_of_path(path);
}

/// An empty line within is a class without a name: those behind it keep their numbers.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// By the name of the folder or of the one around it, or the first lines of its README.
bool is_fashion(const fs::path& folder) {
  constexpr size_t kHead = 4096;
  const std::string names = folder.parent_path().filename().string() + "/" + folder.filename().string();
  if (lower(names).find("fashion") != std::string::npos) return true;
  for (const char* name : {"README.md", "README"}) {
    std::ifstream file(folder / name, std::ios::binary);
    std::string head(kHead, '\0');
    file.read(head.data(), kHead);
    head.resize(static_cast<size_t>(file.gcount()));
    if (lower(head).find("fashion-mnist") != std::string::npos) return true;
  }
  return false;
}

/// Names of classes by their numbers, for some files of labels.
struct Names {
  std::vector<std::string> known;  ///< empty: numbers are their names
  std::string file;                ///< that they were read from; empty: none

  [[nodiscard]] std::string of(uint8_t label) const {
    return known.empty() ? std::to_string(label) : known[label];
  }
};

/// Error (usage): a file of names with too few of them, or with the same twice.
Result<Names> names_for(const fs::path& folder, uint8_t largest) {
  static const std::vector<std::string> kFashion{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                                 "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  for (const char* file : kFilesOfNames) {
    const fs::path path = folder / file;
    std::error_code code;
    if (!fs::is_regular_file(path, code)) continue;
    DEW_TRY(const std::string text, read_file(path, kLargestNames));
    Names names{lines_of(text), file};
    if (names.known.size() <= largest)
      return usage_error(fmt::format("it names {} classes, but a label is {}", names.known.size(), largest),
                         printable(path.string()), "write the names of the classes 0, 1, 2 ..., a line each");
    auto sorted = names.known;
    std::sort(sorted.begin(), sorted.end());
    if (sorted.front().empty() || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
      return usage_error("a class has no name, or the same as another one", printable(path.string()),
                         "write the names of the classes 0, 1, 2 ..., a line each");
    for (const std::string& name : names.known)
      if (!is_utf8(name) || has_control(name))
        return usage_error("the name of a class is not UTF-8", printable(path.string()), "write it in UTF-8");
    return names;
  }
  if (largest < kFashion.size() && is_fashion(folder)) return Names{kFashion, {}};
  return Names{};
}

/// An error about the file is the user's.
template <typename T>
Result<T> as_usage(Result<T> result) {
  if (!result) result.error().fault = Fault::kUsage;
  if (!result && result.error().next.empty()) result.error().next = "get the file again from where it came";
  return result;
}

class Reader {
 public:
  explicit Reader(const Tree& tree) : tree_(tree) {}

  Result<void> read(const fs::path& path) {
    const LabelFile file = label_file(tree_, path);
    set_.files.insert(file.known_name());
    const auto pictures = pictures_of(file);
    if (pictures.empty()) {
      set_.notes.push_back(
          fmt::format("{} holds labels, and the pictures' file is not there, which is called alike with "
                      "'images' for 'labels'",
                      file.shown));
      return {};
    }
    DEW_TRY(const auto labels, as_usage(read_idx_labels(path, kMostLabels)));
    DEW_TRY(const Names names,
            as_usage(names_for(path.parent_path(), *std::max_element(labels.begin(), labels.end()))));
    if (!names.file.empty())
      set_.files.insert(label_file(tree_, path.parent_path() / names.file).known_name());
    for (const std::string& picture : pictures) {
      const auto [said, fresh] = said_.try_emplace(picture, file.shown, labels);
      if (!fresh && said->second.second != labels)
        return usage_error(fmt::format("these labels are others than those of {}", said->second.first),
                           file.shown,
                           "both belong to " + printable(picture) + ": remove one of the two files");
      if (fresh) DEW_CHECK(add(picture, file, labels, names));
    }
    return {};
  }

  DataSet result() { return std::move(set_); }

 private:
  /// Beside the file with labels, or where the tree has that name once.
  std::vector<std::string> pictures_of(const LabelFile& file) const {
    std::vector<std::string> there;
    for (const std::string& name : partners(file.path.filename().string(), true)) {
      const Tree::Found found = tree_.find(name, file.name);
      const bool fresh = std::find(there.begin(), there.end(), found.file) == there.end();
      if (!found.file.empty() && fresh) there.push_back(found.file);
    }
    return there;
  }

  Result<void> add(const std::string& picture, const LabelFile& file, const std::vector<uint8_t>& labels,
                   const Names& names) {
    DEW_TRY(const int64_t count, as_usage(count_idx_pictures(tree_.path_of(picture))));
    if (count != std::ssize(labels))
      return usage_error(fmt::format("{} labels for the {} pictures of {}", with_commas(std::ssize(labels)),
                                     with_commas(count), printable(picture)),
                         file.shown, "give the labels that belong to these pictures");
    Item item;
    item.picture = picture;
    item.split = split_of(picture);
    item.where = file.shown;
    for (const uint8_t label : labels) item.classes.push_back(names.of(label));
    set_.items.add(item);
    for (size_t label = 0; label < kLabels; ++label)
      if (std::find(labels.begin(), labels.end(), label) != labels.end())
        add_class(names.of(static_cast<uint8_t>(label)));
    return {};
  }

  void add_class(const std::string& name) {
    if (std::find(set_.classes.begin(), set_.classes.end(), name) == set_.classes.end())
      set_.classes.push_back(name);
  }

  static constexpr size_t kLabels = 256;
  const Tree& tree_;
  DataSet set_;
  /// By the file of pictures: the file with labels, and these. "-ubyte" and "-ubyte.gz" may both be there.
  std::map<std::string, std::pair<std::string, std::vector<uint8_t>>> said_;
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree);
  for (size_t i = 0; i < files.size(); ++i) {
    if (watch.interrupted()) return interrupted_error();
    DEW_CHECK(reader.read(files[i]));
  }
  return reader.result();
}

}  // namespace

fs::path labels_beside(const fs::path& pictures) {
  std::ifstream stream(pictures, std::ios::binary);
  std::string head(4096, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(stream.gcount()));
  if (!is_idx_pictures(head)) return {};
  for (const std::string& name : partners(pictures.filename().string(), false)) {
    std::error_code code;
    if (fs::is_regular_file(pictures.parent_path() / name, code)) return pictures.parent_path() / name;
  }
  return {};
}

const Format kIdx{"idx",  "IDX (MNIST)", "MNIST's files: ...-images-idx3-ubyte with ...-labels-idx1-ubyte",
                  claims, nullptr,       read};

}  // namespace dew::exchange
