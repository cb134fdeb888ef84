// Dewdrop's own form, out: see jsonl.h.
#include "exchange/jsonl.h"

#include <utility>

#include "exchange/writers.h"

namespace dew::exchange {
namespace {

OutJson header(const Settings& settings) {
  return {{"dewdrop", "samples"},          {"version", kJsonlVersion},    {"name", settings.name},
          {"question", settings.question}, {"classes", settings.classes}, {"unsure", settings.unsure}};
}

OutJson label_of(const Outgoing& item) {
  if (item.origin.empty()) return nullptr;
  return {{"class", item.label.empty() ? OutJson(nullptr) : OutJson(item.label)},
          {"origin", item.origin},
          {"by", item.by},
          {"at", item.at},
          {"was", item.label.empty() ? OutJson(nullptr) : OutJson(item.label)}};
}

OutJson answer_of(const Answer& answer) {
  OutJson json{{"teacher", answer.teacher},
               {"model", answer.model},
               {"prompt_hash", answer.prompt_hash},
               {"class", answer.answer_class},
               {"confidence", answer.confidence ? OutJson(*answer.confidence) : OutJson(nullptr)},
               {"reason", answer.reason},
               {"tokens_in", answer.tokens_in},
               {"tokens_out", answer.tokens_out},
               {"cost_usd", answer.cost_usd},
               {"at", answer.at}};
  if (is_utf8(answer.raw))
    json["raw"] = answer.raw;
  else
    json["raw_base64"] = base64(answer.raw);
  return json;
}

class Writer : public LabelWriter {
 public:
  static Result<std::unique_ptr<LabelWriter>> begin(Export& out) {
    DEW_TRY(TextFile file, out.folder.text("samples.jsonl"));
    file.add(line_of(header(out.settings)) + "\n");
    return std::make_unique<Writer>(std::move(file));
  }
  explicit Writer(TextFile file) : file_(std::move(file)) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture,
                   const std::vector<Answer>& answers) override {
    OutJson list = OutJson::array();
    for (const Answer& answer : answers) list.push_back(answer_of(answer));
    file_.add(line_of({{"file", picture.file},
                       {"sample", item.sample.name},
                       {"split", split_name(item.sample.split)},
                       {"label", label_of(item)},
                       {"answers", list}}));
    file_.add("\n");
    return {};
  }
  Result<void> finish() override { return file_.close(); }

 private:
  TextFile file_;
};

}  // namespace

const OutFormat kOutJsonl{
    .key = "jsonl",
    .name = "Dewdrop JSON Lines",
    .what = "samples.jsonl with everything about each sample: labels, who gave them, all answers",
    .lost = "labels that others have replaced",
    .unlabelled = true,
    .answers = true,
    .says_who = true,
    .place = place_in_images,
    .begin = Writer::begin,
};

}  // namespace dew::exchange
