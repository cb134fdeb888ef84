// Recorded answers: a JSON Lines file, checked whole, then looked up by sample name.
#include "teacher/replay.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "teacher/choice.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr int64_t kFileLimit = int64_t{256} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Why a line is no answer, without where.
tl::unexpected<std::string> wrong(std::string why) {
  return tl::unexpected(std::move(why));
}

struct Line {
  std::string sample;
  RecordedAnswer answer;
};

tl::expected<std::optional<double>, std::string> read_confidence(const Json& json) {
  const auto at = json.find("confidence");
  if (at == json.end() || at->is_null()) return std::nullopt;
  if (!at->is_number() || at->get<double>() < 0 || at->get<double>() > 1)
    return wrong("\"confidence\" is not a number from 0 to 1");
  return at->get<double>();
}

tl::expected<Line, std::string> read_line(std::string_view text, const std::vector<std::string>& choices) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return wrong("this line is not valid JSON");
  if (!json.is_object()) return wrong("this line is not a JSON object");
  for (const char* key : {"sample", "label"})
    if (!json.contains(key) || !json[key].is_string() || json[key].get_ref<const std::string&>().empty())
      return wrong(fmt::format("\"{}\" is missing or not a string", key));
  Line line;
  line.sample = json["sample"].get<std::string>();
  const std::string label = json["label"].get<std::string>();
  const auto choice = match_choice(label, choices);
  if (!choice)
    return wrong(
        fmt::format("unknown class '{}', which is not one of {}", printable(label, 60), join(choices)));
  line.answer.label = *choice;
  if (const auto reason = json.find("reason"); reason != json.end() && !reason->is_null()) {
    if (!reason->is_string()) return wrong("\"reason\" is not a string");
    line.answer.reason = reason->get<std::string>();
  }
  auto confidence = read_confidence(json);
  if (!confidence) return wrong(std::move(confidence).error());
  line.answer.confidence = *confidence;
  line.answer.line = std::string(text);
  return line;
}

class ReplayTeacher : public Teacher {
 public:
  ReplayTeacher(std::string file, std::string prompt_hash, Recording recording)
      : file_(std::move(file)), prompt_hash_(std::move(prompt_hash)), recording_(std::move(recording)) {}

  [[nodiscard]] std::string name() const override { return "replay"; }
  [[nodiscard]] std::string model() const override { return file_; }
  [[nodiscard]] std::string prompt_hash() const override { return prompt_hash_; }

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    constexpr size_t kTogether = 256;
    std::vector<Reply> replies;
    bool more = true;
    while (more) {
      if (watch.interrupted()) return interrupted_error();
      while (more && replies.size() < kTogether) {
        const auto question = next();
        more = question.has_value();
        if (more) replies.push_back({question->sample, question->name, look_up(*question)});
      }
      DEW_CHECK(give(std::move(replies)));
      replies.clear();
    }
    return {};
  }

 private:
  Result<Answer> look_up(const Question& question) const {
    const auto at = recording_.find(question.name);
    if (at == recording_.end()) return work_error("no recorded answer", question.name, what_there_is());
    Answer answer;
    answer.sample = question.sample;
    answer.teacher = name();
    answer.model = model();
    answer.prompt_hash = prompt_hash_;
    answer.raw = at->second.line;
    answer.answer_class = at->second.label;
    answer.confidence = at->second.confidence;
    answer.reason = at->second.reason;
    answer.at = utc_now();
    return answer;
  }

  [[nodiscard]] std::string what_there_is() const {
    if (recording_.empty()) return file_ + " holds no answers";
    return fmt::format("{} holds {} answers, for samples named as '{}'", file_, recording_.size(),
                       printable(recording_.begin()->first));
  }

  std::string file_;
  std::string prompt_hash_;
  Recording recording_;
};

}  // namespace

Result<Recording> parse_recording(std::string_view text, const std::string& file,
                                  const std::vector<std::string>& choices) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  Recording recording;
  std::map<std::string, int64_t, std::less<>> line_of;
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string one = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    const std::string where = fmt::format("{}:{}", file, number);
    auto line = read_line(one, choices);
    if (!line)
      return usage_error(std::move(line).error(), where,
                         R"(a line looks like {"sample": "street.jpg", "label": "yes", "reason": "..."})");
    const auto [first, fresh] = line_of.emplace(line->sample, number);
    if (!fresh)
      return usage_error(fmt::format("'{}' is answered twice", printable(line->sample)), where,
                         fmt::format("keep one of this line and line {}", first->second));
    recording.emplace(std::move(line->sample), std::move(line->answer));
  }
  return recording;
}

Result<std::unique_ptr<Teacher>> make_replay_teacher(const fs::path& file, const Prompt& prompt) {
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  DEW_TRY(auto recording, parse_recording(text, file.string(), prompt.choices()));
  // The file's bytes are part of what is asked: a changed file is asked again.
  const Json asked = {
      {"question", prompt.question}, {"choices", prompt.choices()}, {"answers", sha256(text)}};
  std::string hash = sha256(asked.dump(-1, ' ', false, Json::error_handler_t::replace));
  return std::make_unique<ReplayTeacher>(file.filename().string(), std::move(hash), std::move(recording));
}

}  // namespace dew::teacher
