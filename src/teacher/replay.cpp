// Recorded answers: a JSON Lines file, read whole, then looked up by sample name.
#include "teacher/replay.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "teacher/choice.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr int64_t kFileLimit = int64_t{256} << 20;
constexpr const char* kExample = R"({"sample": "street.jpg", "label": "yes", "reason": "..."})";
constexpr const char* kFreeExample =
    R"({"event": "door.mp4#frame=96&class=person", "answer": "A person with a parcel."})";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Why a line is no answer, without where.
tl::unexpected<std::string> wrong(std::string why) {
  return tl::unexpected(std::move(why));
}

struct Line {
  std::string sample;
  tl::expected<RecordedAnswer, std::string> answer;
};

bool has_text(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() && !json[key].get_ref<const std::string&>().empty();
}

std::string no_text(const char* key) {
  return fmt::format("\"{}\" is missing or not a string", key);
}

tl::expected<std::optional<double>, std::string> read_confidence(const Json& json) {
  const auto at = json.find("confidence");
  if (at == json.end() || at->is_null()) return std::nullopt;
  if (!at->is_number() || at->get<double>() < 0 || at->get<double>() > 1)
    return wrong("\"confidence\" is not a number from 0 to 1");
  return at->get<double>();
}

tl::expected<RecordedAnswer, std::string> read_answer(const Json& json, std::string_view text,
                                                      const std::vector<std::string>& choices) {
  if (!has_text(json, "label")) return wrong(no_text("label"));
  const std::string label = json["label"].get<std::string>();
  const auto choice = match_choice(label, choices);
  if (!choice)
    return wrong(
        fmt::format("unknown class '{}', which is not one of {}", printable(label, 60), join(choices)));
  RecordedAnswer answer;
  answer.label = *choice;
  if (const auto reason = json.find("reason"); reason != json.end() && !reason->is_null()) {
    if (!reason->is_string()) return wrong("\"reason\" is not a string");
    answer.reason = reason->get<std::string>();
  }
  auto confidence = read_confidence(json);
  if (!confidence) return wrong(std::move(confidence).error());
  answer.confidence = *confidence;
  answer.line = std::string(text);
  return answer;
}

std::string example_of(const AnswerForm& form) {
  return std::string("a line looks like ") + (form.free() ? kFreeExample : kExample);
}

tl::expected<RecordedAnswer, std::string> read_free_answer(const Json& json, std::string_view text,
                                                           const AnswerSchema* schema) {
  const auto at = json.find("answer");
  const bool object = at != json.end() && at->is_object();
  if (!object && !has_text(json, "answer")) return wrong("\"answer\" is missing, or neither text nor object");
  const std::string said =
      object ? at->dump(-1, ' ', false, Json::error_handler_t::replace) : at->get<std::string>();
  if (object && schema == nullptr) return wrong("\"answer\" is an object, and no schema says which");
  auto answer = read_free_text(said, schema);
  if (!answer) return wrong(std::move(answer).error().what);
  return RecordedAnswer{{}, *std::move(answer), std::nullopt, std::string(text)};
}

/// Unexpected: it names no sample.
tl::expected<Line, std::string> read_line(std::string_view text, const AnswerForm& form) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return wrong("this line is not valid JSON");
  if (!json.is_object()) return wrong("this line is not a JSON object");
  if (form.free()) {
    if (!has_text(json, "event")) return wrong(no_text("event"));
    return Line{json["event"].get<std::string>(), read_free_answer(json, text, form.schema)};
  }
  if (!has_text(json, "sample")) return wrong(no_text("sample"));
  return Line{json["sample"].get<std::string>(), read_answer(json, text, form.choices)};
}

/// Puts lines together: one sample has one answer.
class RecordingMaker {
 public:
  void add(const tl::expected<Line, std::string>& line, const std::string& where) {
    if (!line)
      recording_.unnamed.push_back(fmt::format("{}: {}", where, line.error()));
    else if (!line->answer)
      spoil(line->sample, fmt::format("{} ({})", line->answer.error(), where));
    else
      answer(line->sample, *line->answer, where);
  }
  Recording take() { return std::move(recording_); }

 private:
  void answer(const std::string& sample, const RecordedAnswer& answer, const std::string& where) {
    if (recording_.wrong.contains(sample)) return;
    const auto [first, fresh] = recording_.answers.emplace(sample, answer);
    if (fresh)
      where_of_[sample] = where;
    else if (said(first->second) != said(answer))
      spoil(sample,
            fmt::format("it is answered twice, '{}' and '{}' ({} and {})", printable(said(first->second), 60),
                        printable(said(answer), 60), where_of_[sample], where));
  }
  static const std::string& said(const RecordedAnswer& answer) {
    return answer.label.empty() ? answer.reason : answer.label;
  }
  void spoil(const std::string& sample, const std::string& why) {
    recording_.wrong.emplace(sample, why);
    recording_.answers.erase(sample);
  }

  Recording recording_;
  std::map<std::string, std::string> where_of_;
};

class ReplayTeacher : public Teacher {
 public:
  /// `example`: what a line looks like.
  ReplayTeacher(std::string file, std::string prompt_hash, Recording recording, std::string example)
      : file_(std::move(file)),
        prompt_hash_(std::move(prompt_hash)),
        recording_(std::move(recording)),
        example_(std::move(example)) {}

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
    if (const auto wrong = recording_.wrong.find(question.name); wrong != recording_.wrong.end())
      return work_error(wrong->second, question.name, example_);
    const auto at = recording_.answers.find(question.name);
    if (at == recording_.answers.end())
      return work_error("no recorded answer", question.name, what_there_is());
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
    const auto& answers = recording_.answers;
    if (answers.empty()) return file_ + " holds no answers";
    std::string text = fmt::format("{} holds {} answers, for samples named as '{}'", file_, answers.size(),
                                   printable(answers.begin()->first));
    if (const auto& lines = recording_.unnamed; !lines.empty())
      text += fmt::format("; {} no sample: {}", plural(std::ssize(lines), "line names", "lines name"),
                          lines.front());
    return text;
  }

  std::string file_;
  std::string prompt_hash_;
  Recording recording_;
  std::string example_;
};

}  // namespace

Result<Recording> parse_recording(std::string_view text, const std::string& file, const AnswerForm& form) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  RecordingMaker maker;
  std::optional<Error> first_wrong;
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string one = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    const std::string where = fmt::format("{}:{}", file, number);
    const auto line = read_line(one, form);
    if (!first_wrong && (!line || !line->answer))
      first_wrong = usage_error(line ? line->answer.error() : line.error(), where, example_of(form)).value();
    maker.add(line, where);
  }
  Recording recording = maker.take();
  if (recording.answers.empty() && first_wrong) return tl::unexpected(*std::move(first_wrong));
  return recording;
}

Result<std::unique_ptr<Teacher>> make_replay_teacher(const fs::path& file, const Prompt& prompt) {
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  std::shared_ptr<const AnswerSchema> schema;
  if (!prompt.schema.empty()) {
    DEW_TRY(auto parsed, AnswerSchema::parse(prompt.schema, "schema"));
    schema = std::make_shared<const AnswerSchema>(std::move(parsed));
  }
  const std::vector<std::string> choices = prompt.choices();
  const AnswerForm form(choices, schema.get());
  DEW_TRY(auto recording, parse_recording(text, file.string(), form));
  // The file's bytes are part of what is asked: a changed file is asked again.
  Json asked = {{"question", prompt.question}, {"choices", choices}, {"answers", sha256(text)}};
  if (schema) asked["schema"] = schema->text();
  std::string hash = sha256(asked.dump(-1, ' ', false, Json::error_handler_t::replace));
  return std::make_unique<ReplayTeacher>(file.filename().string(), std::move(hash), std::move(recording),
                                         example_of(form));
}

}  // namespace dew::teacher
