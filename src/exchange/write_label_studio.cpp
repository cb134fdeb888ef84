// Label Studio (https://labelstud.io/guide/tasks): tasks.json to import and labelling.xml, the labelling
// interface. Pictures are served from the disk: /data/local-files/?d= and the path below
// LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT, which is the folder that the export lies in.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "exchange/writers.h"

namespace dew::exchange {
namespace {

/// Percent-encoded (RFC 3986), but for '/' and ','.
std::string in_url(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/,";
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) || kPlain.find(c) != std::string_view::npos;
    text += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return text;
}

std::string in_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += c;
  }
  return escaped;
}

/// What sets a picture aside; where the project has no word for it, "unsure". Empty: that is a class.
std::string word_for_unsure(const Settings& settings) {
  constexpr const char* kUnsure = "unsure";
  if (!settings.unsure.empty()) return settings.unsure;
  const auto is = [](const std::string& name) { return lower(name) == kUnsure; };
  return std::any_of(settings.classes.begin(), settings.classes.end(), is) ? "" : kUnsure;
}

/// `unsure`: empty where nothing sets a picture aside.
std::string labelling(const Settings& settings, const std::string& unsure) {
  std::string text = "<View>\n  <Image name=\"image\" value=\"$image\"/>\n";
  text += fmt::format("  <Header value=\"{}\"/>\n", in_xml(settings.question));
  text += "  <Choices name=\"choice\" toName=\"image\" choice=\"single\" required=\"true\">\n";
  for (const std::string& name : settings.classes)
    text += fmt::format("    <Choice value=\"{}\"/>\n", in_xml(name));
  if (!unsure.empty())
    text += fmt::format("    <Choice value=\"{}\" hint=\"{}\"/>\n", in_xml(unsure), kSetsAside);
  return text + "  </Choices>\n</View>\n";
}

OutJson choice(const std::string& name) {
  return OutJson::array({{{"from_name", "choice"},
                          {"to_name", "image"},
                          {"type", "choices"},
                          {"value", {{"choices", OutJson::array({name})}}}}});
}

OutJson prediction(const Answer& answer) {
  constexpr size_t kShortHash = 8;
  OutJson json{{"model_version", fmt::format("{}:{}#{}", answer.teacher, answer.model,
                                             prompt_of(answer.prompt_hash).substr(0, kShortHash))}};
  if (answer.confidence) json["score"] = *answer.confidence;
  json["result"] = choice(answer.answer_class);
  return json;
}

OutJson task(const Export& out, const Outgoing& item, const OutPicture& picture,
             const std::vector<Answer>& answers) {
  OutJson data{{"image", "/data/local-files/?d=" + in_url(out.folder.name() + "/" + picture.file)},
               {"sample", item.sample.name},
               {"split", split_name(item.sample.split)}};
  OutJson annotations = OutJson::array();
  if (item.origin == "human") {
    data["by"] = item.by;
    const std::string said = item.label.empty() ? word_for_unsure(out.settings) : item.label;
    if (!said.empty()) {
      data["label_was"] = said;  // an annotation that differs by now is not of who labelled here
      annotations.push_back({{"result", choice(said)}});
    }
  }
  OutJson predictions = OutJson::array();
  for (const Answer& answer : answers) predictions.push_back(prediction(answer));
  return {{"data", data}, {"annotations", annotations}, {"predictions", predictions}};
}

class Writer : public LabelWriter {
 public:
  static Result<std::unique_ptr<LabelWriter>> begin(Export& out) {
    DEW_TRY(TextFile file, out.folder.text("tasks.json"));
    return std::make_unique<Writer>(out, std::move(file));
  }
  Writer(Export& out, TextFile file) : out_(out), file_(std::move(file)) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture,
                   const std::vector<Answer>& answers) override {
    file_.add(std::exchange(before_, ",\n"));
    file_.add(line_of(task(out_, item, picture, answers)));
    if (item.origin == "human" && item.label.empty()) ++set_aside_;
    return {};
  }

  Result<void> finish() override {
    file_.add("\n]\n");
    DEW_CHECK(file_.close());
    const std::string unsure = word_for_unsure(out_.settings);
    if (set_aside_ > 0 && unsure.empty())
      out_.written.notes.push_back(
          plural(set_aside_, "sample that somebody set aside has", "samples that somebody set aside have") +
          " no annotation: the project has no word for it (--unsure), and 'unsure' is one of its classes.");
    out_.written.notes.push_back(fmt::format(
        "Models' answers are predictions, people's labels annotations; the labels that the policy makes of "
        "answers are not in here. Label Studio finds the pictures where "
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED is true, LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT is the "
        "folder above `{0}`, and the project has a local storage for `{0}/images`. Set labelling.xml as the "
        "labelling interface, then import tasks.json.",
        printable(out_.folder.name())));
    const bool choose = set_aside_ > 0 || !out_.settings.unsure.empty();
    return out_.folder.write("labelling.xml", labelling(out_.settings, choose ? unsure : ""));
  }

 private:
  Export& out_;
  TextFile file_;
  const char* before_ = "[\n";
  int64_t set_aside_ = 0;
};

}  // namespace

const OutFormat kOutLabelStudio{
    .key = "label-studio",
    .name = "Label Studio",
    .what =
        "tasks.json with people's labels as annotations and models' answers as predictions, labelling.xml",
    .lost = "reasons, cost and wording of answers",
    .unlabelled = true,
    .answers = true,
    .says_who = true,
    .takes = " .jpg .jpeg .png .gif .bmp .webp ",
    .place = place_in_images,
    .begin = Writer::begin,
};

}  // namespace dew::exchange
