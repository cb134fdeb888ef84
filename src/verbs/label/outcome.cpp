// What `label` says: the plan in sentences, and the objects of --json. Their keys are listed in docs/cli.md.
#include <fmt/format.h>

#include "verbs/label/label.h"

namespace dew::verbs {
namespace {

Json plan_json(const LabelPlan& plan, const std::vector<Bill>& bills) {
  std::vector<std::string> names;
  std::vector<std::string> models;
  Json teachers = Json::array();
  for (size_t i = 0; i < plan.teachers.size(); ++i) {
    const TeacherPlan& one = plan.teachers[i];
    const Bill bill = i < bills.size() ? bills[i] : Bill{};
    names.push_back(one.teacher);
    models.push_back(one.model);
    teachers.push_back({{"teacher", one.teacher},
                        {"model", one.model},
                        {"prompt_hash", one.prompt_hash},
                        {"votes", one.votes},
                        {"questions", one.questions},
                        {"asked", bill.asked},
                        {"failed", bill.failed},
                        {"cost_usd", money(bill.cost_usd)},
                        {"forecast_usd", money(one.forecast.usd)}});
  }
  return Json{{"teacher", join(names)},
              {"model", join(models)},
              {"teachers", teachers},
              {"spread", plan.spread},
              {"forecast_usd", money(plan.forecast.usd)},
              {"forecast_tokens_in", plan.forecast.tokens_in},
              {"forecast_tokens_out", plan.forecast.tokens_out}};
}

Json to_json(const Share& share) {
  return {{"right", share.hits},
          {"of", share.of},
          {"share", share.of == 0 ? Json(nullptr) : Json(share.value())},
          {"interval95", {share.low, share.high}}};
}

Json to_json(const label::Reliability& reliability) {
  Json bins = Json::array();
  for (const auto& bin : reliability.bins)
    bins.push_back({{"from", bin.from},
                    {"to", bin.to},
                    {"samples", bin.samples},
                    {"confidence", bin.confidence},
                    {"accuracy", static_cast<double>(bin.right) / static_cast<double>(bin.samples)}});
  return {{"samples", reliability.samples},
          {"ece", reliability.samples > 0 ? Json(reliability.error) : Json(nullptr)},
          {"bins", bins}};
}

Json to_json(const std::optional<label::Calibration>& calibration) {
  if (!calibration) return nullptr;
  return {{"samples", calibration->samples},
          {"temperature", calibration->temperature ? Json(*calibration->temperature) : Json(nullptr)},
          {"accuracy", calibration->accuracy}};
}

Json to_json(const label::Score& score, const std::vector<std::string>& names) {
  Json classes = Json::array();
  for (size_t i = 0; i < names.size(); ++i)
    classes.push_back({{"class", names[i]},
                       {"precision", to_json(score.precision[i])},
                       {"recall", to_json(score.recall[i])}});
  return {{"answered", score.asked},
          {"unsure", score.unsure},
          {"labelled", score.accuracy.of},
          {"right", score.accuracy.hits},
          {"accuracy", score.accuracy.of == 0 ? Json(nullptr) : Json(score.accuracy.value())},
          {"interval95", {score.accuracy.low, score.accuracy.high}},
          {"cost_usd", score.cost_usd},
          {"calibration", to_json(score.calibration)},
          {"told", to_json(score.told)},
          {"calibrated", to_json(score.calibrated)},
          {"classes", classes}};
}

Json to_json(const std::optional<PromptScore::Rival>& rival) {
  if (!rival) return nullptr;
  return {{"model", rival->model},
          {"prompt_hash", rival->prompt_hash},
          {"both", rival->duel.both},
          {"differ", rival->duel.differ},
          {"only_this_right", rival->duel.only_first},
          {"only_other_right", rival->duel.only_second},
          {"chance", rival->duel.chance}};
}

Json to_json(const PromptScore& version, const std::vector<std::string>& classes) {
  constexpr size_t kShortHash = 8;
  const label::Voter& voter = version.score.voter;
  Json prompt = Json::object();
  for (const auto& [key, value] : version.settings) prompt[key] = value;
  Json json = {{"teacher", voter.teacher},    {"model", voter.model},
               {"prompt_hash", voter.prompt}, {"name", voter.prompt.substr(0, kShortHash)},
               {"current", version.current},  {"prompt", prompt},
               {"differs", version.differs},  {"against", to_json(version.rival)}};
  json.update(to_json(version.score, classes));
  return json;
}

void add_counts(Json& json, const std::optional<label::LabelCounts>& counts) {
  const auto count = [&](int64_t label::LabelCounts::*of) {
    return counts ? Json((*counts).*of) : Json(nullptr);
  };
  json["labelled"] = count(&label::LabelCounts::labelled);
  json["unsure"] = count(&label::LabelCounts::unsure);
  json["tied"] = count(&label::LabelCounts::tied);
  json["below_threshold"] = count(&label::LabelCounts::below_threshold);
  json["unlabelled"] = count(&label::LabelCounts::unlabelled);
  json["by_class"] = counts ? Json(counts->by_class) : Json(nullptr);
}

void add_gold(Json& json, const GoldReport& gold, const std::vector<std::string>& classes) {
  json["gold"] = gold.samples;
  json["versions"] = Json::array();
  for (const PromptScore& version : gold.versions) json["versions"].push_back(to_json(version, classes));
  json["policy"] = gold.policy ? to_json(*gold.policy, classes) : Json(nullptr);
}

}  // namespace

std::string dollars(const std::optional<double>& usd) {
  if (!usd) return "an unknown amount";
  return *usd < 1 ? fmt::format("${:.4f}", *usd) : fmt::format("${:.2f}", *usd);
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

std::string with_interval(const Share& share) {
  if (share.of == 0) return "-";
  return fmt::format("{} ({:.1f}-{:.1f})", percent(share.value()), 100 * share.low, 100 * share.high);
}

std::vector<std::string> describe(const LabelPlan& plan) {
  std::vector<std::string> lines;
  if (plan.spread > 0)
    lines.push_back(fmt::format("{} another one and {} its label (--spread off asks about all of them)",
                                plural(plan.spread, "sample looks like", "samples look like"),
                                plan.spread == 1 ? "takes" : "take"));
  for (const TeacherPlan& one : plan.teachers) {
    if (one.prompt.empty() || one.questions == 0) continue;  // costs nothing
    const std::string model = printable(one.model, 60);
    const std::string amount =
        one.forecast.usd
            ? fmt::format("about {} at the prices of {}", dollars(one.forecast.usd), one.prices_true_on)
            : "no price is known for " + model + " (prices.toml adds one)";
    lines.push_back(
        fmt::format("{}{}, about {} + {} tokens: {}", plan.teachers.size() > 1 ? model + ": " : "",
                    plural(one.questions, "question", "questions"), with_commas(one.forecast.tokens_in),
                    with_commas(one.forecast.tokens_out), amount));
  }
  return lines;
}

Json to_json(const LabelOutcome& outcome) {
  Json failures = Json::array();
  for (const LabelFailure& failure : outcome.failures)
    failures.push_back(
        {{"sample", failure.sample}, {"why", failure.error.what}, {"next", failure.error.next}});
  Json json = plan_json(outcome.plan, outcome.bills);
  json["asked"] = outcome.total.asked;
  json["failed"] = outcome.total.failed;
  json["cost_usd"] = money(outcome.total.cost_usd);
  json["tokens_in"] = outcome.total.tokens_in;
  json["tokens_out"] = outcome.total.tokens_out;
  add_counts(json, outcome.counts);
  json["failures"] = failures;
  json["late"] = outcome.late;
  if (outcome.gold) add_gold(json, *outcome.gold, outcome.settings.classes);
  if (const auto& local = outcome.local)
    json["local"] = {{"asked", local->asked},
                     {"labelled", local->labelled},
                     {"left", local->left},
                     {"believed", local->believed},
                     {"agreement", to_json(local->agreement)},
                     {"backbone", local->backbone}};
  return json;
}

Json to_json(const LabelPlanOutcome& outcome) {
  Json json = plan_json(outcome.plan, {});
  json["asked"] = 0;
  json["dry_run"] = true;
  json["prompt"] = outcome.plan.teachers.empty() ? std::string() : outcome.plan.teachers.front().prompt;
  json["samples"] = outcome.samples;
  return json;
}

Json to_json(const BillsOutcome& outcome) {
  Json runs = Json::array();
  for (const Bill& bill : outcome.runs)
    runs.push_back({{"run", bill.id},
                    {"at", bill.at},
                    {"teacher", bill.teacher},
                    {"model", bill.model},
                    {"asked", bill.asked},
                    {"failed", bill.failed},
                    {"tokens_in", bill.tokens_in},
                    {"tokens_out", bill.tokens_out},
                    {"cost_usd", money(bill.cost_usd)},
                    {"estimated_tokens_in", bill.estimated_tokens_in},
                    {"estimated_tokens_out", bill.estimated_tokens_out},
                    {"estimated_usd", bill.cost_usd ? money(bill.estimated_usd) : Json(nullptr)},
                    {"forecast_usd", money(bill.forecast_usd)}});
  Json teachers = Json::array();
  for (const TeacherSpending& one : outcome.teachers)
    teachers.push_back({{"teacher", one.name},
                        {"runs", one.runs},
                        {"asked", one.asked},
                        {"cost_usd", money(one.cost_usd)},
                        {"estimated_usd", one.cost_usd ? money(one.estimated_usd) : Json(nullptr)}});
  return Json{{"runs", runs}, {"teachers", teachers}};
}

}  // namespace dew::verbs
