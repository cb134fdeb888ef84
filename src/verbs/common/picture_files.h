// Pictures and videos named on a command line or in a request: files, and folders of them. What is left out
// is accounted for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/base.h"
#include "base/texts.h"
#include "store/store.h"

namespace dew::verbs {

/// Why a file or folder was left out.
enum class LeftOut {
  kMissing,           ///< it is not there, or vanished meanwhile; or a link that leads nowhere
  kUnreadable,        ///< no permission, or the disk fails
  kUnreadableFolder,  ///< what is in it is not known
  kLinkedFolder,      ///< links to folders are not followed: they may lead in circles
  kNotMedia,          ///< named like a picture or video, but none by its content
  kEmpty,
  kUndecodable,
  kTooLarge,
  kCut,            ///< it cannot be cut as asked
  kName,           ///< its name cannot be used
  kChanging,       ///< it was written to while it was read
  kEncrypted,      ///< an archive that needs a password
  kLinkInArchive,  ///< it leads to what the archive may not hold
  kInnerArchive,   ///< an archive within an archive
  kReplaced,       ///< an entry further on in the archive has the same name, and stands
  kOther,          ///< neither by its name nor by its content a picture or video: a text beside pictures
  kPassedOver,     ///< what other programs and Dewdrop itself keep: thumbnails, .git, __MACOSX, .dewdrop
};

/// "not-media", for JSON and summaries.
std::string_view key_of(LeftOut why);
/// What the reason is, and what to do about it: "damaged or cut off", "get them again".
struct Advice {
  std::string_view what;
  std::string_view next;
};
Advice advice_on(LeftOut why);
LeftOut left_out(Refusal why);

/// What was left out for one reason.
struct LeftOutFiles {
  int64_t count = 0;
  std::vector<std::string> first;  ///< paths, a few of them
};

/// What was left out, by reason.
class LeftOuts {
 public:
  void add(LeftOut why, const fs::path& path);
  /// `count` of them, `first` among them.
  void add(LeftOut why, int64_t count, const std::vector<fs::path>& first);
  void add(const LeftOuts& others);
  /// Tells paths as `shown` gives them.
  void rename(const std::function<fs::path(const fs::path&)>& shown);
  [[nodiscard]] const std::map<LeftOut, LeftOutFiles>& all() const { return all_; }
  /// Without other files and what was passed over: the user does not miss them.
  [[nodiscard]] int64_t missed() const;
  [[nodiscard]] int64_t count(LeftOut why) const;

 private:
  std::map<LeftOut, LeftOutFiles> all_;
};

/// Lines for people, one a reason, ready for a terminal.
std::vector<std::string> lines_about(const LeftOuts& left_out);

/// Files, and what each is called: its path below the folder that was named; of a file that was named itself,
/// the last part. Each costs the letters of its name and some twenty bytes.
class FileList {
 public:
  /// `folder` as before, or another one: then it begins a new stretch.
  void add(const fs::path& folder, std::string_view below);
  /// Named itself, not found in a folder.
  void add_itself(const fs::path& path);
  [[nodiscard]] size_t size() const { return files_.size(); }
  [[nodiscard]] fs::path path(size_t file) const {
    return folders_[files_[file].folder] / files_[file].below;
  }
  [[nodiscard]] std::string_view name(size_t file) const;
  [[nodiscard]] bool by_itself(size_t file) const { return files_[file].by_itself; }
  void rename(size_t file, std::string_view name) { renamed_[file] = texts_.keep(name); }
  /// Those from this one on.
  void sort_by_name(size_t from);

 private:
  struct File {
    std::string_view below;
    uint32_t folder = 0;
    bool by_itself = false;
  };
  Texts texts_;
  std::vector<fs::path> folders_;
  std::vector<File> files_;
  std::unordered_map<size_t, std::string_view> renamed_;
};

struct FoundFiles {
  FileList files;  ///< in the order of the paths; those of a folder sorted by name
  LeftOuts left_out;
};

/// Files, and all files below folders whose content is a picture or a video. A file that was named itself is
/// not looked into. What `known` is true for is neither found nor left out.
FoundFiles find_media_files(const std::vector<fs::path>& paths,
                            const std::function<bool(const fs::path&)>& known = {});

/// The pictures below a folder, sorted; or the file itself, whatever it is called. Tells the watch what else
/// is there. Error: none there.
Result<std::vector<fs::path>> pictures_at(const fs::path& path, Watch& watch);

}  // namespace dew::verbs
