// claims: several workers share the questions, each of which is asked by one worker at a time.
//
// The open questions are one list in the database, a row each. A worker claims some of them under a lease,
// which ends at a time of the database's clock; answers and the end of their claims are one transaction. When
// a lease has ended, any worker may take the row; the one that had it learns when it delivers its answer that
// it is too late.
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

/// What is asked of which teacher. Each vote is a separate question with its own hash.
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

/// What all workers together may spend on these prompts, by the bills in the database.
struct SharedBudget {
  double usd = 0;
  double each_usd = 0;  ///< what one question may cost
  std::vector<std::string> prompt_hashes;
};

class Claims {
 public:
  /// Opens its own connection, for use by one thread; a thread that renews leases has its own object with the
  /// same worker's name. Errors as Project::open().
  static Result<Claims> open(const fs::path& project, Claimable what, std::string worker,
                             std::chrono::milliseconds lease);
  Claims(Claims&&) noexcept;
  Claims& operator=(Claims&&) = delete;
  ~Claims();

  /// "host/namespace:pid:random", unique; the namespace is the one that the process id is valid in.
  static std::string new_worker_name();

  /// Puts every sample without an answer on the list, except those that take another's label and those in
  /// `left_out`.
  Result<void> list(const std::vector<int64_t>& left_out);

  /// Claims at most `most` questions that no other worker holds; fewer if the budget ends, none if all are
  /// taken.
  Result<std::vector<Claim>> take(size_t most, const std::optional<SharedBudget>& budget);

  /// How the questions of a list of one's own stand with other workers. Those in neither part are answered,
  /// or another worker got no answer to them and struck them off.
  struct Share {
    std::vector<Claim> ours;       ///< claimed now
    std::vector<Claim> elsewhere;  ///< held by another worker under a lease that has not ended
  };
  /// What is not on the list yet.
  enum class Unlisted { kAdd, kLeave };
  /// Claims those of `wanted` that no other worker holds. Retried when the connection breaks.
  Result<Share> take_these(const std::vector<Claim>& wanted, Unlisted unlisted);

  /// Releases what processes of this machine held that have ended without giving it back. Returns how many
  /// questions that were.
  Result<int64_t> release_dead();

  /// Starts the lease of this worker's claims again.
  Result<void> renew();

  /// Stores the answers and ends their claims. Returns how many were dropped because another worker has taken
  /// over the claim. Retried when the connection breaks.
  Result<int64_t> keep(const std::vector<Answer>& answers, const Bill& bill);

  /// Removes what is still held from the list: it got no answer. The next list() brings it back.
  Result<void> strike();

  /// Releases what is still held; others may claim it at once.
  Result<void> give_back();

  struct Left {
    int64_t open = 0;       ///< on the list, not held by another worker
    int64_t elsewhere = 0;  ///< held by other workers under a lease that has not ended
  };
  [[nodiscard]] Result<Left> left() const;
  /// Spent so far, by the bills.
  [[nodiscard]] Result<double> spent(const SharedBudget& budget) const;

 private:
  struct Inside;
  explicit Claims(std::unique_ptr<Inside> inside);
  Result<std::vector<Claim>> try_to_take(size_t most, const std::optional<SharedBudget>& budget);
  Result<std::vector<Claim>> forgotten();
  Result<Share> try_to_take_these(const std::vector<Claim>& wanted, Unlisted unlisted);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
