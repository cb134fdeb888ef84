// Charges tries to their samples and to the budget.
#include "teacher/spending.h"

#include <fmt/format.h>

#include <algorithm>

#include "teacher/openai_reply.h"

namespace dew::teacher {

/// An upper bound: the prompt at the worst ratio to its forecast seen so far, and the longest reply.
double Spending::most(const Cost& expected) const {
  if (!state_.price) return 0;
  const auto in = static_cast<double>(expected.tokens_in) * longer_than_expected_;
  return state_.price->of(static_cast<int64_t>(in) + 1, longest_reply_tokens(state_.dialect));
}

bool Spending::covers(const Cost& expected) const {
  const auto& budget = state_.options.budget_usd;
  return !budget || state_.spent_usd + reserved_ + most(expected) <= *budget;
}

double Spending::reserve(const Cost& expected) {
  const double usd = most(expected);
  reserved_ += usd;
  return usd;
}

void Spending::charge(const HttpReply& reply, const Cost& expected, Cost& spent) {
  if (reply.delivery != Delivery::kReply) {
    if (reply.sent) charge_unanswered(expected, spent);
    return;
  }
  const Cost cost = read_usage(reply.body);
  if (cost.tokens_in > 0 && expected.tokens_in > 0)
    longer_than_expected_ = std::max(
        longer_than_expected_, static_cast<double>(cost.tokens_in) / static_cast<double>(expected.tokens_in));
  if (cost.tokens_out > 0) state_.reply_length.saw(cost.tokens_out);
  if (cost.tokens_in > 0 || cost.tokens_out > 0) return add(cost, spent);
  if (succeeded(reply) && state_.price) add(expected, spent);
}

void Spending::charge_unanswered(const Cost& expected, Cost& spent) {
  ++estimated_;
  add(expected, spent);
}

void Spending::add(const Cost& cost, Cost& spent) {
  add_tokens(spent.tokens_in, cost.tokens_in);
  add_tokens(spent.tokens_out, cost.tokens_out);
  if (!state_.price) return;
  const double usd = state_.price->of(cost.tokens_in, cost.tokens_out);
  *spent.usd += usd;
  state_.spent_usd += usd;
}

tl::unexpected<Error> Spending::budget_spent() const {
  const double budget = state_.options.budget_usd.value_or(0);
  return work_error(fmt::format("${:.4f} of the budget of ${:.2f} are left, and one more question could "
                                "cost more than that",
                                budget - state_.spent_usd, budget),
                    {}, "the answers so far are kept; run the same command again with a new --budget");
}

}  // namespace dew::teacher
