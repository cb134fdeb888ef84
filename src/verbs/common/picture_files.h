// Pictures and videos named on a command line or in a request: files, and folders of them. What is left out
// is accounted for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/base.h"
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

struct FoundFile {
  fs::path path;
  std::string name;  ///< below the folder that was named; of a file that was named itself, the last part
  bool by_itself = false;  ///< named itself, not found in a folder
  fs::path origin = {};    ///< where its bytes are from, if not from `path`
};

struct FoundFiles {
  std::vector<FoundFile> files;  ///< in the order of the paths; those of a folder sorted by name
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
