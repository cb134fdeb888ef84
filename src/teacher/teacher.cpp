// The door: from a spec to a teacher.
#include "teacher/teacher.h"

#include <algorithm>
#include <array>
#include <set>

#include "teacher/answer_schema.h"
#include "teacher/openai.h"
#include "teacher/prices.h"
#include "teacher/replay.h"
#include "teacher/responses.h"
#include "teacher/spec.h"
#include "teacher/transport.h"

namespace dew::teacher {
namespace {

Result<void> check_prompt(const Prompt& prompt) {
  const std::vector<std::string> choices = prompt.choices();
  if (trim(prompt.question).empty()) return usage_error("the question is empty", "question");
  if (prompt.classes.empty()) return {};
  if (!prompt.schema.empty())
    return usage_error("only a free question takes a schema, and this one has classes", "schema");
  if (choices.size() < 2) return usage_error("a question needs at least two possible answers", "classes");
  if (std::set<std::string>(choices.begin(), choices.end()).size() != choices.size())
    return usage_error("an answer is listed twice", join(choices));
  return {};
}

/// Labelled pictures teach classes, and the pictures of an event are each other's context.
Result<void> check_free(const Prompt& prompt, const TeacherOptions& options) {
  if (!prompt.classes.empty()) return {};
  if (!options.examples.empty() || options.context != Context::kNone || options.batches)
    return usage_error("a free question takes no examples, no context and no batches", "question");
  return {};
}

Result<void> check_options(const TeacherOptions& options) {
  constexpr int kMostInFlight = 1024;
  constexpr int kMostRetries = 100;
  constexpr std::array<std::string_view, 3> kDetails = {"low", "high", "auto"};
  constexpr std::array<std::string_view, 6> kEfforts = {"auto", "none", "minimal", "low", "medium", "high"};
  if (options.concurrency < 1 || options.concurrency > kMostInFlight)
    return usage_error("the number of requests in flight must be from 1 to 1024", "concurrency");
  if (options.retries < 0 || options.retries > kMostRetries)
    return usage_error("the number of retries must be from 0 to 100", "retries");
  if (options.give_up < 1)
    return usage_error("the number of failures to give up after must be at least 1", "give up");
  if (options.timeout <= std::chrono::milliseconds::zero())
    return usage_error("the timeout of a request must be positive", "timeout");
  if (options.first_pause < std::chrono::milliseconds::zero())
    return usage_error("the first pause must not be negative", "first pause");
  if (options.jpeg_size < 16 || options.jpeg_size > 8192)
    return usage_error("the longer side of a picture must be from 16 to 8192 pixels", "jpeg size");
  if (!(options.temperature >= 0 && options.temperature <= 2))
    return usage_error("the temperature must be from 0 to 2", "temperature");
  if (options.budget_usd && !(*options.budget_usd > 0))
    return usage_error("a budget must be positive", "budget");
  if (options.jpeg_quality < 1 || options.jpeg_quality > 100)
    return usage_error("the JPEG quality must be from 1 to 100", "jpeg quality");
  if (options.max_tokens < 0 || options.max_tokens > 200'000)
    return usage_error("the tokens of a reply must be from 0 to 200000", "max tokens");
  if (std::find(kEfforts.begin(), kEfforts.end(), options.reasoning) == kEfforts.end())
    return usage_error("the reasoning must be auto, none, minimal, low, medium or high",
                       printable(options.reasoning));
  if (std::find(kDetails.begin(), kDetails.end(), options.detail) == kDetails.end())
    return usage_error("the detail must be low, high or auto", printable(options.detail));
  return {};
}

Result<std::unique_ptr<Teacher>> openai_teacher(const OpenAiSpec& spec, const Prompt& prompt,
                                                const TeacherOptions& options) {
  DEW_TRY(auto server, options.sends ? find_server(spec, options.headers) : server_without_keys(spec));
  DEW_TRY(const auto prices, read_prices(options.prices));
  auto price = find_price(prices, spec.model);
  if (options.budget_usd && !price)
    return usage_error(
        "the price of " + printable(spec.model, 60) + " is unknown, so a budget cannot be enforced",
        "--budget", "add the model's price to prices.toml (docs/teachers.md shows how)");
  DEW_TRY(auto transport, options.transport ? options.transport() : make_transport());
  transport = with_responses(std::move(transport));
  ChatQuestion question{prompt.question, prompt.choices(), prompt.unsure,
                        spec.model,      options.detail,   options.jpeg_quality};
  if (!prompt.schema.empty()) {
    DEW_TRY(auto schema, AnswerSchema::parse(prompt.schema, "schema"));
    question.schema = std::make_shared<const AnswerSchema>(std::move(schema));
  }
  question.jpeg_size = options.jpeg_size;
  question.temperature = options.temperature;
  question.seed = options.seed;
  question.instructions = options.instructions;
  question.context = options.context;
  question.max_tokens = options.max_tokens;
  question.reasoning = options.reasoning;
  for (const PromptExample& example : options.examples) {
    DEW_TRY(auto picture, chat_picture(example.picture, question));
    question.examples.push_back({std::move(picture.jpeg), picture.width, picture.height, example.label});
  }
  return make_openai_teacher(std::move(server), std::move(question), options, std::move(transport),
                             std::move(price));
}

}  // namespace

std::vector<std::string> Prompt::choices() const {
  std::vector<std::string> all = classes;
  if (!unsure.empty() && !classes.empty()) all.push_back(unsure);
  return all;
}

Result<std::unique_ptr<Teacher>> make_teacher(const std::string& spec, const Prompt& prompt,
                                              const TeacherOptions& options) {
  DEW_CHECK(check_prompt(prompt));
  DEW_CHECK(check_options(options));
  DEW_CHECK(check_free(prompt, options));
  DEW_TRY(const auto parsed, parse_spec(spec, options));
  if (const auto* replay = std::get_if<ReplaySpec>(&parsed)) return make_replay_teacher(replay->file, prompt);
  return openai_teacher(std::get<OpenAiSpec>(parsed), prompt, options);
}

Result<std::string> read_schema(const fs::path& file) {
  constexpr int64_t kLargest = int64_t{1} << 20;
  DEW_TRY(const std::string text, read_file(file, kLargest));
  DEW_TRY(const AnswerSchema schema, AnswerSchema::parse(text, file.string()));
  return schema.text();
}

Result<std::vector<std::string>> unchecked_keywords(const std::string& schema) {
  DEW_TRY(const AnswerSchema parsed, AnswerSchema::parse(schema, "schema"));
  return parsed.unchecked();
}

Result<KnownModel> look_up_model(const std::string& spec, const TeacherOptions& options) {
  KnownModel known;
  TeacherOptions with_batches = options;
  if (!with_batches.batches) with_batches.batches.emplace();
  DEW_TRY(const auto parsed, parse_spec(spec, with_batches));
  const auto* openai = std::get_if<OpenAiSpec>(&parsed);
  if (openai == nullptr) return known;
  known.name = openai->model;
  DEW_TRY(const auto prices, read_prices(options.prices));
  if (const auto price = find_price(prices, openai->model)) {
    known.prices_true_on = price->true_on;
    if (!openai->azure) known.ends_on = price->ends_on;
  }
  return known;
}

Result<std::string> newest_price_day(const fs::path& file) {
  DEW_TRY(const auto prices, read_prices(file));
  std::string newest;
  for (const auto& [name, price] : prices) newest = std::max(newest, price.true_on);
  return newest;
}

}  // namespace dew::teacher
