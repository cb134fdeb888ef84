// What a project gives to an export, page by page.
#pragma once

#include <map>
#include <optional>

#include "exchange/outgoing.h"
#include "label/label_pages.h"
#include "store/store.h"

namespace dew::verbs {

/// The samples (of one split), the labels of a set with who gave them, and what the data card tells. A page
/// is about a thousand samples, or those of one video; memory does not grow with anything else.
class ProjectOrigins : public exchange::Origins {
 public:
  /// `project` must outlive it.
  static Result<std::unique_ptr<ProjectOrigins>> open(const Project& project, const label::LabelSet& labels,
                                                      const std::optional<Split>& split);

  [[nodiscard]] const Settings& settings() const override { return project_.settings(); }
  [[nodiscard]] std::string at() const override { return at_; }
  [[nodiscard]] int64_t count() const override { return count_; }
  Result<exchange::OutgoingPage> next() override;
  Result<exchange::Card> card() override;
  Result<fs::path> file(int64_t source, const Watch& watch) const override {
    return project_.original(source, watch);
  }
  Result<void> pictures(const std::vector<Sample>& wanted, const Give& give, Watch& watch) const override {
    return project_.pictures(wanted, give, watch);
  }
  Result<std::vector<Answer>> answers(const std::vector<int64_t>& samples) const override {
    return project_.answers_about(samples);
  }

 private:
  /// What somebody who answered said of the samples so far.
  struct Heard {
    int64_t first = 0;  ///< id of the oldest answer
    int64_t answers = 0;
    label::Agreement agreement;
  };
  ProjectOrigins(const Project& project, label::LabelPages labels, const label::LabelSet& set,
                 const std::optional<Split>& split, int64_t count)
      : project_(project), labels_(std::move(labels)), set_(set), split_(split), count_(count) {}
  Result<std::vector<Source>> next_sources();
  Result<void> set_labels(std::vector<exchange::Outgoing>& items, size_t from, size_t to);
  void count_answers(const label::LabelPage& page, const std::vector<int64_t>& samples);
  [[nodiscard]] Result<exchange::CardTeacher> teacher_of(const label::Voter& voter, const Heard& heard,
                                                         const std::vector<Bill>& bills) const;

  const Project& project_;
  label::LabelPages labels_;
  label::LabelSet set_;
  std::optional<Split> split_;
  int64_t count_ = 0;
  std::string at_ = utc_now();
  int64_t last_source_ = 0;
  std::map<label::Voter, Heard> heard_;
  label::Agreement policy_;  ///< of the project's policy with people
};

}  // namespace dew::verbs
