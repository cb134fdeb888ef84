// Dewdrop's own form, in: see jsonl.h. What a person decided comes in as that person's; what a policy decided
// does not, since the project decides that anew from the answers.
#include "exchange/jsonl.h"
#include "exchange/item_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "exchange/formats.h"
#include "exchange/label_file.h"
#include "exchange/labelled_by.h"
#include "exchange/lines.h"
#include "exchange/picture_numbers.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostClasses = 100'000;
constexpr int kDeepest = 6;
constexpr const char* kUnsure = "unsure";  // what sets aside where the project had no word for it
constexpr const char* kNext = "correct this line, or export the samples again: dewdrop export --to jsonl";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What is wrong with a line, without where.
tl::unexpected<std::string> wrong(std::string why) {
  return tl::unexpected(std::move(why));
}
template <typename T>
using Read = tl::expected<T, std::string>;

struct Header {
  std::vector<std::string> classes;
  std::unordered_set<std::string> known;  ///< the same, to look up
  std::string unsure;
};

/// What was said of each picture.
struct Said {
  PictureNumbers numbers;      ///< in the data set
  std::vector<size_t> hashes;  ///< of the lines
};

/// One sample's line.
struct Line {
  std::string file;
  Item item;
  bool by_policy = false;  ///< its label is a policy's, which does not come in
  bool changed = false;    ///< ... is another one than was exported
  bool set_aside = false;  ///< by a person
};

Read<std::string> text(const Json& object, const char* key, bool required = true) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) {
    if (required) return wrong(fmt::format("\"{}\" is missing", key));
    return std::string();
  }
  if (!at->is_string()) return wrong(fmt::format("\"{}\" is not a text", key));
  return at->get<std::string>();
}

Read<double> amount(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return 0.0;
  if (!at->is_number() || !(at->get<double>() >= 0) || !std::isfinite(at->get<double>()))
    return wrong(fmt::format("\"{}\" is not a number from 0 on", key));
  return at->get<double>();
}

Read<int64_t> count(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return int64_t{0};
  constexpr int64_t kMost = int64_t{1} << 53;
  const bool whole = at->is_number_unsigned() && at->get<uint64_t>() <= static_cast<uint64_t>(kMost);
  if (!whole) return wrong(fmt::format("\"{}\" is not a whole number from 0 on", key));
  return at->get<int64_t>();
}

Read<std::string> one_of(const Header& header, std::string name, bool or_unsure) {
  const bool known = std::find(header.classes.begin(), header.classes.end(), name) != header.classes.end() ||
                     (or_unsure && !header.unsure.empty() && name == header.unsure);
  if (known) return name;
  return wrong(fmt::format("the class '{}' is not one of the first line's: {}", printable(name, 60),
                           printable(join(header.classes))));
}

Read<std::string> raw_of(const Json& json) {
  if (!json.contains("raw_base64")) return text(json, "raw", false);
  DEW_TRY(const std::string encoded, text(json, "raw_base64"));
  const auto bytes = from_base64(encoded);
  if (!bytes) return wrong("\"raw_base64\" is not Base64");
  return *bytes;
}

Read<Answer> read_answer(const Json& json, const Header& header) {
  if (!json.is_object()) return wrong("an answer is not a JSON object");
  Answer answer;
  DEW_TRY(answer.teacher, text(json, "teacher"));
  DEW_TRY(answer.model, text(json, "model"));
  DEW_TRY(answer.prompt_hash, text(json, "prompt_hash"));
  DEW_TRY(std::string name, text(json, "class"));
  DEW_TRY(answer.answer_class, one_of(header, std::move(name), true));
  if (const auto at = json.find("confidence"); at != json.end() && !at->is_null()) {
    if (!at->is_number() || !(at->get<double>() >= 0 && at->get<double>() <= 1))
      return wrong("\"confidence\" is not a number from 0 to 1");
    answer.confidence = at->get<double>();
  }
  DEW_TRY(answer.reason, text(json, "reason", false));
  DEW_TRY(answer.tokens_in, count(json, "tokens_in"));
  DEW_TRY(answer.tokens_out, count(json, "tokens_out"));
  DEW_TRY(answer.cost_usd, amount(json, "cost_usd"));
  DEW_TRY(answer.at, text(json, "at", false));
  DEW_TRY(answer.raw, raw_of(json));
  return answer;
}

Read<void> read_label(const Json& json, const Header& header, Line& line) {
  if (json.is_null()) return {};
  if (!json.is_object()) return wrong("\"label\" is neither null nor a JSON object");
  DEW_TRY(const std::string origin, text(json, "origin"));
  if (origin != "human" && !is_machine(origin))
    return wrong("\"origin\" is neither human nor policy nor local");
  DEW_TRY(std::string name, text(json, "class", false));
  if (!name.empty()) {
    DEW_TRY(name, one_of(header, std::move(name), false));
  }
  DEW_TRY(const std::string was, text(json, "was", false));
  line.changed = json.contains("was") && lower(was) != lower(name);
  line.by_policy = is_machine(origin) && !line.changed;
  if (line.by_policy) return {};
  DEW_TRY(std::string by, text(json, "by", false));
  if (!line.changed) line.item.by = person_in(std::move(by));
  if (name.empty()) {  // a person set it aside
    name = header.unsure;
    line.set_aside = true;
  }
  if (!name.empty()) line.item.classes = {name};
  return {};
}

Read<Json> parse(const std::string& text) {
  Json json = Json::parse(
      text, [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; }, false);
  if (json.is_discarded()) return wrong("this line is not valid JSON");
  if (!json.is_object()) return wrong("this line is not a JSON object");
  return json;
}

Read<Header> read_header(const std::string& line) {
  DEW_TRY(const Json json, parse(line));
  if (json.value("dewdrop", Json()) != "samples")
    return wrong("the first line does not say what this file is");
  DEW_TRY(const int64_t version, count(json, "version"));
  if (version != kJsonlVersion)
    return wrong(fmt::format("this is version {} of the format; this program reads version {}", version,
                             kJsonlVersion));
  Header header;
  DEW_TRY(header.unsure, text(json, "unsure", false));
  const auto classes = json.find("classes");
  if (classes == json.end() || !classes->is_array()) return wrong("\"classes\" is not a list");
  if (classes->size() > kMostClasses) return wrong("there are more than 100,000 classes");
  for (const Json& name : *classes) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty())
      return wrong("one of \"classes\" is not a text");
    if (header.known.insert(name.get<std::string>()).second)
      header.classes.push_back(name.get<std::string>());
  }
  return header;
}

Read<Line> read_line(const std::string& line_text, const Header& header) {
  DEW_TRY(const Json json, parse(line_text));
  Line line;
  DEW_TRY(line.file, text(json, "file"));
  if (line.file.empty()) return wrong("\"file\" is empty");
  DEW_TRY(const std::string split, text(json, "split", false));
  line.item.split = split_of_name(split);
  if (!split.empty() && !line.item.split)
    return wrong(fmt::format("the split '{}' is not train, validation or test", printable(split, 60)));
  if (const auto label = json.find("label"); label != json.end()) DEW_CHECK(read_label(*label, header, line));
  const auto answers = json.find("answers");
  if (answers == json.end() || answers->is_null()) return line;
  if (!answers->is_array()) return wrong("\"answers\" is not a list");
  for (const Json& one : *answers) {
    DEW_TRY(Answer answer, read_answer(one, header));
    line.item.answers.push_back(std::move(answer));
  }
  return line;
}

/// One file's samples, into a data set.
class Reader {
 public:
  Reader(const Tree& tree, const fs::path& file, DataSet& set, Said& said)
      : tree_(tree), file_(label_file(tree, file)), set_(set), said_(said) {
    set.files.insert(file_.known_name());
  }

  Result<void> read(Watch& watch) {
    Lines lines(file_.path);
    if (!lines.readable()) return work_error("cannot be read", file_.shown);
    std::string line;
    while (lines.next(line)) {
      if (++number_ == 1 && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
      if (watch.interrupted()) return interrupted_error();
      if (trim(line).empty()) continue;
      const auto taken = take(line);
      if (!taken) return usage_error(taken.error(), where(), kNext);
    }
    if (!lines.too_long()) return {};
    ++number_;
    return usage_error("this line is longer than 16 MiB", where(), kNext);
  }
  [[nodiscard]] int64_t by_policy() const { return by_policy_; }
  [[nodiscard]] int64_t changed() const { return changed_; }

 private:
  [[nodiscard]] std::string where() const { return fmt::format("{}:{}", file_.shown, number_); }

  Read<void> take(const std::string& text) {
    if (!has_header_) return take_header(text);
    DEW_TRY(Line line, read_line(text, header_));
    const Tree::Found found = tree_.find(line.file, file_.name);
    if (found.file.empty()) {
      set_.missing.push_back({line.file, where(), found.why});
      return {};
    }
    const size_t hash = std::hash<std::string>{}(text);
    uint32_t& number = said_.numbers[found.file];
    if (number != PictureNumbers::kNone) {
      if (said_.hashes[number] == hash) return {};
      return wrong(fmt::format("{} says something else about {}", set_.items.said(number).where,
                               printable(found.file)));
    }
    if (line.set_aside && header_.unsure.empty() && !header_.known.contains(kUnsure)) {
      line.item.classes = {kUnsure};
      if (set_.unsure.empty()) set_.unsure = kUnsure;
    }
    if (line.by_policy) ++by_policy_;
    if (line.changed) ++changed_;
    line.item.picture = found.file;
    line.item.where = where();
    number = static_cast<uint32_t>(set_.items.add(line.item));
    said_.hashes.push_back(hash);
    return {};
  }

  Read<void> take_header(const std::string& text) {
    DEW_TRY(header_, read_header(text));
    has_header_ = true;
    std::unordered_set<std::string> before(set_.classes.begin(), set_.classes.end());
    for (const std::string& name : header_.classes)
      if (before.insert(name).second) set_.classes.push_back(name);
    if (set_.unsure.empty()) set_.unsure = header_.unsure;
    return {};
  }

  const Tree& tree_;
  LabelFile file_;
  DataSet& set_;
  Said& said_;
  Header header_;
  bool has_header_ = false;
  int64_t number_ = 0;
  int64_t by_policy_ = 0;
  int64_t changed_ = 0;
};

bool claims(std::string_view, std::string_view head) {
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  if (head.starts_with(kJsonlBegins)) return true;
  // A script that wrote the file anew may have put blanks and another order into its first line.
  std::string first(head.substr(0, head.find_first_of("\r\n")));
  std::erase_if(first, [](char c) { return c == ' ' || c == '\t'; });
  return first.starts_with('{') && first.find(R"("dewdrop":"samples")") != std::string::npos;
}

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  DataSet set;
  Said said{PictureNumbers(tree), {}};
  int64_t by_policy = 0;
  int64_t changed = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    const fs::path file = files[i];
    Reader reader(tree, file, set, said);
    DEW_CHECK(reader.read(watch));
    by_policy += reader.by_policy();
    changed += reader.changed();
  }
  if (by_policy > 0)
    set.notes.push_back(
        fmt::format("{} labels that a policy made of answers: they are made anew from the answers",
                    with_commas(by_policy)));
  if (changed > 0) set.notes.push_back(changed_labels(changed));
  return set;
}

}  // namespace

const Format kJsonl{
    "jsonl", "Dewdrop JSON Lines", "samples.jsonl, as dewdrop export --to jsonl writes it", claims, nullptr,
    read};

}  // namespace dew::exchange
