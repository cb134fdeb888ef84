// A table (RFC 4180), one picture a line:
//
//     file,sample,label,origin,by,split,confidence,reason
//
// A label is empty where nobody decided (then so is origin), or where a person or the policy set the picture
// aside (origin says who).
#include <fmt/format.h>

#include <algorithm>

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
  for (const std::string& text : {picture.file, item.sample.name, item.label, item.origin, item.by,
                                  std::string(split_name(item.sample.split)), confidence, item.reason})
    fields.push_back(field(text));
  return join(fields, ",") + "\n";
}

Result<void> write(Export& out) {
  DEW_TRY(TextFile table, out.folder.text("labels.csv"));
  table.add("file,sample,label,origin,by,split,confidence,reason\n");
  DEW_CHECK(each_written(out, [&](const Outgoing& item, const OutPicture& picture) -> Result<void> {
    table.add(line(item, picture));
    return {};
  }));
  return table.close();
}

}  // namespace

const OutFormat kOutCsv{
    .key = "csv",
    .name = "CSV",
    .what = "labels.csv, one picture a line, beside the pictures",
    .lost = "answers other than the label's, their cost and wording",
    .unlabelled = true,
    .place = place_in_images,
    .write = write,
};

}  // namespace dew::exchange
