// replay: a teacher with recorded answers. No network, no key, no cost.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "teacher/free_answer.h"
#include "teacher/teacher.h"

namespace dew::teacher {

struct RecordedAnswer {
  std::string label;                 ///< one of the choices; of a free answer: empty
  std::string reason;                ///< or the free answer
  std::optional<double> confidence;  ///< 0...1
  std::string line;                  ///< the line in the file
};

/// By the sample's name.
struct Recording {
  std::map<std::string, RecordedAnswer, std::less<>> answers;
  std::map<std::string, std::string, std::less<>> wrong;  ///< of samples whose line is no answer: why
  std::vector<std::string> unnamed;                       ///< lines that name no sample: which, and why
};

/// JSON Lines (https://jsonlines.org), one answer a line:
///   {"sample": "vtest.avi#frame=0&xywh=0,0,192,192", "label": "yes", "reason": "...", "confidence": 0.9}
/// or, to a free question, a text, or an object as the schema says:
///   {"event": "door.mp4#frame=96&class=person", "answer": "A person with a parcel."}
/// reason and confidence may be absent; other keys and blank lines are ignored. The whole file is read before
/// anything is answered. A line can be wrong: invalid JSON, no sample or label, a class that is not a choice
/// (a refusal), a confidence outside 0...1, a sample answered twice and not alike. It spoils its own sample
/// alone. Error (usage): there are lines, and none is right; names `file` and the first one.
Result<Recording> parse_recording(std::string_view text, const std::string& file, const AnswerForm& form);

/// Reads the file. A sample that is not in it gets the failed reply "no recorded answer", one with a wrong
/// line what is wrong with it.
Result<std::unique_ptr<Teacher>> make_replay_teacher(const fs::path& file, const Prompt& prompt);

}  // namespace dew::teacher
