#include "bench/small_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>

#include "base/text.h"
#include "student/random.h"

namespace dew::bench {
namespace {

int index_of(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

/// Of folders that are classes. Names joined by '+' are one class.
std::vector<Picture> in_folders(const fs::path& data, const std::string& folder,
                                const std::vector<std::string>& classes) {
  std::vector<Picture> pictures;
  for (size_t c = 0; c < classes.size(); ++c) {
    const auto number = static_cast<int>(c);
    for (const std::string& name : split_list(classes[c], '+'))
      for (const auto& entry : fs::directory_iterator(data / folder / name))
        pictures.push_back(
            {fmt::format("{}/{}/{}", folder, name, entry.path().filename().string()), number, number});
  }
  std::sort(pictures.begin(), pictures.end(),
            [](const Picture& a, const Picture& b) { return a.path < b.path; });
  return pictures;
}

const std::vector<std::string> kPacs = {"dog", "elephant", "giraffe", "guitar", "horse", "house", "person"};
const std::vector<std::string> kTen = {"ketch",    "schooner", "lobster", "lotus", "wild cat",
                                       "crayfish", "airplane", "leopard", "watch", "bonsai"};

/// Those of labels.csv whose human label is one of `names`; what GPT-4V ranked first is the teacher's word.
std::vector<Picture> caltech(const fs::path& data, const std::vector<std::string>& names) {
  std::vector<Picture> pictures;
  std::ifstream file(data / "caltech101-gpt4v/labels.csv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name, human, first;
    std::getline(fields, name, ',');
    std::getline(fields, human, ',');
    std::getline(fields, first, ',');
    const int truth = index_of(names, human);
    if (truth >= 0) pictures.push_back({"caltech101-gpt4v/" + name, truth, index_of(names, first)});
  }
  return pictures;
}

std::vector<std::string> all_names(const fs::path& data) {
  std::vector<std::string> names;
  std::ifstream file(data / "caltech101-gpt4v/classes.txt");
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) names.push_back(line);
  return names;
}

}  // namespace

const std::vector<SmallSet>& small_sets() {
  static const std::vector<SmallSet> sets = {
      {"guitar-house", "pacs/photo", {"guitar", "house"}, 30, 0, true},
      {"photos", "pacs/photo", kPacs, 20, 0, true},
      {"plants-and-animals",
       "caltech",
       {"bonsai", "sunflower", "lotus", "butterfly", "crab", "dolphin", "elephant", "kangaroo"},
       12,
       0,
       true},
      {"dog-horse-paintings", "pacs/art_painting", {"dog", "horse"}, 75, 0, false},
      {"people-in-paintings",
       "pacs/art_painting",
       {"person", "dog+elephant+giraffe+guitar+horse+house"},
       300,
       0,
       false},
      {"paintings", "pacs/art_painting", kPacs, 100, 0, false},
      {"giraffe-elephant", "pacs/photo", {"giraffe", "elephant"}, 40, 0, false},
      {"objects",
       "caltech",
       {"chandelier", "grand piano", "ewer", "laptop", "revolver", "umbrella", "chair", "lamp", "helicopter",
        "menorah", "stop sign", "soccer ball"},
       12,
       0,
       false},
      {"photos-of-32-pixels", "pacs/photo", kPacs, 100, 32, false},
      {"five-of-each", "pacs/photo", kPacs, 5, 0, false},
  };
  return sets;
}

const SmallSet* small_set(const std::string& name) {
  for (const SmallSet& one : small_sets())
    if (one.name == name) return &one;
  return nullptr;
}

Result<std::vector<Picture>> read_set(const fs::path& data, const std::string& set) {
  if (!fs::is_directory(data / "pacs"))
    return work_error("there is no folder pacs/ in it", data.string(), "give --data");
  if (set == "pacs") return in_folders(data, "pacs/photo", kPacs);
  if (set == "gpt4v") return caltech(data, all_names(data));
  const SmallSet* small = small_set(set);
  if (small != nullptr && small->folder != "caltech") return in_folders(data, small->folder, small->classes);
  auto pictures = caltech(data, small != nullptr ? small->classes : kTen);
  for (Picture& picture : pictures) picture.said = picture.truth;
  return pictures;
}

std::vector<size_t> near_copies(const fs::path& data, const std::vector<Picture>& pictures) {
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < pictures.size(); ++i) index[pictures[i].path] = i;
  std::vector<size_t> first(pictures.size());
  std::iota(first.begin(), first.end(), size_t{0});
  std::ifstream file(data / "near_duplicates.csv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string a, b;
    std::getline(fields, a, ',');
    std::getline(fields, b, ',');
    if (index.count(a) == 0 || index.count(b) == 0) continue;
    const size_t from = std::max(first[index[a]], first[index[b]]);
    const size_t to = std::min(first[index[a]], first[index[b]]);
    std::replace(first.begin(), first.end(), from, to);
  }
  return first;
}

Parts draw_parts(const fs::path& data, const std::vector<Picture>& pictures, uint64_t seed, int per_class) {
  constexpr size_t kMostTested = 100;
  const auto learned = static_cast<size_t>(per_class);
  const std::vector<size_t> first = near_copies(data, pictures);
  std::vector<double> place(pictures.size());
  for (size_t i = 0; i < place.size(); ++i) place[i] = student::Random(seed, 77, first[i]).uniform();
  int classes = 0;
  for (const Picture& picture : pictures) classes = std::max(classes, picture.truth + 1);
  Parts parts;
  for (int c = 0; c < classes; ++c) {
    std::vector<std::pair<double, size_t>> own;
    for (size_t i = 0; i < pictures.size(); ++i)
      if (pictures[i].truth == c) own.emplace_back(place[i], i);
    std::sort(own.begin(), own.end());
    for (size_t k = 0; k < own.size(); ++k) {
      // Copies have equal places, so they stand together; the cuts may not fall between them.
      size_t start = k;
      while (start > 0 && own[start - 1].first == own[k].first) --start;
      if (learned > 0) {
        const bool tests = start >= learned;
        if (k >= learned + kMostTested) break;
        (tests                                      ? parts.test
         : start < std::max<size_t>(1, learned / 9) ? parts.validation
                                                    : parts.train)
            .push_back(own[k].second);
        continue;
      }
      const double at = static_cast<double>(start) / static_cast<double>(own.size());
      auto& part = at < 0.2 ? parts.test : at < 0.28 ? parts.validation : parts.train;
      part.push_back(own[k].second);
    }
  }
  return parts;
}

}  // namespace dew::bench
