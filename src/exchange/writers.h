// The table of formats that are written, and what their writers share.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/out_folder.h"
#include "exchange/outgoing.h"

namespace dew::exchange {

/// A picture as it was written.
struct OutPicture {
  std::string file;  ///< below the export's root, with '/'; empty: the sample is left out
  int width = 0;
  int height = 0;
};

/// What the data card counts of what was written.
struct Tally {
  using Row = std::array<int64_t, 3>;  ///< by split
  std::map<std::string, Row> by_class;
  Row without_label{};
  Row by_split{};
  std::map<std::string, int64_t> people;  ///< decisions by each
  int64_t stills = 0;                     ///< sources
  int64_t videos = 0;
  std::vector<std::string> first_sources;  ///< names of the first twenty
};

/// An export under way. Nothing in it grows with the samples but the names that are taken.
struct Export {
  Origins& origins;
  const Settings& settings;
  OutFolder& folder;
  Watch& watch;
  bool skip_missing;  ///< leave out pictures whose files are gone or have changed; else they end it all
  Written written;
  Tally tally;
};

/// Which folder a sample's picture goes into.
using PlaceOf = std::function<std::string(const Outgoing&)>;

/// What a format says of the pictures: it gets one after the other, source by source.
class LabelWriter {
 public:
  LabelWriter() = default;
  LabelWriter(const LabelWriter&) = delete;
  LabelWriter& operator=(const LabelWriter&) = delete;
  virtual ~LabelWriter() = default;
  /// `answers`: all about it, where OutFormat::answers says that they are wanted.
  virtual Result<void> add(const Outgoing& item, const OutPicture& picture,
                           const std::vector<Answer>& answers) = 0;
  virtual Result<void> finish() = 0;
};

struct OutFormat {
  const char* key;
  const char* name;
  const char* what;
  /// What the format cannot say, for the data card: "who labelled, ...". Empty: nothing.
  const char* lost;
  bool unlabelled = false;  ///< pictures without a label can be in there, and nobody takes them for more
  bool answers = false;     ///< its writer wants them
  bool says_who = false;    ///< who gave a label; else that is written beside it, see labelled_by.h
  bool by_stem = false;     ///< a label file takes the name of its picture without the extension
  bool flat = false;        ///< pictures of one folder lie in it side by side: tools go by a name's last part
  /// Extensions of pictures that the format's tools read, between blanks: " .jpg .png "; empty: all.
  std::string_view takes = "";
  PlaceOf (*place)(const Settings& settings);
  /// Writes everything but pictures and the data card.
  Result<std::unique_ptr<LabelWriter>> (*begin)(Export& out);
  /// What stands before the data card; nullptr: nothing.
  std::string (*card_head)(const Export& out) = nullptr;
};

const std::vector<OutFormat>& table_of_writers();

/// OutFormat::begin of a writer that opens no file yet.
template <typename Writer>
Result<std::unique_ptr<LabelWriter>> begin_with(Export& out) {
  return std::make_unique<Writer>(out);
}

/// JSON whose keys keep their order, in one line; bytes that are not UTF-8 become U+FFFD.
using OutJson = nlohmann::ordered_json;
std::string line_of(const OutJson& json);

/// All pictures below "images".
PlaceOf place_in_images(const Settings& settings);
/// What programs on top of Pillow and OpenCV read.
constexpr std::string_view kUsualPictures = " .jpg .jpeg .png .bmp .ppm .pgm .tif .tiff .webp ";

/// The hint of the choice that is no class, in Label Studio's labelling interface.
constexpr std::string_view kSetsAside = "cannot tell: sets the picture aside";

/// The index of each class. Sorted by name.
std::map<std::string, size_t> class_numbers(const Settings& settings);

/// "stopped: nothing was written".
tl::unexpected<Error> export_interrupted();

// One file each.
extern const OutFormat kOutFolders;
extern const OutFormat kOutCsv;
extern const OutFormat kOutCoco;
extern const OutFormat kOutYolo;
extern const OutFormat kOutEdgeImpulse;
extern const OutFormat kOutLabelStudio;
extern const OutFormat kOutHuggingFace;
extern const OutFormat kOutJsonl;

}  // namespace dew::exchange
