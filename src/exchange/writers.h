// The table of formats that are written, and what their writers share.
#pragma once

#include <functional>
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

/// An export under way.
struct Export {
  const OutgoingSet& set;
  const Origins& origins;
  OutFolder& folder;
  Watch& watch;
  std::vector<OutPicture> pictures;  ///< one for each of set.items
  Written written;
};

/// Which folder a sample's picture goes into.
using PlaceOf = std::function<std::string(const Outgoing&)>;

struct OutFormat {
  const char* key;
  const char* name;
  const char* what;
  /// What the format cannot say, for the data card: "who labelled, ...". Empty: nothing.
  const char* lost;
  bool unlabelled = false;  ///< pictures without a label can be in there, and nobody takes them for more
  bool by_stem = false;     ///< a label file takes the name of its picture without the extension
  bool flat = false;        ///< pictures of one folder lie in it side by side: tools go by a name's last part
  /// Extensions of pictures that the format's tools read, between blanks: " .jpg .png "; empty: all.
  std::string_view takes = "";
  PlaceOf (*place)(const OutgoingSet& set);
  /// Everything but pictures and the data card.
  Result<void> (*write)(Export& out);
  /// What stands before the data card; nullptr: nothing.
  std::string (*card_head)(const Export& out) = nullptr;
};

const std::vector<OutFormat>& table_of_writers();

/// JSON whose keys keep their order, in one line; bytes that are not UTF-8 become U+FFFD.
using OutJson = nlohmann::ordered_json;
std::string line_of(const OutJson& json);

/// Goes through the samples that have a picture, with progress. Error: `give`'s, interrupted.
Result<void> each_written(Export& out,
                          const std::function<Result<void>(const Outgoing&, const OutPicture&)>& give);
/// The same with all answers about each; only those of some samples are in memory at a time.
Result<void> each_written_with_answers(
    Export& out,
    const std::function<Result<void>(const Outgoing&, const OutPicture&, const std::vector<Answer>&)>& give);

/// All pictures below "images".
PlaceOf place_in_images(const OutgoingSet& set);
/// What programs on top of Pillow and OpenCV read.
constexpr std::string_view kUsualPictures = " .jpg .jpeg .png .bmp .ppm .pgm .tif .tiff .webp ";

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
