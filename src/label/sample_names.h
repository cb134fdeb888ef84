// Which sample a table means by a name.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/base.h"
#include "store/store.h"

namespace dew::label {

/// The names by which a project's samples are known: their own, their files', and those of every file that
/// the bytes came from, with the folder that was added ("A/IMG_0001.jpg") and the whole path. How letters
/// with accents are written (NFC or NFD) makes no difference. What is found nowhere so may be written as on
/// another machine ("C:\\x\\A\\1.jpg", "gs://bucket/A/1.jpg"), without its extension, or in another case,
/// where one file fits.
class SampleNames {
 public:
  /// All three must outlive this object.
  SampleNames(const std::vector<Sample>& samples, const std::vector<Source>& sources,
              const std::vector<Origin>& origins);

  struct Found {
    const Sample* sample = nullptr;
    bool whole_name = false;  ///< one of its names, not a part of one
    bool still = false;       ///< find_frame(): a picture, which has no frames
  };

  /// A name is taken whole; else it may have fewer leading folders than the file had, or more before the
  /// folder that was added. Error (usage, without a place): no file fits, several do, or the one that does
  /// was cut into several samples. Looking for the nearest name (`with_hint`) takes time.
  [[nodiscard]] Result<Found> find(const std::string& name, bool with_hint = true) const;

  /// The sample of exactly this name; nullptr: there is none.
  [[nodiscard]] const Sample* called(const std::string& name) const;

  /// The paths that a sample's file had, each from the folder that was added: "test/1.jpg". Empty: they were
  /// not kept.
  [[nodiscard]] const std::vector<std::string>& added_from(const Sample& sample) const;

  /// The same of a frame of a video, which the project may lack: then `sample` is null. Of a picture, the
  /// number says nothing.
  [[nodiscard]] Result<Found> find_frame(const std::string& name, int64_t frame) const;

 private:
  struct File {
    const Source* source = nullptr;
    std::vector<const Sample*> samples;
    std::vector<std::string> whole;   ///< names, as in whole_
    std::vector<std::string> paths;   ///< absolute ones; none: the file was added before they were kept
    std::vector<std::string> rooted;  ///< of each path, the part from the folder that was added
    std::string shown;                ///< what tells it from the others
  };

  void know(size_t file, const std::string& name);
  void know_origin(size_t file, const Origin& origin);
  [[nodiscard]] static size_t agreement(const File& file, const std::string& key);
  [[nodiscard]] std::vector<size_t> files_called(const std::string& key, bool& whole) const;
  [[nodiscard]] std::vector<size_t> files_meant(const std::string& name, bool& whole) const;
  [[nodiscard]] std::vector<size_t> files_of_other_machine(const std::string& path) const;
  [[nodiscard]] std::vector<size_t> files_without_extension(const std::string& key, bool& whole) const;
  [[nodiscard]] Result<Found> sample_of(const File& file, const std::string& name, bool whole) const;
  [[nodiscard]] Result<Found> find_in(const std::vector<size_t>& files, const std::string& name,
                                      bool whole) const;
  [[nodiscard]] std::string hint(const std::string& name) const;

  const std::vector<Sample>& samples_;
  std::vector<File> files_;
  std::unordered_map<int64_t, size_t> file_of_;  ///< by the source's id
  std::unordered_map<std::string, const Sample*> by_name_;
  std::unordered_multimap<std::string, size_t> whole_;
  std::unordered_multimap<std::string, size_t> by_last_part_;
  std::unordered_multimap<std::string, size_t> in_lower_case_;  ///< as whole_
  std::set<std::string> extensions_;                            ///< of pictures and videos
  std::set<std::string> folders_;                               ///< parts of the files' names before the last
};

}  // namespace dew::label
