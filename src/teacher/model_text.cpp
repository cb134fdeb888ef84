// Finds the answer in a model's text, from the strictest form to the loosest.
#include "teacher/model_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "teacher/answer_object.h"
#include "teacher/choice.h"
#include "teacher/thoughts.h"

namespace dew::teacher {
namespace {

constexpr size_t kReasonLimit = 2000;  ///< bytes; the prompt asks for one short sentence
constexpr size_t kMostBraces = 64;     ///< in prose around an answer: more is no answer to our question
constexpr std::string_view kFence = "```";

bool has_label(const AnswerObject& object) {
  return std::any_of(object.members.begin(), object.members.end(),
                     [](const AnswerMember& one) { return one.key == "label"; });
}

std::optional<AnswerObject> labelled(std::optional<AnswerObject> object) {
  return object && has_label(*object) ? std::move(object) : std::nullopt;
}

/// The inside of "```json ... ```" or "{...}" itself, if that is all of `text`.
std::optional<AnswerObject> lone_object(std::string_view text) {
  if (!text.starts_with(kFence)) return only_object(text);
  const size_t line_end = text.find_first_of("\n{[", kFence.size());
  if (line_end == std::string_view::npos || !text.ends_with(kFence)) return std::nullopt;
  return text.size() < line_end + kFence.size()
             ? std::nullopt
             : only_object(text.substr(line_end, text.size() - kFence.size() - line_end));
}

/// The last fenced block that is an object with a label.
std::optional<AnswerObject> fenced_object(std::string_view text) {
  size_t end = text.rfind(kFence);
  while (end != std::string_view::npos && end > 0) {
    const size_t begin = text.rfind(kFence, end - 1);
    if (begin == std::string_view::npos) return std::nullopt;
    if (auto object = labelled(lone_object(text.substr(begin, end + kFence.size() - begin)))) return object;
    end = begin;
  }
  return std::nullopt;
}

/// `text[at]` is a brace; JSON follows it, not "{braces}" in prose.
bool begins_object(std::string_view text, size_t at) {
  const size_t next = text.find_first_not_of(" \t\r\n", at + 1);
  return next != std::string_view::npos && text[next] == '"';
}

/// All objects with a label among prose, in their order; an object without one is looked into, one that
/// cannot be read is not. None where the last one is not closed: it may have taken back what stands before
/// it.
std::vector<AnswerObject> objects_among(std::string_view text) {
  std::vector<AnswerObject> found;
  if (static_cast<size_t>(std::count(text.begin(), text.end(), '{')) > kMostBraces) return found;
  for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at)) {
    auto object = object_at(text, at);
    if (object && has_label(*object)) {
      at += object->written.size();
      found.push_back(*std::move(object));
    } else if (object || !begins_object(text, at)) {
      ++at;
    } else if (const auto end = closed_at(text, at)) {
      at = *end;
    } else {
      return {};
    }
  }
  return found;
}

/// Prose that denies seeing the picture; what stands beside it shows the form and is no answer. "I cannot see
/// a person in the picture" is none.
bool denies_seeing(std::string_view text) {
  const std::string words = lower(text);
  for (const char* verb : {"n't see ", "not see ", "unable to see ", "not able to see ", "n't view ",
                           "not view ", "unable to view ", "not able to view ", "n't access ", "not access "})
    for (size_t at = words.find(verb); at != std::string::npos; at = words.find(verb, at + 1)) {
      std::string_view rest = std::string_view(words).substr(at + std::string_view(verb).size());
      for (const std::string_view filler :
           {"the ", "this ", "any ", "your ", "an ", "attached ", "provided ", "uploaded ", "actual "})
        if (rest.starts_with(filler)) rest.remove_prefix(filler.size());
      for (const std::string_view what : {"image", "picture", "photo"})
        if (rest.starts_with(what)) return true;
    }
  return false;
}

/// Gives answers whose position is told relative to `whole`.
class Reader {
 public:
  Reader(std::string_view whole, const std::vector<std::string>& choices)
      : whole_(whole), choices_(choices) {}

  /// Every "label" of the object must name the same choice.
  [[nodiscard]] Result<ModelAnswer> object(const AnswerObject& object) const {
    if (!has_label(object))
      return work_error("the answer has no \"label\": '" + printable(object.written) + "'");
    std::optional<ModelAnswer> answer;
    std::string reason;
    for (const AnswerMember& one : object.members) {
      if (one.key == "reason" && one.value.is_string()) reason = one.value.get<std::string>();
      if (one.key != "label") continue;
      DEW_TRY(auto said, label(one));
      if (answer && answer->label != said.label) return contradiction(answer->label, said.label);
      answer = std::move(said);
    }
    answer->reason = shortened(std::move(reason), kReasonLimit);
    return *std::move(answer);
  }

  /// The one that counts, if none beside it names another choice: which of two is meant is not guessed.
  [[nodiscard]] Result<ModelAnswer> object_among(const AnswerObject& counts,
                                                 const std::vector<AnswerObject>& all) const {
    DEW_TRY(auto answer, object(counts));
    for (const AnswerObject& one : all) {
      const auto other = object(one);
      if (other && other->label != answer.label) return contradiction(other->label, answer.label);
    }
    return answer;
  }

  /// The label itself, perhaps explained.
  [[nodiscard]] Result<ModelAnswer> words(std::string_view text) const {
    const auto choice = match_words(text, choices_);
    if (!choice) return outside(text);
    ModelAnswer answer;
    answer.label = *choice;
    const size_t first = std::min(text.find_first_not_of(" \t\r\n\"'`*"), text.size());
    const size_t end = std::min(text.find_first_of(",.;:!\n\"'`*", first), text.size());
    const bool verbatim = lower(text.substr(first, choice->size())) == lower(*choice);
    place(answer, text.substr(first, verbatim ? choice->size() : end - first));
    return answer;
  }

 private:
  [[nodiscard]] Result<ModelAnswer> label(const AnswerMember& one) const {
    if (one.value.is_null()) return work_error("the answer has no \"label\": it is null");
    if (one.value.is_structured()) return work_error("the \"label\" of the answer is not a string");
    // A class may be called 7.
    const std::string said = one.value.is_string() ? one.value.get<std::string>() : one.value.dump();
    const auto choice = match_words(said, choices_);
    if (!choice) return outside(said);
    ModelAnswer answer;
    answer.label = *choice;
    const size_t quotes = one.value.is_string() ? 1 : 0;
    place(answer, one.written.substr(quotes, one.written.size() - 2 * quotes));
    return answer;
  }

  void place(ModelAnswer& answer, std::string_view label) const {
    answer.label_at = static_cast<size_t>(label.data() - whole_.data());
    answer.label_size = label.size();
  }

  [[nodiscard]] tl::unexpected<Error> outside(std::string_view said) const {
    return work_error(
        fmt::format("answered '{}', which is not one of {}", printable(said, 60), join(choices_)));
  }

  [[nodiscard]] static tl::unexpected<Error> contradiction(const std::string& one, const std::string& other) {
    return work_error(
        fmt::format("the answer contradicts itself: {} and {}", printable(one, 60), printable(other, 60)));
  }

  std::string_view whole_;
  const std::vector<std::string>& choices_;
};

}  // namespace

std::string shortened(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  text.resize(limit);
  return text;
}

Result<ModelAnswer> read_model_text(std::string_view text, const std::vector<std::string>& choices,
                                    Around around) {
  const Reader reader(text, choices);
  const Spoken spoken = after_thoughts(text);
  const std::string_view answer = spoken.text;
  if (const auto object = labelled(lone_object(answer))) return reader.object(*object);
  if (spoken.unfinished) return work_error("the model was still reasoning when its reply ended");
  if (answer.empty()) return work_error("the answer is empty");
  const std::string_view inner = inside_box(answer);
  const auto object = lone_object(inner);
  if (object && (has_label(*object) || around == Around::kNothing)) return reader.object(*object);
  if (around == Around::kNothing)
    return work_error("the answer is not one whole JSON object: '" + printable(answer) + "'");
  if (denies_seeing(answer))
    return work_error("the model says that it cannot see the picture: '" + printable(answer) + "'");
  const auto objects = objects_among(answer);
  if (const auto fenced = fenced_object(answer)) return reader.object_among(*fenced, objects);
  if (!objects.empty()) return reader.object_among(objects.back(), objects);
  if (object) return reader.object(*object);
  if (inner.starts_with('{')) return work_error("the answer is not valid JSON: '" + printable(inner) + "'");
  return reader.words(inner);
}

}  // namespace dew::teacher
