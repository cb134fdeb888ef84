// Who gave the labels of an export, beside it where its format cannot say so: without that, what a model said
// would come in again as a person's label. labelled-by.jsonl has an object a line:
//
//     {"dewdrop":"labelled-by","version":1,"folders":{"cat _ dog":"cat & dog"}}              (one line)
//     {"file":"train/cat/1.jpg","label":"cat","origin":"policy","by":"openai:gpt-4o","confidence":0.9,
//      "reason":"...","sha256":"..."}
//
// "folders" names the classes whose folders are called otherwise. "sha256" is the picture's: where no picture
// has the name any more, one with these bytes is meant; exports of earlier versions lack it. A label that is
// another one by now was changed by whoever worked on the export: it is that person's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/dataset.h"
#include "exchange/table.h"
#include "exchange/tree.h"
#include "exchange/writers.h"

namespace dew::exchange {

constexpr std::string_view kLabelledBy = "labelled-by.jsonl";

/// The answer that a label by a machine comes in again as. `by`: the models.
Answer answer_again(std::string label, const std::string& by);

/// The note about labels that are others by now than Dewdrop exported.
std::string changed_labels(int64_t count);

/// Writes the file, line by line.
class LabelledByWriter {
 public:
  static Result<LabelledByWriter> begin(Export& out, const OutFormat& format);
  /// Error: the picture, which is written already, cannot be read.
  Result<void> add(const Outgoing& item, const OutPicture& picture);
  Result<void> close() { return file_.close(); }

 private:
  LabelledByWriter(const OutFolder& folder, TextFile file) : folder_(&folder), file_(std::move(file)) {}
  const OutFolder* folder_;
  TextFile file_;
};

/// Whether a file of the tree is such a file.
bool is_labelled_by(const Tree& tree, std::string_view file);

/// Puts what such a file of the tree says into the set, which was read from the export around it; a note
/// counts its lines about pictures that are not there. Errors: it or a picture cannot be read; (usage) a line
/// is broken; interrupted.
Result<void> read_labelled_by(const Tree& tree, std::string_view file, DataSet& set, Watch& watch);

/// The same from the metadata of samples in an info.labels, which Edge Impulse keeps when it exports them
/// itself: "origin", "by" and "label_was".
Result<void> read_metadata(const Tree& tree, std::string_view file, DataSet& set, Watch& watch);

}  // namespace dew::exchange
