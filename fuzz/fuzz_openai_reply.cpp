// What a server sends back: whatever it is, an answer is one of the choices and stands in the text, or is as
// the user's schema says; an error is short UTF-8 without control characters, and what a server is adapted to
// ends. And the same bytes as a schema.
#include <algorithm>
#include <optional>

#include "base/backoff.h"
#include "fuzz/expect.h"
#include "teacher/answer_schema.h"
#include "teacher/model_text.h"
#include "teacher/openai_reply.h"

namespace {

const std::vector<std::string> kChoices = {"yes", "no", "unsure"};

bool is_choice(const std::string& text) {
  return std::find(kChoices.begin(), kChoices.end(), text) != kChoices.end();
}

void expect_readable(const dew::Error& error) {
  FUZZ_EXPECT(!error.what.empty() && error.what.size() < 1200);
  FUZZ_EXPECT(dew::is_utf8(error.what) && !dew::has_control(error.what));
}

void read_text(const std::string& text, dew::teacher::Around around) {
  const auto words = dew::teacher::read_model_text(text, kChoices, around);
  if (!words) return expect_readable(words.error());
  FUZZ_EXPECT(is_choice(words->label));
  FUZZ_EXPECT(words->label_at <= text.size() && words->label_size <= text.size() - words->label_at);
}

/// An answer to a free question is not empty, not too long, and with a schema read again as itself.
void expect_free(const std::string& answer, const dew::teacher::AnswerSchema* schema) {
  FUZZ_EXPECT(!answer.empty() && answer.size() <= dew::teacher::kFreeAnswerLimit);
  if (schema == nullptr) return;
  const auto again = schema->read(answer);
  FUZZ_EXPECT(again && *again == answer && answer.find('\n') == std::string::npos);
}

void read_free(const std::string& text) {
  using dew::teacher::AnswerSchema;
  static const AnswerSchema kSchema = *AnswerSchema::parse(
      R"({"type":"object","properties":{"label":{"type":"string"},"n":{"type":"array","items":{"type":"integer"}}},)"
      R"("required":["label"]})",
      "schema");
  static const std::vector<std::string> kNone;
  for (const AnswerSchema* schema : {static_cast<const AnswerSchema*>(nullptr), &kSchema}) {
    for (const bool cut : {false, true}) {
      const auto said = dew::teacher::read_free_text(text, schema, cut);
      if (said)
        expect_free(*said, schema);
      else
        expect_readable(said.error());
    }
    const auto outcome = dew::teacher::read_chat_reply(text, {kNone, schema});
    if (outcome.kind == dew::teacher::ReplyKind::kAnswer) expect_free(outcome.answer.reason, schema);
  }
  const auto schema = AnswerSchema::parse(text, "schema");
  if (!schema) {
    expect_readable(schema.error());
    FUZZ_EXPECT(schema.error().fault == dew::Fault::kUsage);
    return;
  }
  FUZZ_EXPECT(AnswerSchema::parse(schema->text(), "schema")->text() == schema->text());
  if (const auto said = schema->read(text)) expect_free(*said, &*schema);
}

void judge_as(int status, const std::string& body, const dew::teacher::Dialect& used) {
  using namespace dew::teacher;
  Server server;
  server.url = "http://127.0.0.1:1/v1/chat/completions";
  HttpReply reply;
  reply.status = status;
  reply.body = body;
  reply.location = body;
  const ReplyOutcome outcome = judge(reply, kChoices, used, server);
  if (outcome.kind == ReplyKind::kAnswer) {
    FUZZ_EXPECT((status == 200 || status == 201) && is_choice(outcome.answer.label));
    FUZZ_EXPECT(outcome.answer.tokens_in >= 0 && outcome.answer.tokens_in <= 20'000'000);
    FUZZ_EXPECT(outcome.answer.tokens_out >= 0 && outcome.answer.tokens_out <= 20'000'000);
    const auto& confidence = outcome.answer.confidence;
    FUZZ_EXPECT(!confidence || (*confidence >= 0 && *confidence <= 1));
  } else if (outcome.kind == ReplyKind::kAdapt) {
    FUZZ_EXPECT(outcome.dialect != used && common(outcome.dialect, used) == outcome.dialect);
  } else {
    expect_readable(outcome.error);
  }
}

/// What decides between the parameters of a request is asked in every dialect from the richest to the
/// plainest.
void judge_in_all_dialects(const std::string& body) {
  using namespace dew::teacher;
  Dialect begin;
  begin.template_switch = TemplateSwitch::kSent;
  for (const int status : {200, 201, 302, 401, 403, 404, 413, 422, 429, 500, 501, 503})
    judge_as(status, body, begin);
  for (std::optional<Dialect> used = begin; used; used = plainer(*used)) judge_as(400, body, *used);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using dew::teacher::Around;
  const std::string body(reinterpret_cast<const char*>(bytes), size);
  judge_in_all_dialects(body);
  read_text(body, Around::kAnything);
  read_text(body, Around::kNothing);
  read_free(body);
  const auto pause = dew::parse_retry_after(body, 1'000'000'000);
  FUZZ_EXPECT(!pause || pause->count() >= 0);
  return 0;
}
