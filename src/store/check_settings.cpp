// Which settings make sense. Limits are those of the net (MobileNetV2 halves its input five times), or far
// beyond any real use.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "store/bucket_address.h"
#include "store/postgres.h"
#include "store/settings.h"
#include "store/settings_table.h"
#include "store/student_options.h"

namespace dew::store {
namespace {

constexpr size_t kLongestName = 64;
constexpr size_t kLongestClass = 100;
constexpr size_t kLongestQuestion = 4000;
constexpr size_t kLongestSpec = 1000;

std::optional<Problem> check_name(const std::string& name) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  };
  if (!name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), plain) &&
      name[0] != '-')
    return std::nullopt;
  return Problem{
      "name", "the name '" + printable(name, 40) + "' cannot be used",
      fmt::format("use letters, digits, '-' and '_', at most {}; the generated C is named after it",
                  kLongestName)};
}

std::optional<Problem> check_question(const std::string& question) {
  if (trim(question).empty()) return Problem{"question", "the question is empty", "ask it in plain words"};
  if (!is_utf8(question)) return Problem{"question", "the question is not UTF-8", "write it in UTF-8"};
  if (question.size() > kLongestQuestion)
    return Problem{"question", fmt::format("the question is longer than {} bytes", kLongestQuestion),
                   "shorten it"};
  return std::nullopt;
}

/// One of the classes, or the unsure answer.
std::optional<Problem> check_answer(const char* key, const std::string& answer) {
  if (answer.empty() || answer != trim(answer) || answer.size() > kLongestClass || has_control(answer) ||
      !is_utf8(answer))
    return Problem{key, "'" + printable(answer, 40) + "' cannot be an answer",
                   fmt::format("an answer is 1 to {} bytes of UTF-8 on one line, without blanks at its ends",
                               kLongestClass)};
  return std::nullopt;
}

std::optional<Problem> check_classes(const std::vector<std::string>& classes, const std::string& unsure) {
  if (classes.size() < 2)
    return Problem{"classes", "there are fewer than two classes", "name at least two, for example yes,no"};
  if (std::ssize(classes) > kMostClasses)
    return Problem{"classes", fmt::format("there are more than {} classes", kMostClasses), "name fewer"};
  std::set<std::string> seen;
  for (const std::string& answer : classes) {
    if (auto problem = check_answer("classes", answer)) return problem;
    if (!seen.insert(lower(answer)).second)
      return Problem{"classes", "the class '" + answer + "' is listed twice", "name each class once"};
  }
  if (unsure.empty()) return std::nullopt;
  if (auto problem = check_answer("unsure", unsure)) return problem;
  if (seen.count(lower(unsure)) > 0)
    return Problem{"unsure", "the unsure answer '" + unsure + "' is also a class",
                   "choose another word, or leave it empty"};
  return std::nullopt;
}

/// "epochs" of "student.epochs".
std::string_view bare(std::string_view key) {
  return key.substr(key.find('.') + 1);
}

/// Checks a number against its range, a text against its words.
struct TableCheck {
  const SettingKey& key;
  const Settings& settings;

  std::optional<Problem> operator()(std::string Settings::*field) const {
    const std::vector<std::string> words = split_list(key.words);
    const std::string& value = settings.*field;
    if (words.empty() || std::find(words.begin(), words.end(), value) != words.end()) return std::nullopt;
    return Problem{key.full_name(), fmt::format("{} is '{}'", key.name, printable(value, 40)),
                   "use one of: " + join(words)};
  }
  std::optional<Problem> operator()(std::vector<std::string> Settings::*) const { return std::nullopt; }
  std::optional<Problem> operator()(Several Settings::*) const { return std::nullopt; }
  std::optional<Problem> operator()(Numbers Settings::*field) const {
    for (const double value : (settings.*field).all)
      if (auto problem = in_range(value)) return problem;
    return std::nullopt;
  }
  template <typename Number>
  std::optional<Problem> operator()(std::optional<Number> Settings::*field) const {
    if (!(settings.*field)) return std::nullopt;
    return in_range(static_cast<double>(*(settings.*field)));
  }
  template <typename Number>
  std::optional<Problem> operator()(Number Settings::*field) const {
    return in_range(static_cast<double>(settings.*field));
  }
  [[nodiscard]] std::optional<Problem> in_range(double value) const {
    if (value >= key.range.least && value <= key.range.most) return std::nullopt;  // false for NaN
    return Problem{key.full_name(), fmt::format("{} is {}", key.name, value),
                   fmt::format("use a value from {} to {}", key.range.least, key.range.most)};
  }
};

std::optional<Problem> check_table(const Settings& settings) {
  for (const SettingKey& key : setting_keys())
    if (auto problem = std::visit(TableCheck{key, settings}, key.field)) return problem;
  return std::nullopt;
}

std::optional<Problem> check_spec(const char* key, const std::string& spec) {
  if (spec.size() <= kLongestSpec && is_utf8(spec) && !has_control(spec)) return std::nullopt;
  return Problem{key, fmt::format("{} is too long, not UTF-8, or has control characters in it", bare(key)),
                 "write it on one line"};
}

std::optional<Problem> check_store(const std::string& store) {
  if (auto problem = check_spec("store", store)) return problem;
  if (store.empty() || is_postgres_url(store)) return std::nullopt;
  return Problem{"store", "store is not the URL of a PostgreSQL database",
                 "it looks like postgresql://user@host:5432/name; leave it empty to use .dewdrop"};
}

std::optional<Problem> check_media(const Settings& settings) {
  const std::string& media = settings.media;
  const std::string& store = settings.store;
  if (auto problem = check_spec("media", media)) return problem;
  if (is_bucket(media)) {
    if (!parse_bucket(media))
      return Problem{"media", "'" + printable(media, 80) + "' is not the name of a bucket", kBucketAdvice};
  } else if (!settings.media_endpoint.empty() || !settings.media_region.empty()) {
    return Problem{settings.media_endpoint.empty() ? "media_region" : "media_endpoint",
                   "this key is for media in a bucket, and media does not name one",
                   "write media = \"s3://bucket/prefix\", or remove this line"};
  }
  if (!settings.media_endpoint.empty() && !is_endpoint(settings.media_endpoint))
    return Problem{"media_endpoint", "media_endpoint is not the address of a server", kEndpointAdvice};
  if (!settings.media_region.empty() && !is_region(settings.media_region))
    return Problem{"media_region", "media_region is not the name of a region", "it looks like eu-west-1"};
  if (media.empty() || is_bucket(media) || fs::path(media).is_absolute()) return std::nullopt;
  return Problem{"media", "the media folder '" + printable(media, 80) + "' is not an absolute path",
                 store.empty() ? "begin it with a /, or leave it empty to use .dewdrop"
                               : "begin it with a /; all machines must mount it at the same path"};
}

std::optional<Problem> check_teachers(const std::vector<std::string>& teachers) {
  constexpr size_t kMostTeachers = 16;
  if (teachers.size() > kMostTeachers)
    return Problem{"teacher", fmt::format("there are more than {} teachers", kMostTeachers), "name fewer"};
  for (const std::string& spec : teachers) {
    if (spec.empty()) return Problem{"teacher", "one of the teachers is empty", "name it, or leave it out"};
    if (auto problem = check_spec("teacher", spec)) return problem;
    if (std::count(teachers.begin(), teachers.end(), spec) > 1)
      return Problem{"teacher", "the teacher '" + printable(spec, 80) + "' is listed twice",
                     "name each once; votes = 2 asks it twice"};
  }
  return std::nullopt;
}

std::optional<Problem> check_instructions(const std::string& instructions) {
  constexpr size_t kLongestInstructions = 20'000;
  if (instructions.size() <= kLongestInstructions && is_utf8(instructions)) return std::nullopt;
  return Problem{"label.instructions",
                 fmt::format("instructions is longer than {} bytes, or not UTF-8", kLongestInstructions),
                 "shorten it, and write it in UTF-8"};
}

std::optional<Problem> check_headers(const std::vector<std::string>& headers) {
  constexpr size_t kMostHeaders = 16;
  if (headers.size() > kMostHeaders)
    return Problem{"label.headers", fmt::format("there are more than {} headers", kMostHeaders),
                   "leave some out"};
  for (const std::string& header : headers)
    if (auto problem = check_spec("label.headers", header)) return problem;
  return std::nullopt;
}

std::optional<Problem> check_events(const Settings& settings) {
  for (const std::string& event : settings.when.all)
    if (std::find(settings.classes.begin(), settings.classes.end(), event) == settings.classes.end())
      return Problem{"cascade.when", "'" + printable(event, 40) + "' is not a class",
                     "use one of: " + printable(join(settings.classes), 200)};
  const size_t events = std::max<size_t>(1, settings.when.all.size());
  for (const auto& [name, numbers] : {std::pair("on", &settings.on), std::pair("off", &settings.off)})
    if (numbers->all.size() != 1 && numbers->all.size() != events)
      return Problem{std::string("cascade.") + name,
                     fmt::format("{} has {} values", name, numbers->all.size()),
                     "give one value, or one for each class of `when`"};
  for (size_t i = 0; i < events; ++i) {
    const auto of = [i](const Numbers& numbers) { return numbers.all[numbers.all.size() == 1 ? 0 : i]; };
    if (of(settings.off) > of(settings.on))
      return Problem{"cascade.off", fmt::format("off is {}, above on, {}", of(settings.off), of(settings.on)),
                     "use a value from 0 to `on`"};
  }
  if (settings.n > settings.m)
    return Problem{"cascade.n", fmt::format("n is {}, above m, {}", settings.n, settings.m),
                   "use a value from 1 to m"};
  return std::nullopt;
}

std::optional<Problem> check_cascade(const Settings& settings) {
  if (auto problem = check_events(settings)) return problem;
  if (settings.ask.size() > kLongestQuestion || !is_utf8(settings.ask))
    return Problem{"cascade.ask",
                   fmt::format("the question is longer than {} bytes, or not UTF-8", kLongestQuestion),
                   "shorten it, and write it in UTF-8"};
  for (const std::string& spec : settings.large.all)
    if (auto problem = check_spec("cascade.large", spec)) return problem;
  if (auto problem = check_spec("cascade.tiles", settings.tiles)) return problem;
  return check_spec("cascade.schema", settings.schema);
}

std::optional<Problem> check_net(const Settings& settings) {
  if (settings.input % kInputStep != 0)
    return Problem{"student.input", fmt::format("input is {}", settings.input),
                   fmt::format("use a multiple of {} from {} to {}", kInputStep, kLeastInput, kMostInput)};
  if (settings.head % kHeadStep != 0)
    return Problem{
        "student.head", fmt::format("head is {}", settings.head),
        fmt::format("use a multiple of {} up to {}, or 0 for the original 1280", kHeadStep, kMostHead)};
  if (settings.net != kBackboneNet && (settings.head != 0 || settings.blocks != 0))
    return Problem{settings.head != 0 ? "student.head" : "student.blocks",
                   "head and blocks can be chosen for mobilenet_v2 only, and net is " + settings.net,
                   "set both to 0"};
  if (settings.seed > static_cast<uint64_t>(INT64_MAX))
    return Problem{"student.seed", fmt::format("seed is {}", settings.seed),
                   "use a value from 0 to 2^63 - 1"};
  return std::nullopt;
}

}  // namespace

std::optional<Problem> find_problem(const Settings& settings) {
  if (auto problem = check_name(settings.name)) return problem;
  if (auto problem = check_question(settings.question)) return problem;
  if (auto problem = check_classes(settings.classes, settings.unsure)) return problem;
  if (auto problem = check_teachers(settings.teacher.all)) return problem;
  if (auto problem = check_store(settings.store)) return problem;
  if (auto problem = check_media(settings)) return problem;
  if (auto problem = check_instructions(settings.instructions)) return problem;
  if (auto problem = check_headers(settings.headers.all)) return problem;
  if (auto problem = check_table(settings)) return problem;
  if (auto problem = check_net(settings)) return problem;
  if (auto problem = check_cascade(settings)) return problem;
  if (settings.board.empty())
    return Problem{"target.board", "board is empty", "name one, for example qemu:mps2-an386"};
  return check_spec("target.board", settings.board);
}

}  // namespace dew::store

bool dew::store_has_password(const Settings& settings) {
  return store::is_postgres_url(settings.store) && store::has_password(settings.store);
}
