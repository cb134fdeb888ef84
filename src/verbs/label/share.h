// share: which questions one process asks, where several share them. None is asked by two at once.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "store/claims.h"
#include "store/store.h"
#include "verbs/label/questions.h"

namespace dew::verbs {

/// Hands out questions that are claimed in the database.
class QuestionShare {
 public:
  QuestionShare() = default;
  QuestionShare(const QuestionShare&) = delete;
  QuestionShare& operator=(const QuestionShare&) = delete;
  virtual ~QuestionShare() = default;

  /// About `most` questions, claimed. None: nothing can be had now.
  virtual Result<std::vector<Claim>> take(size_t most) = 0;
  /// What this process could still be given.
  virtual Result<Claims::Left> left() = 0;
  /// The sample of a claim; lives as long as this object.
  virtual Result<const Sample*> sample(int64_t id) = 0;
  /// Of its questions, those that others have settled, as far as is known.
  [[nodiscard]] virtual int64_t settled_elsewhere() const { return 0; }
};

/// A list of one's own, in its order. What another process holds comes last, should it be released
/// unanswered. `claims` and `list` must outlive it.
std::unique_ptr<QuestionShare> share_of_list(Claims& claims, const QuestionList& list);

/// All questions of the project that are open, samples that others add included; `left_out` are samples that
/// are shown as examples. `budget` is of all workers together.
Result<std::unique_ptr<QuestionShare>> share_of_project(Claims& claims, const Project& project,
                                                        const std::vector<int64_t>& left_out,
                                                        const std::optional<SharedBudget>& budget);

}  // namespace dew::verbs
