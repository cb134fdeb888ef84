// Claims: several workers share the asking, each sample asked by one of them at a time.
//
// What is to be asked stands in one list in the database, a row a question. A worker takes some under a
// lease, a time by the database's clock; answers and the end of their claims are one transaction. Where a
// lease ran out the row is anybody's, and whoever had it finds so when it brings its answer: it is too late.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew {

struct Answer;
struct Bill;

/// What is asked, and of whom. Votes are questions of their own, each with a hash.
struct Claimable {
  std::string teacher;
  std::string model;
  std::vector<std::string> prompt_hashes;  ///< taken in this order
};

/// A sample to ask about, by the n-th of Claimable::prompt_hashes.
struct Claim {
  int64_t sample = 0;
  size_t prompt = 0;
};

/// What all workers together may spend on questions with these prompts, by the bills in the database.
struct SharedBudget {
  double usd = 0;
  double each_usd = 0;  ///< what one question may cost
  std::vector<std::string> prompt_hashes;
};

class Claims {
 public:
  /// With a connection of its own, for one thread: one that renews has another object with the same worker's
  /// name. Errors as Project::open().
  static Result<Claims> open(const fs::path& project, Claimable what, std::string worker,
                             std::chrono::milliseconds lease);
  Claims(Claims&&) noexcept;
  Claims& operator=(Claims&&) = delete;
  ~Claims();

  /// "host:pid:dice": no two have the same.
  static std::string new_worker_name();

  /// Puts all that lacks an answer on the list, but samples that take another's label and those in
  /// `left_out`.
  Result<void> list(const std::vector<int64_t>& left_out);

  /// At most so many, none that anybody else holds; fewer where the budget ends, none when all is taken.
  Result<std::vector<Claim>> take(size_t most, const std::optional<SharedBudget>& budget);

  /// Their lease begins anew, as far as they are still this worker's.
  Result<void> renew();

  /// Ends the claims on what was answered and keeps the answers, but those whose claim is somebody else's by
  /// now. Gives the number of these. Tried again where the connection breaks.
  Result<int64_t> keep(const std::vector<Answer>& answers, const Bill& bill);

  /// What is still held got no answer: it is off the list until somebody makes one anew.
  Result<void> strike();

  /// What is still held may be taken by others at once.
  Result<void> give_back();

  struct Left {
    int64_t open = 0;       ///< on the list, nobody's
    int64_t elsewhere = 0;  ///< held by other workers, their lease not over
  };
  [[nodiscard]] Result<Left> left() const;
  /// Spent so far, by the bills.
  [[nodiscard]] Result<double> spent(const SharedBudget& budget) const;

 private:
  struct Inside;
  explicit Claims(std::unique_ptr<Inside> inside);
  Result<std::vector<Claim>> try_to_take(size_t most, const std::optional<SharedBudget>& budget);
  Result<std::vector<Claim>> forgotten();
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
