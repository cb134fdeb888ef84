// What a server sends back: whatever it is, an answer is one of the choices and stands in the text, an error
// is short UTF-8 without control characters, and what a server is adapted to ends.
#include <algorithm>
#include <optional>

#include "base/backoff.h"
#include "fuzz/expect.h"
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
  const auto pause = dew::parse_retry_after(body, 1'000'000'000);
  FUZZ_EXPECT(!pause || pause->count() >= 0);
  return 0;
}
