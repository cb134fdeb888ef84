#include "verbs/cascade/learning.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "label/label.h"

namespace dew::verbs {
namespace {

/// The last question that was learned from, by prompt.
std::string note_of(const std::string& prompt_hash) {
  return "cascade: learned from " + prompt_hash;
}

/// The picture as a sample of the project. Absent: its file is gone or damaged, which is told.
Result<std::optional<int64_t>> sample_of(Project& project, const EventLog& log, const Event& event,
                                         const EventPicture& picture, Watch& watch) {
  const std::string name = fmt::format("event-{}-frame-{}.jpg", event.id, picture.frame);
  DEW_TRY(const auto added,
          project.offer(log.folder(event.id) / fs::path(picture.file).filename(), name, {}, {}, watch));
  if (!added) {
    watch.warn(
        fmt::format("the picture of event {} is not learned from: {}", event.id, added.error().error.what));
    return std::nullopt;
  }
  DEW_TRY(const auto samples, project.samples_of({added->source}));
  if (samples.empty()) return std::nullopt;
  return samples.front().id;
}

Answer answer_of(const EventQuestion& question, int64_t sample, std::string answer_class) {
  Answer answer;
  answer.sample = sample;
  answer.teacher = question.teacher;
  answer.model = question.model;
  answer.prompt_hash = question.prompt_hash;
  answer.raw = question.raw;
  answer.answer_class = std::move(answer_class);
  answer.reason = question.answer;
  answer.tokens_in = question.tokens_in;
  answer.tokens_out = question.tokens_out;
  answer.cost_usd = question.cost_usd.value_or(0);
  return answer;
}

/// False: it was there before.
Result<bool> add_once(Project& project, const Answer& answer) {
  DEW_TRY(const auto known, project.answers_about({answer.sample}));
  const bool there = std::any_of(known.begin(), known.end(), [&](const Answer& one) {
    return one.teacher == answer.teacher && one.model == answer.model &&
           one.prompt_hash == answer.prompt_hash;
  });
  if (!there) DEW_CHECK(project.add_answers({answer}));
  return !there;
}

int64_t number_in(const std::string& text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

const EventPicture* surest_of(const Event& event) {
  const auto surest =
      std::max_element(event.pictures.begin(), event.pictures.end(),
                       [](const EventPicture& a, const EventPicture& b) { return a.score < b.score; });
  return surest == event.pictures.end() ? nullptr : &*surest;
}

std::string asked_note(const std::string& prompt_hash) {
  return "cascade: asked by " + prompt_hash;
}

std::string class_in(const std::string& answer, const Settings& settings) {
  std::string said = answer;
  if (!settings.schema.empty()) {
    const auto object = nlohmann::json::parse(answer, nullptr, false);
    const auto found = object.is_object() ? object.find("class") : object.end();
    if (!object.is_object() || found == object.end() || !found->is_string()) return {};
    said = found->get<std::string>();
  } else if (lower(trim(settings.ask)) != lower(trim(settings.question))) {
    return {};
  }
  said = lower(trim(said));
  if (said.ends_with('.')) said.pop_back();
  std::vector<std::string> choices = settings.classes;
  if (!settings.unsure.empty()) choices.push_back(settings.unsure);
  for (const std::string& choice : choices)
    if (lower(choice) == said) return choice;
  return {};
}

namespace {

/// One answer becomes the project's; false: it names no class, its picture is gone, or it was there before.
Result<bool> learn_one(Project& project, const Settings& settings, const EventLog& log,
                       const EventQuestion& question, Learned& learned, Watch& watch) {
  const std::string answer_class = class_in(question.answer, settings);
  if (answer_class.empty()) return false;
  DEW_TRY(const Event event, log.event(question.event));
  const EventPicture* picture = surest_of(event);
  if (picture == nullptr) return false;
  DEW_TRY(const auto sample, sample_of(project, log, event, *picture, watch));
  if (!sample) return false;
  DEW_TRY(const bool added, add_once(project, answer_of(question, *sample, answer_class)));
  if (added && answer_class != event.event_class) ++learned.disagreed;
  return added;
}

}  // namespace

Result<Learned> learn_from_events(Project& project, const Settings& settings, const EventLog& log,
                                  const std::set<std::string>& prompt_hashes, Watch& watch) {
  Learned learned;
  if (prompt_hashes.empty()) return learned;
  std::map<std::string, int64_t> done;
  for (const std::string& hash : prompt_hashes) {
    DEW_TRY(const std::string noted, project.note(note_of(hash)));
    done[hash] = number_in(noted);
  }
  std::map<std::string, int64_t> last = done;
  DEW_TRY(const auto questions, log.questions_in("answered"));
  for (const EventQuestion& question : questions) {
    const auto known = done.find(question.prompt_hash);
    if (known == done.end() || question.id <= known->second) continue;
    if (watch.interrupted()) return interrupted_error();
    last[question.prompt_hash] = std::max(last[question.prompt_hash], question.id);
    DEW_TRY(const bool added, learn_one(project, settings, log, question, learned, watch));
    learned.answers += added ? 1 : 0;
  }
  if (learned.answers > 0) {
    DEW_CHECK(project.settle_splits(watch));
    DEW_CHECK(label::relabel(project));
  }
  for (const auto& [hash, id] : last)
    if (id > done[hash]) DEW_CHECK(project.set_note(note_of(hash), std::to_string(id)));
  return learned;
}

}  // namespace dew::verbs
