// `export`: pictures, labels and answers as a folder that other tools read. The formats are the exchange
// room's.
#pragma once

#include <string>
#include <vector>

#include "exchange/exchange.h"
#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct ExportArgs {
  fs::path project;    ///< any folder inside it
  fs::path out;        ///< the folder to write; it must not exist, or be empty
  std::string to;      ///< key of a format: "coco"; see exchange::formats_out()
  std::string labels;  ///< which labels, as label::parse_label_set() takes them; empty: all as they are
  std::string split;   ///< these samples only: train, validation or test; empty: all
  bool skip_missing = false;  ///< leave out pictures whose files are gone or have changed
};

struct ExportOutcome : Outcome {
  std::string format;
  fs::path folder;
  std::string labels;  ///< as parse_label_set() takes them
  exchange::Written written;
};

/// Writes all samples, or those of a split, whole or not at all. Damaged pictures are told and left out; so
/// are those without a label where the format cannot hold them. Error: exchange::write()'s, files that are
/// gone among them; no such labels, no samples.
Result<ExportOutcome> export_samples(const ExportArgs& args, Watch& watch);

Json to_json(const ExportOutcome& outcome);

}  // namespace dew::verbs
