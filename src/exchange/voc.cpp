// Pascal VOC: one XML file a picture, and lists of names as splits.
//
//     Annotations/a.xml            <annotation><filename>a.jpg</filename>
//     JPEGImages/a.jpg               <object><name>robin</name><bndbox>...</bndbox></object></annotation>
//     ImageSets/Main/train.txt     a
//
// The files may as well lie beside their pictures, as LabelImg and Roboflow write them.
// http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "exchange/boxed_pictures.h"
#include "exchange/formats.h"
#include "exchange/splits.h"
#include "exchange/xml_file.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

constexpr int64_t kLargestFile = 16 << 20;
constexpr int64_t kLargestList = 256 << 20;

bool claims(std::string_view name, std::string_view head) {
  return lower(name).ends_with(".xml") && root_element(head) == "annotation";
}

/// "VOC2012/" of "VOC2012/Annotations/a.xml", and "a"; nullopt where the file lies in no such folder.
struct Place {
  std::string base;
  std::string id;
};
std::optional<Place> place_of(const std::string& name) {
  constexpr std::string_view kFolder = "Annotations/";
  const size_t at = name.rfind(kFolder);
  if (at == std::string::npos || (at > 0 && name[at - 1] != '/')) return std::nullopt;
  const std::string id = name.substr(at + kFolder.size());
  return Place{name.substr(0, at), id.substr(0, id.rfind('.'))};
}

/// The splits that ImageSets/Main tells: of "VOC2012/" + "a", say.
class ImageSets {
 public:
  Result<void> read(const Tree& tree, BoxedPictures& pictures) {
    for (const std::string_view name : tree.files()) {
      const std::string file(name);
      constexpr std::string_view kFolder = "ImageSets/Main/";
      const size_t at = file.rfind(kFolder);
      if (at == std::string::npos || (at > 0 && file[at - 1] != '/') || !file.ends_with(".txt")) continue;
      DEW_CHECK(read_list(tree, file, file.substr(0, at), pictures));
    }
    return {};
  }

  struct Entry {
    std::optional<Split> split;
    bool differs = false;
    bool weak = true;  ///< only "trainval" tells it
  };
  [[nodiscard]] const Entry* find(const Place& place) const {
    const auto at = entries_.find(place.base + place.id);
    return at == entries_.end() ? nullptr : &at->second;
  }

 private:
  /// "train.txt" lists names; "robin_train.txt" lists the same, with 1, 0 or -1 for the class.
  Result<void> read_list(const Tree& tree, const std::string& name, const std::string& base,
                         BoxedPictures& pictures) {
    std::string word = fs::path(name).stem().string();
    word = lower(word.substr(word.rfind('_') + 1));
    const bool weak = word == "trainval";
    const auto split = weak ? std::optional(Split::kTrain) : split_of_name(word);
    if (!split) return {};
    DEW_TRY(const std::string text, read_file(tree.path_of(name), kLargestList));
    for (const std::string& line : split_list(text, '\n')) {
      const std::string id = line.substr(0, line.find_first_of(" \t"));
      Entry& entry = entries_[base + id];
      if (weak && !entry.weak) continue;
      if (entry.weak && !weak) entry = {};
      entry.differs = entry.differs || (entry.split && *entry.split != *split);
      entry.split = split;
      entry.weak = weak;
    }
    pictures.read_from(label_file(tree, tree.path_of(name)));
    return {};
  }

  std::unordered_map<std::string, Entry> entries_;
};

/// The picture that an XML file is about: as <filename> names it, else the one of the file's own name. Where
/// the two are different pictures, nobody can tell.
Tree::Found find_picture(const Tree& tree, const LabelFile& file, const std::string& filename) {
  const auto look = [&](const std::string& name, bool stem) {
    if (const auto place = place_of(file.name)) {
      const std::string folder = fs::path(place->id).parent_path().generic_string();
      for (const char* sibling : {"JPEGImages/", "images/", "Images/"}) {
        const std::string path = place->base + sibling + (folder.empty() ? "" : folder + "/") + name;
        const Tree::Found found = stem ? tree.find_picture(path) : tree.find(path);
        if (!found.file.empty()) return found;
      }
    }
    return stem ? tree.find_picture(name, file.name) : tree.find(name, file.name);
  };
  const Tree::Found own = look(file.path.stem().string(), true);
  if (filename.empty()) return own;
  Tree::Found named = look(filename, false);
  if (named.file.empty() && !media_kind(filename)) named = look(filename, true);
  if (named.file.empty()) return own.file.empty() ? named : own;
  if (own.file.empty() || own.file == named.file) return named;
  return {{},
          fmt::format("the file's own name means {}, its <filename> {}", printable(own.file),
                      printable(named.file))};
}

Result<void> read_one(const Tree& tree, const LabelFile& file, const ImageSets& sets,
                      BoxedPictures& pictures) {
  DEW_TRY(const XmlFile xml, XmlFile::read(file, kLargestFile));
  std::vector<uint32_t> classes;
  for (const auto& object : xml.root().children("object")) {
    const std::string name = child_text(object, "name");  // of the object: its parts have names too
    if (name.empty())
      return usage_error("this object has no name", xml.where(object), "name its class, or remove it");
    if (child_text(object, "deleted") == "1") continue;  // LabelMe
    classes.push_back(pictures.class_number(name));
  }
  pictures.count_boxes(static_cast<int64_t>(classes.size()));
  pictures.read_from(file);
  const std::string filename = child_text(xml.root(), "filename");
  const Tree::Found found = find_picture(tree, file, filename);
  if (found.file.empty()) {
    pictures.missing({filename.empty() ? file.path.stem().string() : filename, file.shown, found.why});
    return {};
  }
  const size_t picture = pictures.picture(found.file, file.shown);
  for (const uint32_t number : classes) pictures.shows(picture, number, file.shown);
  pictures.looked_at(picture);
  const auto place = place_of(file.name);
  const ImageSets::Entry* entry = place ? sets.find(*place) : nullptr;
  if (entry == nullptr) {
    pictures.split(picture, split_of_folders(file.told));
    return {};
  }
  pictures.split(picture, entry->split);
  if (entry->differs) pictures.split_differs(picture);
  return {};
}

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  BoxedPictures pictures(tree);
  ImageSets sets;
  DEW_CHECK(sets.read(tree, pictures));
  DEW_CHECK(for_each_watched(files.size(), watch, [&](size_t i) {
    return read_one(tree, label_file(tree, files[i]), sets, pictures);
  }));
  return std::move(pictures).finish(BoxedPictures::ClassOrder::kByName);
}

}  // namespace

const Format kVoc{"voc", "Pascal VOC", "one XML file a picture", claims, nullptr, read};

}  // namespace dew::exchange
