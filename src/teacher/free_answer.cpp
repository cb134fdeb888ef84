// Finds a free answer in a model's text.
#include "teacher/free_answer.h"

#include <algorithm>
#include <optional>

#include "teacher/answer_object.h"
#include "teacher/model_text.h"
#include "teacher/thoughts.h"

namespace dew::teacher {
namespace {

constexpr size_t kMostBraces = 256;  ///< in prose around an answer

/// The objects that stand side by side among prose; what stands inside one is a part of it.
std::vector<std::string_view> objects_among(std::string_view text) {
  std::vector<std::string_view> found;
  if (static_cast<size_t>(std::count(text.begin(), text.end(), '{')) > kMostBraces) return found;
  for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at)) {
    const auto object = object_at(text, at);
    if (object && !object->members.empty()) found.push_back(object->written);
    at += object ? object->written.size() : 1;
  }
  return found;
}

Result<std::string> read_object(std::string_view text, const AnswerSchema& schema) {
  auto whole = schema.read(text);
  if (whole) return whole;
  const auto objects = objects_among(text);
  // Which of several is meant is not guessed.
  if (objects.size() > 1)
    return work_error("the answer holds several JSON objects: '" + printable(text) + "'");
  return objects.empty() ? whole : schema.read(objects.front());
}

}  // namespace

Result<std::string> read_free_text(std::string_view text, const AnswerSchema* schema, bool cut_off) {
  const Spoken spoken = after_thoughts(text);
  if (spoken.unfinished && (schema == nullptr || !only_object(spoken.text)))
    return work_error("the model was still reasoning when its reply ended");
  const std::string_view inner = without_marks(inside_box(spoken.text));
  if (inner.empty()) return work_error("the answer is empty");
  if (schema == nullptr) {
    if (cut_off) return work_error("the answer was cut off");
    return shortened(std::string(inner), kFreeAnswerLimit);
  }
  DEW_TRY(std::string object, cut_off ? schema->read(inner) : read_object(inner, *schema));
  if (object.size() > kFreeAnswerLimit) return work_error("the answer is longer than 8,000 bytes");
  return object;
}

}  // namespace dew::teacher
