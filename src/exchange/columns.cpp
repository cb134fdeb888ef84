// What a table's column is for, by its name; and cells that every column may have.
#include <algorithm>

#include "exchange/table.h"

namespace dew::exchange {
namespace {

using Names = std::vector<std::string_view>;

/// In the form of plain().
const Names& names_of(Column column) {
  static const Names kPicture{"file",      "filename",      "filepath",    "image",  "imagepath",
                              "imagefile", "imagefilename", "imagename",   "img",    "imgpath",
                              "imgname",   "path",          "picture",     "photo",  "fname",
                              "imageid",   "imgid",         "imagegcsuri", "gcsuri", "imageurl",
                              "url",       "uri",           "sample",      "name",   "id"};
  static const Names kClass{"human", "classname", "labelname", "categoryname", "class", "label", "truth",
                            "category", "target", "groundtruth", "choice", "annotation", "answer", "species",
                            "breed", "diagnosis", "tag", "gt", "ytrue", "truelabel", "trueclass", "goldlabel",
                            "gold", "classid", "labelid", "categoryid",
                            // What is corrected and what corrects it contradict each other.
                            "correctedlabel", "labelcorrected", "newlabel", "labelnew", "fixedlabel",
                            "labelfixed", "finallabel", "labelfinal"};
  static const Names kClasses{"labels", "classes", "tags", "categories", "choices"};
  static const Names kSplit{"split", "subset", "set", "mluse", "usage", "partition", "dataset", "phase"};
  static const Names kOrigin{"origin"};
  static const Names kBy{"by"};
  static const Names kConfidence{"confidence"};
  static const Names kReason{"reason"};
  static const Names kAnnotator{"annotator"};
  static const Names kLabelWas{"labelwas"};
  static const Names kFrame{"frame",   "frameno",    "framenr",    "framenum",
                            "frameid", "frameindex", "framenumber"};
  static const Names kSpan{"startframe", "framestart",   "firstframe", "start", "starttime",
                           "startsec",   "startseconds", "begin",      "time",  "timesec",
                           "timestamp",  "second",       "seconds",    "sec"};
  static const Names kOther{"", "width", "height", "depth", "index", "unnamed:0", "annotationid", "createdat",
                            "updatedat", "leadtime", "agreement", "remarks", "comment", "comments", "caption",
                            "text", "fold", "size", "sha256", "md5", "labelwas",
                            // What was done with a picture, or will be.
                            "istest", "istrain", "isval", "isvalid", "isvalidation", "reviewed", "verified",
                            "exported", "checked", "done", "skip", "skipped", "deleted", "enabled",
                            "disabled", "active"};
  switch (column) {
    case Column::kPicture:
      return kPicture;
    case Column::kClass:
      return kClass;
    case Column::kClasses:
      return kClasses;
    case Column::kSplit:
      return kSplit;
    case Column::kOrigin:
      return kOrigin;
    case Column::kBy:
      return kBy;
    case Column::kConfidence:
      return kConfidence;
    case Column::kReason:
      return kReason;
    case Column::kAnnotator:
      return kAnnotator;
    case Column::kLabelWas:
      return kLabelWas;
    case Column::kSpan:
      return kSpan;
    case Column::kFrame:
      return kFrame;
    case Column::kOther:
      return kOther;
  }
  return kOther;
}

/// "File Name", "file_name" and "fileName" are one name.
std::string plain(std::string_view name) {
  std::string result = lower(name);
  std::erase_if(result, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return result;
}

/// "gpt", "o", "answer" of "gpt_4o_answer".
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : lower(name)) {
    const bool letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    if (letter)
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  return words;
}

bool has_word(std::string_view name, const Names& known) {
  const auto words = words_of(name);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(known.begin(), known.end(), word) != known.end();
  });
}

/// "y_pred", "predicted_label", "pred class", "inferred_class", "argmax_class"; but not "predator".
bool said_by_a_model(const std::string& name) {
  static const Names kNames{"guess",      "score",       "scores",  "probability", "yhat",      "modeloutput",
                            "modellabel", "modelclass",  "ailabel", "aiclass",     "aianswer",  "modelanswer",
                            "autolabel",  "autoclass",   "top1",    "top1class",   "top1label", "conf",
                            "confidence", "confidences", "logits",  "logit"};
  const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
  return has("predict") || has("predicci") || (name.starts_with("pred") && !name.starts_with("predator")) ||
         name.ends_with("pred") || has("inferred") || has("argmax") ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

std::optional<size_t> find_column(const std::vector<std::string>& header, const Names& names) {
  std::vector<std::string> known;
  known.reserve(header.size());
  for (const std::string& name : header) known.push_back(plain(name));
  for (const std::string_view name : names) {
    const auto at = std::find(known.begin(), known.end(), name);
    if (at != known.end()) return static_cast<size_t>(at - known.begin());
  }
  return std::nullopt;
}

std::optional<size_t> find_column(const std::vector<std::string>& header, Column column) {
  return find_column(header, names_of(column));
}

bool is_column(std::string_view name, Column column) {
  if (column == Column::kOther && (is_of_a_model(name) || is_column(name, Column::kFrame))) return true;
  const Names& names = names_of(column);
  return std::find(names.begin(), names.end(), plain(name)) != names.end();
}

bool is_of_a_model(std::string_view name) {
  static const Names kWords{"gpt",        "chatgpt", "llm",         "llms",       "vlm",          "vlms",
                            "yolo",       "yolov",   "openai",      "llava",      "qwen",         "siglip",
                            "openclip",   "resnet",  "mobilenet",   "vorhersage", "vorhergesagt", "prognose",
                            "prédiction", "prédit",  "voorspelling"};
  return said_by_a_model(plain(name)) || has_word(name, kWords) || may_be_of_a_model(name);
}

bool may_be_of_a_model(std::string_view name) {
  static const Names kWords{"clip", "claude", "gemini", "anthropic"};
  return plain(name) == "model" || has_word(name, kWords);
}

bool is_machine(std::string_view origin) {
  return origin == "policy" || origin == "local";
}

bool label_changed(std::string_view label, std::string_view was) {
  return !label.empty() && lower(label) != lower(was);
}

bool is_map_of_another(std::string_view name) {
  static const Names kMaps{"mask",    "depth",     "segmentation", "annotation", "normal",
                           "edge",    "pose",      "heatmap",      "flow",       "overlay",
                           "control", "condition", "label",        "saliency"};
  const std::string low = lower(name);
  return std::any_of(kMaps.begin(), kMaps.end(),
                     [&](std::string_view map) { return low.find(map) != std::string::npos; });
}

bool says_nothing(std::string_view cell) {
  // "none" and "na" may be classes.
  static const Names kNothing{"?",    "NaN",  "nan",  "NAN",  "NA",   "N/A",    "n/a",   "#N/A",
                              "<NA>", "null", "NULL", "Null", "None", "<null>", "(null)"};
  return std::find(kNothing.begin(), kNothing.end(), cell) != kNothing.end();
}

}  // namespace dew::exchange
