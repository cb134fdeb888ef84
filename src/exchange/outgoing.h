// What goes out: samples with their labels, what the data card says of them, and where their pictures come
// from.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/base.h"
#include "base/statistics.h"
#include "media/media.h"
#include "store/store.h"

namespace dew::exchange {

/// One sample, and the label that it goes out with.
struct Outgoing {
  Sample sample;
  std::string label;   ///< one of the classes; empty: none
  std::string origin;  ///< "human" or "policy", also where that set the sample aside; empty: nobody decided
  std::string by;      ///< the person, or the teachers' models
  std::string at;      ///< UTC
  std::optional<double> confidence;  ///< 0...1
  std::string reason;                ///< a teacher's, for this label
};

/// A teacher's model asked with one prompt, for the data card.
struct CardTeacher {
  std::string name;                                         ///< "openai gpt-4o"
  std::string prompt_hash;                                  ///< SHA-256
  std::vector<std::pair<std::string, std::string>> prompt;  ///< how it was asked, key and value; may be empty
  int64_t answers = 0;                                      ///< about samples that go out
  Share agreement;                                          ///< with people, where both gave a class
  std::optional<double> cost_usd;                           ///< of these answers; absent: no price is known
};

/// What the data card tells beside what the items hold.
struct Card {
  std::string labels = "current";  ///< which labels, in words that --labels takes
  std::optional<Split> split;      ///< only this one; absent: all
  std::vector<CardTeacher> teachers;
  Share agreement;                 ///< of the policy with people
  std::optional<double> cost_usd;  ///< of the whole project so far; absent: no price is known
};

/// All samples of some sources, in the order of the sources, and those sources.
struct OutgoingPage {
  std::vector<Outgoing> items;
  std::map<int64_t, Source> sources;
};

/// Where samples, pictures and answers come from. A project, in use.
class Origins {
 public:
  using Give = std::function<Result<void>(size_t index, const Image& image)>;

  Origins() = default;
  Origins(const Origins&) = delete;
  Origins& operator=(const Origins&) = delete;
  virtual ~Origins() = default;

  [[nodiscard]] virtual const Settings& settings() const = 0;  ///< name, question, classes, unsure
  [[nodiscard]] virtual std::string at() const = 0;            ///< when it goes out, UTC
  /// How many samples next() gives at most, for progress.
  [[nodiscard]] virtual int64_t count() const = 0;
  /// The next samples; none are left where the page is empty. Only one page is in memory at a time.
  virtual Result<OutgoingPage> next() = 0;
  /// Once all were given.
  virtual Result<Card> card() = 0;

  /// The source's file. Error: it is gone or has changed.
  virtual Result<fs::path> file(int64_t source, const Watch& watch) const = 0;
  /// The pictures of samples of one source; `give` gets the index into `wanted`. Error: as file(); damaged;
  /// `give`'s.
  virtual Result<void> pictures(const std::vector<Sample>& wanted, const Give& give, Watch& watch) const = 0;
  /// All answers about these samples, with Answer::raw, ordered by sample.
  virtual Result<std::vector<Answer>> answers(const std::vector<int64_t>& samples) const = 0;
};

/// What was written.
struct Written {
  int64_t pictures = 0;
  int64_t labelled = 0;
  int64_t people = 0;               ///< of the labels, by people
  int64_t converted = 0;            ///< pictures that became PNG because the tool does not read their format
  int64_t unlabelled = 0;           ///< pictures without a label that are in there
  int64_t unlabelled_left_out = 0;  ///< ... that this format cannot hold
  std::vector<std::string> unreadable;      ///< names of samples left out: the file is gone, changed, damaged
  std::map<std::string, int64_t> by_class;  ///< every class of the project
  std::vector<std::string> notes;           ///< sentences: what the tool's user should know
};

/// What the folder of each class is called in folders as classes: its name, made safe for file systems; a
/// folder for each class, also where names differ only in what file systems do not tell apart.
std::map<std::string, std::string> folders_of_classes(const Settings& settings);

}  // namespace dew::exchange
