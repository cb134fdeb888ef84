// What a server sends back: whatever it is, an answer is one of the choices, and an error is short and has no
// control characters in it.
#include <algorithm>
#include <optional>

#include "base/backoff.h"
#include "fuzz/expect.h"
#include "teacher/openai_reply.h"

namespace {

const std::vector<std::string> kChoices = {"yes", "no", "unsure"};

bool is_choice(const std::string& text) {
  return std::find(kChoices.begin(), kChoices.end(), text) != kChoices.end();
}

void expect_readable(const dew::Error& error) {
  FUZZ_EXPECT(!error.what.empty() && error.what.size() < 1200);
  for (const char c : error.what) FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace dew::teacher;
  const std::string body(reinterpret_cast<const char*>(bytes), size);
  Server server;
  server.url = "http://127.0.0.1:1/v1/chat/completions";
  // In every dialect from the richest to the plainest: what a server is adapted to is poorer, so that it
  // ends.
  for (std::optional<Dialect> used = Dialect{}; used; used = plainer(*used))
    for (const int status : {200, 302, 400, 401, 404, 422, 429, 500, 501, 503}) {
      HttpReply reply;
      reply.status = status;
      reply.body = body;
      reply.location = body;
      const ReplyOutcome outcome = judge(reply, kChoices, *used, server);
      if (outcome.kind == ReplyKind::kAnswer) {
        FUZZ_EXPECT(status == 200 && is_choice(outcome.answer.label));
        FUZZ_EXPECT(outcome.answer.tokens_in >= 0 && outcome.answer.tokens_out >= 0);
        const auto& confidence = outcome.answer.confidence;
        FUZZ_EXPECT(!confidence || (*confidence >= 0 && *confidence <= 1));
      } else if (outcome.kind == ReplyKind::kAdapt) {
        FUZZ_EXPECT(outcome.dialect != *used && common(outcome.dialect, *used) == outcome.dialect);
      } else {
        expect_readable(outcome.error);
      }
    }
  const auto words = read_model_text(body, kChoices);
  if (words)
    FUZZ_EXPECT(is_choice(words->label));
  else
    expect_readable(words.error());
  const auto pause = dew::parse_retry_after(body, 1'000'000'000);
  FUZZ_EXPECT(!pause || pause->count() >= 0);
  return 0;
}
