// teacher: asks a large model. Prompt, schema, HTTP, retries, cost; a stream of questions in, a stream of
// answers out.
//
// Keys come from the environment (OPENAI_API_KEY) and reach no database, log or error.
#pragma once

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/base.h"
#include "media/media.h"
#include "store/store.h"

namespace dew::teacher {

class Transport;

/// What is asked about every sample: which class it is; or, without classes, a free question about the
/// pictures of an event, whose answer is Answer::reason.
struct Prompt {
  std::string question;
  std::vector<std::string> classes;
  std::string unsure;       ///< empty: the model must choose
  std::string schema = {};  ///< JSON schema of a free answer, see read_schema(); empty: the answer is a text

  /// What an answer may be: the classes, then the unsure answer where there is one. Empty: it is free.
  [[nodiscard]] std::vector<std::string> choices() const;
};

/// A picture that is shown beside the first one.
struct Shown {
  std::string caption;  ///< "frame 3 of 5, 2.4 s after the first"
  std::function<Result<Image>()> picture;
};

/// One sample to ask about. `picture` is called when its turn comes, so that pictures are not all held
/// in memory at once.
struct Question {
  int64_t sample = 0;
  std::string name;
  std::function<Result<Image>()> picture;
  std::function<Result<Image>()> context = {};  ///< its surroundings, sent beside it; null: nothing is
  int vote = 1;  ///< 1, 2, ...: the same question again, to a model that samples its words
  // Of a free question.
  std::string caption = {};      ///< of `picture`
  std::vector<Shown> more = {};  ///< in the order in which they happened
};

/// What one or many calls cost. `usd` is absent where no price is known.
struct Cost {
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;
  std::optional<double> usd;
};

/// Adds counts that a server told: the sum stays at the largest number instead of overflowing.
inline void add_tokens(int64_t& sum, int64_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) sum = std::numeric_limits<int64_t>::max();
}

/// An answer, or why there is none: then the sample stays unlabelled and the error names it.
struct Reply {
  int64_t sample = 0;
  std::string name;
  Result<Answer> answer;
  Cost spent = {};          ///< since the last reply about the sample, also where there is no answer
  Cost estimated = {};      ///< the part of `spent` that is our estimate: no server told it
  bool unfinished = false;  ///< neither an answer nor a failure yet: only `spent` counts
  bool again = false;       ///< no answer, and the same question may get one later
  bool useless = false;     ///< no answer, though the model has written something
  bool reached = true;      ///< false: no server was reached, so that the call was none
  std::optional<std::chrono::milliseconds> wait = {};  ///< how long the server asks to wait until then
};

/// A picture with its correct label, shown to the model before each question ("few-shot").
struct PromptExample {
  std::string name;
  Image picture;
  std::string label;
};

/// What is sent beside the picture that is asked about.
enum class Context { kNone, kFrame, kAround };

/// Where a teacher that answers within a day keeps track of its jobs: the project's store.
struct BatchBook {
  std::function<Result<std::vector<Batch>>()> open;  ///< jobs of the same teacher, model and prompt
  std::function<Result<Batch>(const Batch&)> keep;   ///< returns it with its id
};

struct TeacherOptions {
  std::string base_url;  ///< of the API, "https://api.openai.com/v1"; from the spec or OPENAI_BASE_URL
  std::string model;     ///< "gpt-4o"
  int concurrency = 8;   ///< requests in flight, at most
  int retries = 4;       ///< after the first try, on 5xx and broken connections; at most 2 on useless answers
  int give_up = 20;      ///< failures in a row after which the server counts as down
  /// Whoever asks does the waiting: no failed try is repeated, however it failed. It is a reply with `again`,
  /// and does not end ask(). A server is still adapted to.
  bool once = false;
  /// Called before each request leaves, with the most that it can cost; an error ends ask() with it.
  std::function<Result<void>(const Cost& most)> permit;
  std::chrono::minutes busy_limit{10};         ///< how long a server may only ask to slow down
  std::chrono::milliseconds timeout{60'000};   ///< of one request; up to four times that at a slow server
  std::chrono::milliseconds drain{30'000};     ///< at most: for what is in flight when the run is stopped
  std::chrono::milliseconds first_pause{500};  ///< of the back-off; doubles, with jitter, up to 60 s
  int jpeg_quality = 90;
  int jpeg_size = 2048;         ///< the longer side at most, pixels
  std::string detail = "auto";  ///< OpenAI's image detail: low, high, auto
  int max_tokens = 0;  ///< of one reply, reasoning included; 0: chosen, and raised for a model that reasons
  std::string reasoning = "auto";  ///< auto, none, minimal, low, medium, high
  double temperature = 0;
  std::optional<int64_t> seed;       ///< for the model's sampling, where the server takes one
  std::string instructions;          ///< added to the prompt
  std::vector<std::string> headers;  ///< of each request, "X-Api-Key: $GATEWAY_KEY"; see read_headers()
  std::vector<PromptExample> examples;
  Context context = Context::kNone;
  std::optional<double> budget_usd;  ///< of all ask() together; no call starts that could exceed it
  std::optional<BatchBook> batches;  ///< present: ask through the Batch API
  size_t batch_requests = 50'000;    ///< in one file, at most
  size_t batch_bytes = size_t{180} << 20;
  std::chrono::milliseconds poll{30'000};  ///< between two looks at a batch
  fs::path prices;                         ///< a price file that overrides the built-in one; may be absent
  bool sends = true;  ///< false: only prompt and forecast are wanted; no key is needed, and ask() gets none

  // Seams for tests.
  std::function<Result<std::unique_ptr<Transport>>()> transport;  ///< null: make_transport
  Chance chance = random_chance();                                ///< of the back-off's jitter
  Clock* clock = &system_clock();  ///< dates answers; must outlive the teacher. Waits go by the transport's
};

class Teacher {
 public:
  Teacher() = default;
  Teacher(const Teacher&) = delete;
  Teacher& operator=(const Teacher&) = delete;
  virtual ~Teacher() = default;

  [[nodiscard]] virtual std::string name() const = 0;         ///< Answer::teacher
  [[nodiscard]] virtual std::string model() const = 0;        ///< Answer::model
  [[nodiscard]] virtual std::string prompt_hash() const = 0;  ///< Answer::prompt_hash

  /// Whether the same question may get another answer the next time, so that votes mean something.
  [[nodiscard]] virtual bool draws() const { return false; }

  /// What a question about a picture of that size will cost, about; `context` as Question::context.
  struct Size {
    int width = 0;
    int height = 0;
  };
  [[nodiscard]] virtual Cost forecast(Size picture, Size context) const {
    (void)picture, (void)context;
    return {0, 0, 0.0};
  }
  /// What a free question about pictures of these sizes will cost, about.
  [[nodiscard]] virtual Cost forecast_event(const std::vector<Size>& pictures) const {
    (void)pictures;
    return {0, 0, 0.0};
  }
  /// The date of the prices behind forecast(); empty: none are known, or nothing costs anything.
  [[nodiscard]] virtual std::string prices_true_on() const { return {}; }
  /// The day from which the model is no longer served, "2027-01-14": by the server's list of models, else by
  /// the price file. Sends one request, which may fail without a word. Empty: none is known.
  [[nodiscard]] virtual std::string ends_on(Watch& watch) {
    (void)watch;
    return {};
  }
  /// What would be sent beside the pictures, for people.
  [[nodiscard]] virtual std::string prompt_text() const { return {}; }

  using Next = std::function<std::optional<Question>()>;
  using Give = std::function<Result<void>(std::vector<Reply>)>;

  /// Asks until `next` returns nothing. Each reply goes to `give` once, in any order. Replies that arrived
  /// together are given together and before anything more is asked, so a caller that stores them in `give`
  /// loses none of them. A try that cost something and gave no answer is told at once by an `unfinished`
  /// reply. Error: nothing more can come of this run (a wrong key, no server at all, a server without one
  /// useful answer, an interrupt, a spent budget, `give` failed); the replies given before it are valid.
  virtual Result<void> ask(const Next& next, const Give& give, Watch& watch) = 0;
};

/// The JSON schema in a file, for Prompt::schema. Errors (usage): it is no JSON, which names the line, or no
/// schema of type object, which names the part. Of its keywords those that say what a plain record is are
/// checked here in each answer: type, properties, required, enum, const, items, additionalProperties.
Result<std::string> read_schema(const fs::path& file);

/// The others in it: the server is given them, and nothing is checked by them here.
Result<std::vector<std::string>> unchecked_keywords(const std::string& schema);

/// From a spec as the command line takes it: `openai:gpt-6-luna`, `http://127.0.0.1:8080/v1#model`,
/// `replay:answers.jsonl`. Error (usage): an unknown kind, an answers file with an unknown class or a
/// broken line (named by its number), a missing key, a schema that is none.
Result<std::unique_ptr<Teacher>> make_teacher(const std::string& spec, const Prompt& prompt,
                                              const TeacherOptions& options);

/// What the price file says of a spec's model, without asking anybody.
struct KnownModel {
  std::string name;            ///< empty: the spec names none (recorded answers)
  std::string prices_true_on;  ///< empty: no price is known
  std::string ends_on;         ///< the day from which it is no longer served; empty: none is known
};
Result<KnownModel> look_up_model(const std::string& spec, const TeacherOptions& options);

/// The newest day on which prices were looked up for `file`, which may be absent, or for the built-in file.
Result<std::string> newest_price_day(const fs::path& file);

/// A warning that the model is going: when, and what to do. Empty while it is served for 90 days more.
std::string ending_warning(const std::string& model, const std::string& ends_on, Clock::utc_point now);

/// Whole days from `now` until the day begins; negative: it is past. Nothing where it is not a day as
/// "2027-01-14".
std::optional<int64_t> days_until(std::string_view day, Clock::utc_point now);

}  // namespace dew::teacher
