// What a large model said about events becomes answers in the project, for `review` and `train`.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "store/events.h"
#include "store/store.h"

namespace dew::verbs {

/// The picture with the highest score, the first of equals; null: the event has none.
const EventPicture* surest_of(const Event& event);

/// The project's class in an answer about an event. With a schema: the property `class` of the object. Else,
/// only where the project's own question was asked: a text that is a class or the unsure answer; to another
/// question "no" means something else. Empty: it names none.
std::string class_in(const std::string& answer, const Settings& settings);

/// The name of the note that keeps what was asked, for the page.
std::string asked_note(const std::string& prompt_hash);

struct Learned {
  int64_t answers = 0;    ///< that were added
  int64_t disagreed = 0;  ///< of them, another class than the tiny model's
};

/// Adds the surest picture of each event that was answered with a class, and the answer to it, once; then
/// decides labels. `prompt_hashes`: of the question that
/// `settings` has, by teacher; answers to others teach nothing. Error:
/// the database's, interrupted.
Result<Learned> learn_from_events(Project& project, const Settings& settings, const EventLog& log,
                                  const std::set<std::string>& prompt_hashes, Watch& watch);

}  // namespace dew::verbs
