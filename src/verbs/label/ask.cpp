// Rounds of questions, their bills, and one budget over all of them.
#include "verbs/label/ask.h"

#include <fmt/format.h>

#include <limits>

#include "verbs/label/worker.h"

namespace dew::verbs {
namespace {

/// "12 answers, 1 failed, $0.0031 of about $0.0520": the rest is taken to cost what those before did.
/// `questions`: 0 where their number is not known.
std::string tally(const Bill& bill, size_t questions) {
  std::string text = plural(bill.asked - bill.failed, "answer", "answers");
  if (bill.failed > 0) text += fmt::format(", {} failed", with_commas(bill.failed));
  if (bill.cost_usd.value_or(0) <= 0) return text;
  text += ", " + dollars(bill.cost_usd);
  if (questions > 0 && bill.asked > 0)
    text += fmt::format(" of about {}", dollars(*bill.cost_usd / static_cast<double>(bill.asked) *
                                                static_cast<double>(questions)));
  return text;
}

void add(Bill& bill, const teacher::Reply& reply) {
  if (!reply.unfinished) {
    ++bill.asked;
    if (!reply.answer) ++bill.failed;
  }
  teacher::add_tokens(bill.tokens_in, reply.spent.tokens_in);
  teacher::add_tokens(bill.tokens_out, reply.spent.tokens_out);
  teacher::add_tokens(bill.estimated_tokens_in, reply.estimated.tokens_in);
  teacher::add_tokens(bill.estimated_tokens_out, reply.estimated.tokens_out);
  if (bill.cost_usd) *bill.cost_usd += reply.spent.usd.value_or(0);
  bill.estimated_usd += reply.estimated.usd.value_or(0);
}

class Asking {
 public:
  Asking(Project& project, const LabelArgs& args, Prepared& prepared, LabelOutcome& outcome, Watch& watch)
      : project_(project), args_(args), prepared_(prepared), outcome_(outcome), watch_(watch) {
    if (!outcome.bills.empty()) return;  // a further part of the questions
    if (prepared.plan.forecast.usd) outcome.total.cost_usd = 0;
    for (size_t i = 0; i < prepared.rounds.size(); ++i)
      outcome.bills.push_back(unopened_bill(prepared.rounds[i], prepared.plan.teachers[i].forecast));
  }

  Result<void> run() {
    for (size_t i = 0; i < prepared_.rounds.size(); ++i)
      if (!prepared_.rounds[i].questions.entries.empty())
        DEW_CHECK(ask(prepared_.rounds[i], outcome_.bills[i]));
    return {};
  }

 private:
  static Bill unopened_bill(const Round& round, const teacher::Cost& forecast) {
    const teacher::Teacher& teacher = *round.chosen.teacher;
    Bill bill;
    bill.teacher = round.chosen.options.batches ? "batch" : teacher.name();
    bill.model = teacher.model();
    bill.prompt_hash = teacher.prompt_hash();
    bill.forecast_usd = forecast.usd;
    return bill;
  }

  Result<void> ask(Round& round, Bill& bill) {
    DEW_CHECK(leave_budget(round));
    if (bill.id == 0) {
      if (bill.forecast_usd) bill.cost_usd = 0;
      DEW_TRY(bill, project_.begin_bill(bill));
    }
    watch_.begin("labelling",
                 args_.worker ? 0 : bill.asked + static_cast<int64_t>(round.questions.entries.size()));
    const auto late = ask_shared(round, bill);
    watch_.end();
    if (!late) return tl::unexpected(late.error());
    outcome_.late += *late;
    return {};
  }

  Result<int64_t> ask_shared(const Round& round, Bill& bill) {
    const size_t questions =
        args_.worker ? 0 : static_cast<size_t>(bill.asked) + round.questions.entries.size();
    return run_worker(
        project_, *round.chosen.teacher, worker_options(round), bill,
        [&](const teacher::Reply& reply) { count(bill, reply); }, [&] { return tally(bill, questions); },
        watch_);
  }

  /// What earlier rounds spent is taken off the budget of this one. Workers look at the bills of all workers
  /// instead, before they claim more.
  Result<void> leave_budget(Round& round) {
    const auto& budget = args_.options.budget_usd;
    if (budget && args_.worker)
      return remake(project_, prepared_.how, round.chosen, std::numeric_limits<double>::infinity());
    if (!budget || outcome_.total.cost_usd.value_or(0) == 0) return {};
    const double left = *budget - *outcome_.total.cost_usd;
    if (left <= 0)
      return work_error(fmt::format("the budget of ${:.2f} is spent", *budget), {},
                        "what was answered is kept; run the same command again with a new --budget");
    return remake(project_, prepared_.how, round.chosen, left);
  }

  /// A worker takes what is open in the project; a plain call its own list. Both claim what they ask, so that
  /// two calls at once share the questions.
  [[nodiscard]] WorkerOptions worker_options(const Round& round) const {
    WorkerOptions options;
    options.votes = round.chosen.votes;
    options.context = round.chosen.options.context;
    options.lease = args_.lease;
    options.at_once = at_once(round.chosen);
    if (!args_.worker) {
      options.list = &round.questions;
      return options;
    }
    options.left_out.assign(prepared_.examples.begin(), prepared_.examples.end());
    options.limit = args_.limit;
    if (const auto& budget = args_.options.budget_usd)
      options.budget =
          shared_budget(*budget, round.questions.forecast, round.questions.entries.size(), prompt_hashes());
    return options;
  }

  /// Large lots spare transactions; what one process has claimed, no other can ask meanwhile.
  [[nodiscard]] size_t at_once(const ChosenTeacher& chosen) const {
    constexpr size_t kJob = 5000;
    constexpr size_t kInProcess = 256;
    if (chosen.options.batches) return kJob;
    if (chosen.teacher->prompt_text().empty()) return kInProcess;
    const auto together = static_cast<size_t>(chosen.options.concurrency);
    return args_.worker ? together : 4 * together;
  }

  [[nodiscard]] std::vector<std::string> prompt_hashes() const {
    std::vector<std::string> hashes;
    for (const TeacherPlan& one : prepared_.plan.teachers) hashes.push_back(one.prompt_hash);
    return hashes;
  }

  void count(Bill& bill, const teacher::Reply& reply) {
    add(bill, reply);
    add(outcome_.total, reply);
    if (!reply.answer && !reply.unfinished) outcome_.failures.push_back({reply.name, reply.answer.error()});
  }

  Project& project_;
  const LabelArgs& args_;
  Prepared& prepared_;
  LabelOutcome& outcome_;
  Watch& watch_;
};

}  // namespace

Result<void> ask_teachers(Project& project, const LabelArgs& args, Prepared& prepared, LabelOutcome& outcome,
                          Watch& watch) {
  return Asking(project, args, prepared, outcome, watch).run();
}

}  // namespace dew::verbs
