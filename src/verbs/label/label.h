// label: teachers answer the question for every sample that has no answer yet. What that will cost, the
// asking itself, what was spent, and how prompts compare with people's labels.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/statistics.h"
#include "label/gold.h"
#include "label/label.h"
#include "store/store.h"
#include "teacher/teacher.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct LabelArgs {
  fs::path project;  ///< any folder inside it
  std::vector<std::string>
      teachers;  ///< specs as make_teacher() takes them, or student:RUN; none: the project's
  teacher::TeacherOptions options;                      ///< except for what dewdrop.toml sets under [label]
  std::vector<std::function<void(Settings&)>> changes;  ///< to [label], for this call only
  std::optional<int64_t> limit;                         ///< samples to ask about at most, in order
  std::optional<int64_t> sample;                        ///< ... drawn at random, the same ones each time
  /// Ask about this share of the samples (0...1), chosen so that the local classifier learns most, and label
  /// the others locally where it is sure ...
  std::optional<double> share;
  /// ... or about as many as it takes, until it says what the teacher says in this share of cases. With
  /// `share`: the agreement that local labels must have.
  std::optional<double> enough;
  bool worker = false;  ///< share the asking with other workers; `limit` then counts questions
  std::chrono::milliseconds lease{60'000};  ///< after this time others take over what a silent worker holds
  bool gold = false;  ///< ask only about what people labelled, and score every prompt on it
};

/// What one teacher will be asked.
struct TeacherPlan {
  std::string teacher;
  std::string model;
  std::string prompt_hash;
  std::string prompt;  ///< sent beside the pictures; empty: nothing is sent (recorded answers, a net)
  int votes = 1;       ///< answers to each question
  int64_t questions = 0;
  teacher::Cost forecast;
  std::string prices_true_on;  ///< day of the prices behind the forecast; empty: no price is needed or known
};

struct LabelPlan {
  std::vector<TeacherPlan> teachers;  ///< in the order in which they are asked
  int64_t spread = 0;                 ///< samples that take another one's label and are not asked about
  teacher::Cost forecast{0, 0, 0.0};  ///< of all teachers; no dollars where a price is unknown
};

/// Sentences for people: the samples that are spared, and each teacher's questions with their cost. Nothing
/// about teachers that cost nothing.
std::vector<std::string> describe(const LabelPlan& plan);

/// "$0.0123"; "$12.34" from a dollar on; "an unknown amount".
std::string dollars(const std::optional<double>& usd);
/// "93.7 %" of a share from 0 to 1.
std::string percent(double share);
/// "93.7 % (92.7-94.6)"; "-" of nothing.
std::string with_interval(const Share& share);

struct LabelPlanOutcome : Outcome {
  LabelPlan plan;
  std::vector<std::string> samples;  ///< names of those that the first teacher would be asked about
};

/// How a prompt was asked, key and value: question, classes, temperature, detail ... Empty: not recorded.
using PromptSettings = std::vector<std::pair<std::string, std::string>>;

/// One version of the prompt, asked of one model, on the gold labels.
struct PromptScore {
  label::Score score;
  PromptSettings settings;
  std::string differs;   ///< from the other versions: "detail low"; "(not recorded)"; empty: in nothing
  bool current = false;  ///< asked by this call
  bool focus = false;    ///< shown in detail: the current ones, else the one that answered last
  /// Another one, and this one against it: the most accurate of other models that were asked in the same way,
  /// else the most accurate of all others. Only where in focus and both labelled some of the same samples.
  struct Rival {
    std::string model;
    std::string prompt_hash;
    label::PairedComparison duel;
  };
  std::optional<Rival> rival;
};

struct GoldReport {
  int64_t samples = 0;                 ///< labelled by people and scored
  int64_t like_examples = 0;           ///< labelled by people but not scored: they look like an example
  std::vector<PromptScore> versions;   ///< in the order in which they first answered
  std::optional<label::Score> policy;  ///< of the labels that follow; absent where nobody has answered
};

/// In words: every version of the prompt in a row of a table, the current ones in detail, and what the policy
/// makes of them. A text may have several lines.
std::vector<std::string> describe(const GoldReport& gold, const Settings& settings);

struct LabelFailure {
  std::string sample;  ///< its name
  Error error;
};

/// One failure of each kind by name, and how many there are like it; the advice appears once. `stopped`: what
/// is said last, and need not be said here.
std::vector<std::string> lines_about(const std::vector<LabelFailure>& failures,
                                     const std::optional<Error>& stopped);

/// What the local classifier did for the training split.
struct LocalLabels {
  int64_t asked = 0;      ///< samples that a teacher or a person was asked about
  int64_t labelled = 0;   ///< locally
  int64_t left = 0;       ///< without a label, as the classifier is not sure
  bool believed = false;  ///< enough checks agree; else nothing is labelled locally
  Share agreement;        ///< of samples like those labelled locally, how many the teacher labels the same
  std::string backbone;   ///< whose features it reads
};

struct LabelOutcome : Outcome {
  Settings settings;  ///< of the project; `changes` not applied
  LabelPlan plan;
  std::vector<Bill> bills;  ///< one for each of the plan's teachers; id 0: there was nothing to ask
  Bill total;               ///< all of them together
  std::vector<LabelFailure> failures;
  int64_t late = 0;  ///< answers of a worker after its lease: paid for, not kept
  std::optional<label::LabelCounts>
      counts;  ///< of the whole project; absent where labels could not be written
  std::optional<GoldReport> gold;
  std::optional<LocalLabels> local;  ///< with `share` or `enough`
};

/// Asks every named teacher about the samples that it has not answered yet, then decides labels by the
/// project's policy. The plan is told through `watch` before the first question. Answers are kept as they
/// come: whatever stops the call, the next one asks only what is missing. With `gold` and no teacher named
/// anywhere, scores the answers that are there. The outcome is `stopped` by an interrupt, a spent budget, a
/// server that is down, and by questions that got no answer. Several calls at once, of one process or many,
/// share the questions: each is asked by one of them. Error (usage): no teacher or an unknown one, a setting
/// that makes no sense.
Result<LabelOutcome> label(const LabelArgs& args, Watch& watch);

/// What label() would ask and what that would cost. Sends nothing, needs no key, and writes no more than the
/// hashes of video frames. Errors as label().
Result<LabelPlanOutcome> plan_label(const LabelArgs& args, Watch& watch);

/// What teachers are asked from now on; absent: as it is.
struct PromptChange {
  std::optional<std::string> question;
  std::optional<std::string> instructions;  ///< text added to the prompt; empty: none
};

/// Writes them into dewdrop.toml; its other lines stay. Answers to other words are kept, as another prompt's.
/// `project`: any folder inside it. Error (usage): an empty question, more than 8,000 bytes, control
/// characters.
Result<void> change_prompt(const fs::path& project, const PromptChange& change);

/// What was spent on one teacher's model so far.
struct TeacherSpending {
  std::string name;  ///< "openai gpt-4o"
  int64_t runs = 0;
  int64_t asked = 0;
  std::optional<double> cost_usd;  ///< absent where the price of any run is unknown
  double estimated_usd = 0;        ///< of it, what no server counted
};

struct BillsOutcome : Outcome {
  std::vector<Bill> runs;  ///< oldest first
  std::vector<TeacherSpending> teachers;
};

/// What was spent so far. `project`: any folder inside it.
Result<BillsOutcome> bills(const fs::path& project, Watch& watch);

/// A job of the Batch API that the project knows of.
struct ListedBatch {
  Batch batch;
  int64_t questions = 0;  ///< that it asks
  int64_t answered = 0;   ///< samples of it that have an answer, from the batch or from elsewhere
};

struct BatchesOutcome : Outcome {
  std::vector<ListedBatch> batches;  ///< oldest first
  std::optional<int64_t> forgotten;  ///< Batch::id
};

/// `project`: any folder inside it.
Result<BatchesOutcome> batches(const fs::path& project, Watch& watch);

/// The next run asks about the batch's unanswered samples again, whatever becomes of its job. `name`: the
/// batch's number or its job. The server is not told. Error (usage): there is no such batch, or it is done.
Result<BatchesOutcome> forget_batch(const fs::path& project, const std::string& name, Watch& watch);

Json to_json(const LabelOutcome& outcome);
Json to_json(const LabelPlanOutcome& outcome);
Json to_json(const BillsOutcome& outcome);
Json to_json(const BatchesOutcome& outcome);

}  // namespace dew::verbs
