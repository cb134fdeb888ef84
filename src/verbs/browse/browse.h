// browse: the whole set of a project, to be looked at anywhere at once, and the labelling of what was
// selected. What a grid of pictures needs: pages of samples by filters, small pictures, labels with a way
// back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/store.h"
#include "verbs/common/outcome.h"
#include "verbs/review/review.h"

namespace dew::verbs {

/// Which samples, in which order. What is empty or absent lets all through.
struct SampleFilter {
  /// No class is called so: none has a blank at its end.
  static constexpr const char* kNoLabel = " ";
  /// A class; the unsure answer: set aside; kNoLabel, or "none" where no class is called so: without a label
  /// of the project's classes.
  std::string answer_class;
  std::optional<Split> split;
  std::string origin;  ///< of the label: people, teacher, spread, local, none
  std::string source;  ///< a source's name
  std::string text;    ///< in the sample's name, in any case (ASCII)
  enum class Order {
    kName,        ///< the sources' names, then frame and region
    kConfidence,  ///< the least first, those without one last
    kSuspicion,   ///< the largest first, those without one last
  } order = Order::kName;
};

/// Orders by their names: name, confidence, suspicion. Error (usage): none of these.
Result<SampleFilter::Order> parse_order(const std::string& name);

/// A sample as a grid shows it.
struct ListedSample {
  int64_t id = 0;
  std::string name;
  Split split = Split::kTrain;
  /// A class, also one that the project had once; the unsure answer where it was set aside.
  std::optional<std::string> label;
  std::string origin = "none";       ///< people, teacher, spread (of a near-identical one's), local, none
  std::optional<double> confidence;  ///< the teacher's or the local classifier's in the label, 0...1
  std::optional<double> suspicion;   ///< of the last ranking in this process
};

struct SamplePage {
  int64_t total = 0;  ///< that the filter lets through
  int64_t offset = 0;
  int64_t version = 0;
  std::vector<ListedSample> samples;
};

/// All samples that a filter lets through, in its order, with no more than their labels.
struct SampleColumns {
  static constexpr int16_t kUnlabelled = -1;
  static constexpr int16_t kAside = -2;
  int64_t version = 0;
  std::vector<int64_t> ids;
  std::vector<int16_t> labels;  ///< places in the classes, or one of the above
  std::vector<Split> splits;
};

/// All that is known about one sample.
struct SampleDetail {
  ListedSample listed;
  std::string source;
  std::vector<Answer> answers;  ///< as they came
  std::string label_at;         ///< empty: no label
  std::string basis;
};

/// The project in numbers.
struct SetSummary {
  Settings settings;
  fs::path folder;
  int64_t version = 0;
  int64_t samples = 0;
  int64_t unlabelled = 0;
  int64_t sources = 0;
  std::map<std::string, int64_t> by_class;  ///< of each class, and of the unsure answer: set aside
  std::map<Split, int64_t> by_split;
  std::map<std::string, int64_t> by_origin;
};

struct LabelStep {
  int64_t changed = 0;  ///< samples whose label differs now, by class or by who decided
  int64_t step = 0;     ///< its number; 0: nothing was changed
};

struct UndoneLabels {
  Undo result = Undo::kNothing;
  std::vector<int64_t> samples;  ///< whose label was taken back
  int64_t stand = 0;             ///< others of the step: somebody has decided about them since
};

/// An open project with an index of all its samples in memory, some 150 bytes each; pictures are read when
/// they are asked for, and a bounded number of bytes of them kept. Calls may come from many threads. What
/// others change in the project is seen by refresh(). Errors of all calls: as Project's.
class SampleBrowser {
 public:
  /// `project`: any folder inside it. Error: no project there.
  static Result<SampleBrowser> open(const fs::path& project);
  SampleBrowser(SampleBrowser&&) noexcept;
  SampleBrowser& operator=(SampleBrowser&&) noexcept;
  ~SampleBrowser();

  /// Reads anew what has changed since; false: nothing has. Other calls go on meanwhile.
  Result<bool> refresh();
  /// Counts up with every change that was seen.
  [[nodiscard]] int64_t version() const;

  [[nodiscard]] SetSummary summary() const;
  /// Error (usage): a class, an origin or a source that the project does not have.
  [[nodiscard]] Result<SamplePage> page(const SampleFilter& filter, int64_t offset, int64_t count) const;
  /// The same samples all at once. Error: as page().
  [[nodiscard]] Result<SampleColumns> columns(const SampleFilter& filter) const;
  /// Another one where samples came or went.
  [[nodiscard]] std::string samples_mark() const;
  [[nodiscard]] std::shared_ptr<const Settings> settings() const;
  /// Absent: there is no such sample.
  [[nodiscard]] Result<std::optional<SampleDetail>> detail(int64_t sample) const;
  [[nodiscard]] std::optional<ListedSample> listed(int64_t sample) const;
  /// A JPEG that fits into side x side pixels, no larger than the picture. Null: there is no such sample.
  /// Error: the picture cannot be read.
  [[nodiscard]] Result<std::shared_ptr<const std::string>> picture(int64_t sample, int side) const;

  /// Labels by a person, `by`; the unsure answer sets aside. Stored before it returns, all or none. Error
  /// (usage): no such class (names the nearest) or sample.
  Result<LabelStep> set_labels(const std::vector<int64_t>& samples, const std::string& answer_class,
                               const std::string& by);
  /// Takes the last of these steps back that is not taken back yet; what was decided otherwise since stands,
  /// and the result is kOverruled where that is so of any of its samples.
  Result<UndoneLabels> undo();

  /// How suspicious labels are by a ranking, by sample.
  void set_suspicions(std::unordered_map<int64_t, double> suspicions);

 private:
  struct Inside;
  explicit SampleBrowser(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

Json to_json(const ListedSample& sample);
Json to_json(const SamplePage& page);
Json to_json(const SampleDetail& detail);
Json to_json(const SetSummary& summary);
Json to_json(const LabelStep& step);
Json to_json(const UndoneLabels& undone);

}  // namespace dew::verbs
