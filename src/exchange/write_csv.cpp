// A table (RFC 4180), one picture a line:
//
//     file,sample,label,origin,by,split,confidence,reason,label_was
//
// A label is empty where nobody decided (then so is origin), or where a person or the policy set the picture
// aside (origin says who). label_was repeats the label: where they differ later on, somebody changed it.
#include <fmt/format.h>

#include <utility>

#include "exchange/writers.h"

namespace dew::exchange {
namespace {

/// Quoted where a reader would take it for something else, or trim it.
std::string field(const std::string& text) {
  const bool bare = text.find_first_of("\",\r\n;\t") == std::string::npos;
  const bool trimmed = text.empty() || (text.front() != ' ' && text.back() != ' ');
  if (bare && trimmed) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string line(const Outgoing& item, const OutPicture& picture) {
  const std::string confidence = item.confidence ? fmt::format("{:.4f}", *item.confidence) : std::string();
  std::vector<std::string> fields;
  for (const std::string& text :
       {picture.file, item.sample.name, item.label, item.origin, item.by,
        std::string(split_name(item.sample.split)), confidence, item.reason, item.label})
    fields.push_back(field(text));
  return join(fields, ",") + "\n";
}

class Writer : public LabelWriter {
 public:
  static Result<std::unique_ptr<LabelWriter>> begin(Export& out) {
    DEW_TRY(TextFile table, out.folder.text("labels.csv"));
    table.add("file,sample,label,origin,by,split,confidence,reason,label_was\n");
    return std::make_unique<Writer>(std::move(table));
  }
  explicit Writer(TextFile table) : table_(std::move(table)) {}

  Result<void> add(const Outgoing& item, const OutPicture& picture, const std::vector<Answer>&) override {
    table_.add(line(item, picture));
    return {};
  }
  Result<void> finish() override { return table_.close(); }

 private:
  TextFile table_;
};

}  // namespace

const OutFormat kOutCsv{
    .key = "csv",
    .name = "CSV",
    .what = "labels.csv, one picture a line, beside the pictures",
    .lost = "answers other than the label's, their cost and wording",
    .unlabelled = true,
    .says_who = true,
    .place = place_in_images,
    .begin = Writer::begin,
};

}  // namespace dew::exchange
