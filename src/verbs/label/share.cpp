// The two lists that questions are claimed from.
#include "verbs/label/share.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew::verbs {
namespace {

constexpr size_t kTogether = 2000;  ///< questions of others that are looked at in one statement

class ListShare : public QuestionShare {
 public:
  ListShare(Claims& claims, const QuestionList& list) : claims_(claims), list_(list) {
    for (const Sample& sample : list.samples) samples_.emplace(sample.id, &sample);
  }

  Result<std::vector<Claim>> take(size_t most) override {
    most = std::max<size_t>(most, 1);
    while (at_ < list_.entries.size()) {
      DEW_TRY(auto share, claims_.take_these(next(most), Claims::Unlisted::kAdd));
      elsewhere_.insert(elsewhere_.end(), share.elsewhere.begin(), share.elsewhere.end());
      claimed_ += static_cast<int64_t>(share.ours.size());
      if (!share.ours.empty()) return std::move(share.ours);
    }
    return look_again();
  }

  Result<Claims::Left> left() override {
    return Claims::Left{static_cast<int64_t>(list_.entries.size() - at_),
                        static_cast<int64_t>(elsewhere_.size())};
  }

  Result<const Sample*> sample(int64_t id) override { return samples_.at(id); }

  [[nodiscard]] int64_t settled_elsewhere() const override {
    return static_cast<int64_t>(at_ - elsewhere_.size()) - claimed_;
  }

 private:
  std::vector<Claim> next(size_t most) {
    std::vector<Claim> wanted;
    for (; at_ < list_.entries.size() && wanted.size() < most; ++at_) {
      const QuestionList::Entry& entry = list_.entries[at_];
      wanted.push_back({list_.samples[entry.sample].id, static_cast<size_t>(entry.vote - 1)});
    }
    return wanted;
  }

  /// At what others held.
  Result<std::vector<Claim>> look_again() {
    std::vector<Claim> ours;
    std::vector<Claim> still;
    for (size_t from = 0; from < elsewhere_.size(); from += kTogether) {
      const auto begin = elsewhere_.begin() + static_cast<std::ptrdiff_t>(from);
      const auto end =
          elsewhere_.begin() + static_cast<std::ptrdiff_t>(std::min(from + kTogether, elsewhere_.size()));
      DEW_TRY(const auto share, claims_.take_these({begin, end}, Claims::Unlisted::kLeave));
      ours.insert(ours.end(), share.ours.begin(), share.ours.end());
      still.insert(still.end(), share.elsewhere.begin(), share.elsewhere.end());
    }
    elsewhere_ = std::move(still);
    claimed_ += static_cast<int64_t>(ours.size());
    return ours;
  }

  Claims& claims_;
  const QuestionList& list_;
  std::map<int64_t, const Sample*> samples_;
  size_t at_ = 0;                 ///< the next entry to claim
  std::vector<Claim> elsewhere_;  ///< passed over: another process held them
  int64_t claimed_ = 0;
};

class ProjectShare : public QuestionShare {
 public:
  ProjectShare(Claims& claims, const Project& project, const std::optional<SharedBudget>& budget)
      : claims_(claims), project_(project), budget_(budget) {}

  Result<std::vector<Claim>> take(size_t most) override { return claims_.take(most, budget_); }
  Result<Claims::Left> left() override { return claims_.left(); }

  Result<const Sample*> sample(int64_t id) override {
    if (samples_.count(id) == 0) DEW_CHECK(read_samples());
    const auto at = samples_.find(id);
    if (at == samples_.end())
      return work_error(fmt::format("the list of questions names sample {}, which is not there", id),
                        project_.folder().string(), "the database is damaged: restore a copy of it");
    return &at->second;
  }

 private:
  /// All of them: they are few bytes each, and another machine may have added some since the last time.
  Result<void> read_samples() {
    DEW_TRY(auto samples, project_.samples());
    for (Sample& sample : samples) samples_.emplace(sample.id, std::move(sample));
    return {};
  }

  Claims& claims_;
  const Project& project_;
  const std::optional<SharedBudget>& budget_;
  std::map<int64_t, Sample> samples_;
};

}  // namespace

std::unique_ptr<QuestionShare> share_of_list(Claims& claims, const QuestionList& list) {
  return std::make_unique<ListShare>(claims, list);
}

Result<std::unique_ptr<QuestionShare>> share_of_project(Claims& claims, const Project& project,
                                                        const std::vector<int64_t>& left_out,
                                                        const std::optional<SharedBudget>& budget) {
  DEW_CHECK(claims.list(left_out));
  return std::make_unique<ProjectShare>(claims, project, budget);
}

}  // namespace dew::verbs
