// teacher: asks a large model. Prompt, schema, HTTP, retries, cost; a stream of questions in, a stream of
// answers out.
//
// Keys come from the environment (OPENAI_API_KEY) and reach no database, log or error.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/base.h"
#include "media/media.h"
#include "store/store.h"

namespace dew {

namespace teacher {
class Transport;
}

/// What every sample is asked.
struct Prompt {
  std::string question;
  std::vector<std::string> classes;
  std::string unsure;  ///< empty: the model must choose

  /// classes, then unsure where there is one: what an answer may be.
  [[nodiscard]] std::vector<std::string> choices() const;
};

/// One sample to ask about. `picture` is called when its turn comes, so that pictures are not all held
/// in memory at once.
struct Question {
  int64_t sample = 0;
  std::string name;
  std::function<Result<Image>()> picture;
  std::function<Result<Image>()> context =
      {};        ///< what lies around it, where that is asked about too; or null
  int vote = 1;  ///< 1, 2, ...: the same question again, to a model that draws its words
};

/// What one or many calls cost. No price is known: `usd` is absent.
struct Cost {
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;
  std::optional<double> usd;
};

/// An answer, or why there is none: the sample then stays unlabelled and is named.
struct Reply {
  int64_t sample = 0;
  std::string name;
  Result<Answer> answer;
  Cost spent = {};  ///< on all tries, also where there is no answer
};

/// A picture with its right answer, shown to the teacher before each question ("few-shot").
struct Example {
  std::string name;
  Image picture;
  std::string label;
};

/// What is shown beside the picture that is asked about.
enum class Context { kNone, kFrame, kAround };

/// Where a teacher that answers within a day notes what it has asked for: the project's store.
struct BatchBook {
  std::function<Result<std::vector<Batch>>()> open;  ///< of the same teacher, model and prompt
  std::function<Result<Batch>(const Batch&)> keep;   ///< gives it with its id
};

struct TeacherOptions {
  std::string base_url;  ///< of the API, "https://api.openai.com/v1"; from the spec or OPENAI_BASE_URL
  std::string model;     ///< "gpt-4o"
  int concurrency = 8;
  int retries = 4;                             ///< after the first try, on 5xx, timeouts, bad answers
  int give_up = 20;                            ///< failures in a row after which the server counts as down
  std::chrono::minutes patience{10};           ///< with a server that only ever asks to slow down
  std::chrono::milliseconds timeout{60'000};   ///< of one request
  std::chrono::milliseconds first_pause{500};  ///< of the back-off; doubles, with jitter, up to 60 s
  int jpeg_quality = 90;
  int jpeg_size = 2048;         ///< the longer side at most, pixels
  std::string detail = "auto";  ///< OpenAI's image detail: low, high, auto
  double temperature = 0;
  std::optional<int64_t> seed;  ///< of the model's dice, where the server has one
  std::string instructions;     ///< in words, beside the question
  std::vector<Example> examples;
  Context context = Context::kNone;
  std::optional<double> budget_usd;  ///< of one ask(); no call starts that could go beyond it
  std::optional<BatchBook> batches;  ///< ask through the Batch API, and note it there
  size_t batch_requests = 50'000;    ///< in one file, at most
  size_t batch_bytes = size_t{180} << 20;
  std::chrono::milliseconds poll{30'000};  ///< between two looks at a batch
  fs::path prices;                         ///< a price file that goes before the built-in one; may be absent

  // What a test puts its own in place of.
  std::function<Result<std::unique_ptr<teacher::Transport>>()> transport;  ///< none: make_transport
  Chance chance = random_chance();                                         ///< of the back-off's jitter
  Clock* clock = &system_clock();  ///< dates answers; outlives the teacher. Waiting goes by the transport's
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

  /// Whether asking the same again may give another answer, so that votes mean something.
  [[nodiscard]] virtual bool draws() const { return false; }

  /// What asking about a picture of that size will cost, about; `context` as Question::context.
  struct Size {
    int width = 0;
    int height = 0;
  };
  [[nodiscard]] virtual Cost forecast(Size picture, Size context) const {
    (void)picture, (void)context;
    return {0, 0, 0.0};
  }
  /// The day the prices behind forecast() were true; empty: none are known, or nothing costs anything.
  [[nodiscard]] virtual std::string prices_true_on() const { return {}; }
  /// What would be sent beside the pictures, for people.
  [[nodiscard]] virtual std::string prompt_text() const { return {}; }

  using Next = std::function<std::optional<Question>()>;
  using Give = std::function<Result<void>(std::vector<Reply>)>;

  /// Asks until `next` gives nothing more. Each reply goes to `give` once, in any order; those that came
  /// together come together, before anything more is asked: who keeps them in `give` loses none of them.
  /// Error: nothing more can come of it (a wrong key, no server at all, an interrupt, a spent
  /// budget, `give` failed);
  /// the replies given before it stand.
  virtual Result<void> ask(const Next& next, const Give& give, Watch& watch) = 0;
};

/// From a spec as the command line takes it: `openai:gpt-4o`, `http://127.0.0.1:8080/v1#model`,
/// `replay:answers.jsonl`. Error (usage): an unknown kind, an answers file with an unknown class or a
/// broken line (named by its number), a missing key.
Result<std::unique_ptr<Teacher>> make_teacher(const std::string& spec, const Prompt& prompt,
                                              const TeacherOptions& options);

}  // namespace dew
