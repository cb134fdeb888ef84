// Charges tries to their samples and to the budget.
#include "teacher/spending.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base.h"
#include "teacher/openai_reply.h"

namespace dew::teacher {

/// An upper bound: the prompt at the worst ratio to its forecast seen so far, and the longest reply.
Cost Spending::most_of(const Cost& expected) const {
  const auto in = static_cast<double>(expected.tokens_in) * longer_than_expected_;
  Cost most{static_cast<int64_t>(in) + 1, longest_reply_tokens(state_.dialect), std::nullopt};
  if (state_.price) most.usd = state_.price->of(most.tokens_in, most.tokens_out);
  return most;
}

bool Spending::covers(const Cost& expected) const {
  const auto& budget = state_.options.budget_usd;
  return !budget || state_.spent_usd + reserved_ + most_of(expected).usd.value_or(0) <= *budget;
}

double Spending::reserve(const Cost& expected) {
  const double usd = most_of(expected).usd.value_or(0);
  reserved_ += usd;
  return usd;
}

Charge Spending::charge(const HttpReply& reply, const Cost& expected) {
  if (reply.delivery == Delivery::kTooLong) {
    ++unread_;
    const Cost cost = priced(expected);
    return {cost, cost};
  }
  if (reply.delivery != Delivery::kReply) return reply.sent ? charge_unanswered(expected) : Charge{};
  const Cost cost = read_usage(reply.body);
  if (cost.tokens_in > 0 && expected.tokens_in > 0)
    longer_than_expected_ = std::max(
        longer_than_expected_, static_cast<double>(cost.tokens_in) / static_cast<double>(expected.tokens_in));
  if (cost.tokens_out > 0) state_.reply_length.saw(cost.tokens_out);
  if (cost.tokens_in > 0 || cost.tokens_out > 0) return {priced(cost)};
  if (!succeeded(reply) || !state_.price) return {};
  const Cost estimate = priced(expected);
  return {estimate, estimate};
}

Charge Spending::charge_unanswered(const Cost& expected) {
  ++unanswered_;
  const Cost cost = priced(expected);
  return {cost, cost};
}

Cost Spending::priced(Cost cost) {
  cost.usd = state_.price ? state_.price->of(cost.tokens_in, cost.tokens_out) : 0.0;
  state_.spent_usd += *cost.usd;
  return cost;
}

std::string Spending::estimates() const {
  std::vector<std::string> why;
  if (unanswered_ > 0)
    why.push_back(plural(unanswered_, "request was", "requests were") + " sent and got no reply");
  if (unread_ > 0) why.push_back(plural(unread_, "reply was", "replies were") + " too long to be read");
  if (why.empty()) return {};
  return join(why, ", and ") + ": the bill counts the expected cost";
}

tl::unexpected<Error> Spending::budget_spent() const {
  const double budget = state_.options.budget_usd.value_or(0);
  return work_error(fmt::format("${:.4f} of the budget of ${:.2f} are left, and one more question could "
                                "cost more than that",
                                budget - state_.spent_usd, budget),
                    {}, "the answers so far are kept; run the same command again with a new --budget");
}

}  // namespace dew::teacher
