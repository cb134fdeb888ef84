// Which settings make sense. The net's limits are in student_options.h; the others are far beyond honest use.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "store/bucket_address.h"
#include "store/postgres.h"
#include "store/settings.h"
#include "store/student_options.h"
#include "store/utf8.h"

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
                   fmt::format("answers are 1 to {} bytes of UTF-8 on one line, without blanks at the ends",
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
      return Problem{"classes", "the class '" + answer + "' is there twice", "name each class once"};
  }
  if (unsure.empty()) return std::nullopt;
  if (auto problem = check_answer("unsure", unsure)) return problem;
  if (seen.count(lower(unsure)) > 0)
    return Problem{"unsure", "the unsure answer '" + unsure + "' is also a class",
                   "give it a word of its own, or leave it empty"};
  return std::nullopt;
}

/// "epochs" of "student.epochs".
std::string_view bare(std::string_view key) {
  return key.substr(key.find('.') + 1);
}

std::optional<Problem> check_range(const char* key, double value, double least, double most) {
  if (value >= least && value <= most) return std::nullopt;  // false for NaN
  return Problem{key, fmt::format("{} is {}", bare(key), value),
                 fmt::format("it goes from {} to {}", least, most)};
}

std::optional<Problem> check_spec(const char* key, const std::string& spec) {
  if (spec.size() <= kLongestSpec && is_utf8(spec) && !has_control(spec)) return std::nullopt;
  return Problem{key, fmt::format("{} is too long, not UTF-8, or has control characters in it", bare(key)),
                 "write it on one line"};
}

std::optional<Problem> check_store(const std::string& store) {
  if (auto problem = check_spec("store", store)) return problem;
  if (store.empty() || is_postgres_url(store)) return std::nullopt;
  return Problem{"store", "the store is no URL of a PostgreSQL database",
                 "it looks like postgresql://user@host:5432/name; leave it empty to keep all in .dewdrop"};
}

std::optional<Problem> check_media(const Settings& settings) {
  const std::string& media = settings.media;
  const std::string& store = settings.store;
  if (auto problem = check_spec("media", media)) return problem;
  if (is_bucket(media)) {
    if (!parse_bucket(media))
      return Problem{"media", "'" + printable(media, 80) + "' names no bucket", kBucketAdvice};
  } else if (!settings.media_endpoint.empty() || !settings.media_region.empty()) {
    return Problem{settings.media_endpoint.empty() ? "media_region" : "media_endpoint",
                   "this is for media in a bucket, and media is none",
                   "write media = \"s3://bucket/prefix\", or take this line out"};
  }
  if (!settings.media_endpoint.empty() && !is_endpoint(settings.media_endpoint))
    return Problem{"media_endpoint", "media_endpoint is no address of a server", kEndpointAdvice};
  if (!settings.media_region.empty() && !is_region(settings.media_region))
    return Problem{"media_region", "media_region is no name of a region", "it looks like eu-west-1"};
  if (media.empty() || is_bucket(media) || fs::path(media).is_absolute()) return std::nullopt;
  return Problem{"media", "the media folder '" + printable(media, 80) + "' is no full path",
                 store.empty() ? "begin it with a /, or leave it empty to keep all in .dewdrop"
                               : "begin it with a /: it is the same on all machines"};
}

std::optional<Problem> check_teachers(const std::vector<std::string>& teachers) {
  constexpr size_t kMostTeachers = 16;
  if (teachers.size() > kMostTeachers)
    return Problem{"teacher", fmt::format("there are more than {} teachers", kMostTeachers), "name fewer"};
  for (const std::string& spec : teachers) {
    if (spec.empty()) return Problem{"teacher", "one of the teachers is empty", "name it, or leave it out"};
    if (auto problem = check_spec("teacher", spec)) return problem;
    if (std::count(teachers.begin(), teachers.end(), spec) > 1)
      return Problem{"teacher", "the teacher '" + printable(spec, 80) + "' is there twice",
                     "name each once; votes = 2 asks it twice"};
  }
  return std::nullopt;
}

std::optional<Problem> check_word(const char* key, const std::string& value,
                                  const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return std::nullopt;
  return Problem{key, fmt::format("{} is '{}'", bare(key), printable(value, 40)),
                 "it is one of: " + join(known)};
}

std::optional<Problem> check_labelling(const Settings& settings) {
  constexpr size_t kLongestInstructions = 20'000;
  if (auto problem = check_range("label.votes", settings.votes, 1, 99)) return problem;
  if (settings.temperature)
    if (auto problem = check_range("label.temperature", *settings.temperature, 0, 2)) return problem;
  if (auto problem = check_word("label.detail", settings.detail, {"low", "high", "auto"})) return problem;
  if (settings.instructions.size() > kLongestInstructions || !is_utf8(settings.instructions))
    return Problem{"label.instructions",
                   fmt::format("instructions is longer than {} bytes, or not UTF-8", kLongestInstructions),
                   "shorten it, and write it in UTF-8"};
  if (auto problem = check_range("label.examples", settings.examples, 0, 50)) return problem;
  if (auto problem = check_word("label.context", settings.context, {"none", "frame", "around"}))
    return problem;
  if (auto problem = check_range("label.jpeg_size", settings.jpeg_size, 16, 8192)) return problem;
  if (auto problem = check_range("label.jpeg_quality", settings.jpeg_quality, 1, 100)) return problem;
  if (auto problem = check_word("label.spread", settings.spread, {"on", "off", "auto"})) return problem;
  if (auto problem = check_range("label.spread_bits", settings.spread_bits, 0, 32)) return problem;
  if (auto problem = check_range("label.spread_seconds", settings.spread_seconds, 0, 1e9)) return problem;
  if (auto problem = check_word("label.policy", settings.policy, {"majority", "weighted", "newest"}))
    return problem;
  if (auto problem = check_word("label.tie", settings.tie, {"unsure", "newest"})) return problem;
  return check_range("label.threshold", settings.threshold, 0, 1);
}

std::optional<Problem> check_student(const Settings& settings) {
  const auto words = [](const auto& list) { return std::vector<std::string>(list.begin(), list.end()); };
  if (auto problem = check_word("student.net", settings.net, words(kNets))) return problem;
  if (auto problem = check_range("student.alpha", settings.alpha, kLeastAlpha, kMostAlpha)) return problem;
  if (settings.input < kLeastInput || settings.input > kMostInput || settings.input % kInputStep != 0)
    return Problem{"student.input", fmt::format("input is {}", settings.input),
                   fmt::format("it is a multiple of {} from {} to {}", kInputStep, kLeastInput, kMostInput)};
  if (settings.head < 0 || settings.head > kMostHead || settings.head % kHeadStep != 0)
    return Problem{
        "student.head", fmt::format("head is {}", settings.head),
        fmt::format("it is a multiple of {} up to {}, or 0 for the paper's 1280", kHeadStep, kMostHead)};
  if (auto problem = check_range("student.blocks", settings.blocks, 0, kMostBlocks)) return problem;
  if (settings.net != kBackboneNet && (settings.head != 0 || settings.blocks != 0))
    return Problem{settings.head != 0 ? "student.head" : "student.blocks",
                   settings.net + " has neither head nor blocks to choose", "leave both 0"};
  if (auto problem = check_range("student.epochs", settings.epochs, 0, kMostEpochs)) return problem;
  if (settings.seed > static_cast<uint64_t>(INT64_MAX))
    return Problem{"student.seed", fmt::format("seed is {}", settings.seed), "it goes from 0 to 2^63 - 1"};
  if (auto problem = check_range("student.balance", settings.balance, 0, kMostBalance)) return problem;
  if (auto problem = check_word("student.calibration", settings.calibration, words(kCalibrationWords)))
    return problem;
  if (auto problem = check_word("student.equalise", settings.equalise, {"on", "off"})) return problem;
  if (auto problem = check_word("student.qat", settings.qat, words(kQatWords))) return problem;
  return check_range("student.precision", settings.precision, 0, 1);
}

}  // namespace

std::optional<Problem> find_problem(const Settings& settings) {
  if (auto problem = check_name(settings.name)) return problem;
  if (auto problem = check_question(settings.question)) return problem;
  if (auto problem = check_classes(settings.classes, settings.unsure)) return problem;
  if (auto problem = check_teachers(settings.teacher.all)) return problem;
  if (auto problem = check_range("test_share", settings.test_share, 0, 0.9)) return problem;
  if (auto problem = check_range("validation_share", settings.validation_share, 0, 0.9)) return problem;
  if (auto problem = check_store(settings.store)) return problem;
  if (auto problem = check_media(settings)) return problem;
  if (auto problem = check_labelling(settings)) return problem;
  if (auto problem = check_student(settings)) return problem;
  if (settings.board.empty())
    return Problem{"target.board", "board is empty", "name one, for example qemu:mps2-an386"};
  if (auto problem = check_spec("target.board", settings.board)) return problem;
  if (settings.rounding != "dew" && settings.rounding != "tflite")
    return Problem{"target.rounding", "rounding is '" + printable(settings.rounding, 40) + "'",
                   "it is dew or tflite"};
  return std::nullopt;
}

}  // namespace dew::store

bool dew::password_in_store(const Settings& settings) {
  return store::is_postgres_url(settings.store) && store::has_password(settings.store);
}
