// The JSON object of a comparison: every figure of the page.
#include "verbs/compare/compare.h"

namespace dew::verbs {
namespace {

using compare::Figure;

/// A share, or a consistency.
Json json_of(const Figure& figure) {
  if (!figure) return nullptr;
  return {{"value", figure->value}, {"low", figure->low}, {"high", figure->high}};
}

/// A difference: with the chance that it is none.
Json difference_of(const Figure& figure) {
  Json all = json_of(figure);
  if (figure) all["p"] = figure->chance;
  return all;
}

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const compare::Accuracy& all, const std::vector<std::string>& names) {
  Json classes = Json::array();
  for (size_t c = 0; c < all.classes.size(); ++c)
    classes.push_back({{"class", names[c]},
                       {"pictures", all.classes[c].pictures},
                       {"a", json_of(all.classes[c].a)},
                       {"b", json_of(all.classes[c].b)},
                       {"difference", difference_of(all.classes[c].difference)}});
  return {{"a", json_of(all.a)},
          {"b", json_of(all.b)},
          {"noise", json_of(all.noise)},
          {"a_float", json_of(all.a_float)},
          {"b_float", json_of(all.b_float)},
          {"difference", difference_of(all.difference)},
          {"structure", difference_of(all.structure)},
          {"floor", all.floor},
          {"mcnemar", {{"only_a", all.only_a}, {"only_b", all.only_b}, {"p", all.mcnemar}}},
          {"classes", classes}};
}

Json json_of(const compare::Variance& all) {
  return {{"deviation_a", all.deviation_a},  {"deviation_b", all.deviation_b},
          {"p", or_null(all.chance)},        {"churn_a", json_of(all.churn_a)},
          {"churn_b", json_of(all.churn_b)}, {"churn", difference_of(all.churn)}};
}

Json json_of(const compare::Consistency& all) {
  return {{"between", json_of(all.between)},
          {"within_a", json_of(all.within_a)},
          {"within_b", json_of(all.within_b)},
          {"gap", difference_of(all.gap)},
          {"pooled",
           {{"between", json_of(all.between_pooled)},
            {"within_a", json_of(all.within_a_pooled)},
            {"within_b", json_of(all.within_b_pooled)}}},
          {"with_teacher_a", json_of(all.with_teacher_a)},
          {"with_teacher_b", json_of(all.with_teacher_b)},
          {"labels", json_of(all.labels)}};
}

Json json_of(const compare::Inheritance& all, const std::vector<std::string>& names) {
  Json pairs = Json::array();
  for (const compare::ConfusionPair& one : all.pairs)
    pairs.push_back({{"people", names[static_cast<size_t>(one.gold)]},
                     {"a", names[static_cast<size_t>(one.said)]},
                     {"pictures", one.pictures},
                     {"repeats_a", one.repeats_a},
                     {"repeats_b", one.repeats_b},
                     {"repeats_noise", one.repeats_noise}});
  return {{"wrong", all.wrong},
          {"right", all.right},
          {"repeated",
           {{"a", json_of(all.repeated_a)},
            {"b", json_of(all.repeated_b)},
            {"noise", json_of(all.repeated_noise)}}},
          {"smoothed",
           {{"a", json_of(all.smoothed_a)},
            {"b", json_of(all.smoothed_b)},
            {"noise", json_of(all.smoothed_noise)}}},
          {"added",
           {{"a", json_of(all.added_a)}, {"b", json_of(all.added_b)}, {"noise", json_of(all.added_noise)}}},
          {"beyond_noise", difference_of(all.beyond_noise)},
          {"beyond_b", difference_of(all.beyond_b)},
          {"pairs", pairs}};
}

Json json_of(const compare::Holes& all, const std::vector<std::string>& names) {
  Json slices = Json::array();
  for (const compare::Hole& one : all.slices) {
    Json classes = Json::array();
    for (const auto& [answer, count] : one.classes)
      classes.push_back({{"class", names[static_cast<size_t>(answer)]}, {"pictures", count}});
    slices.push_back({{"name", one.name},
                      {"pictures", one.pictures.size()},
                      {"wrong_a", one.wrong_a},
                      {"wrong_b", one.wrong_b},
                      {"gap", one.gap},
                      {"p", one.chance},
                      {"classes", classes}});
  }
  return {{"p", or_null(all.chance)}, {"exchanges", all.exchanges}, {"slices", slices}};
}

Json json_of(const compare::DriftFindings& all) {
  Json curve = Json::array();
  for (const compare::DriftPoint& one : all.curve)
    curve.push_back({{"severity", one.severity},
                     {"a", json_of(one.a)},
                     {"b", json_of(one.b)},
                     {"noise", json_of(one.noise)},
                     {"consistency",
                      {{"between", json_of(one.between)},
                       {"within_a", json_of(one.within_a)},
                       {"within_b", json_of(one.within_b)}}}});
  Json lines = Json::array();
  for (const compare::DriftLine& one : all.lines)
    lines.push_back({{"name", one.name},
                     {"family", one.family},
                     {"loss_a", json_of(one.loss_a)},
                     {"loss_b", json_of(one.loss_b)},
                     {"loss_noise", json_of(one.loss_noise)},
                     {"difference", difference_of(one.difference)}});
  return {{"name", all.name},
          {"pictures", all.pictures},
          {"loss_a", json_of(all.loss_a)},
          {"loss_b", json_of(all.loss_b)},
          {"loss_noise", json_of(all.loss_noise)},
          {"area", difference_of(all.area)},
          {"curve", curve},
          {"lines", lines}};
}

Json json_of(const std::optional<compare::LearningCurve>& all) {
  if (!all) return nullptr;
  Json parts = Json::array();
  for (const compare::PartOfLabels& one : all->parts)
    parts.push_back(
        {{"share", one.share}, {"pictures", one.pictures}, {"a", json_of(one.a)}, {"b", json_of(one.b)}});
  return {{"parts", parts},
          {"gain_a", difference_of(all->gain_a)},
          {"gain_b", difference_of(all->gain_b)},
          {"gain", difference_of(all->gain)}};
}

Json json_of(const std::vector<compare::Reviewed>& all) {
  Json list = Json::array();
  for (const compare::Reviewed& one : all)
    list.push_back({{"share", one.share},
                    {"labels", one.labels},
                    {"by_suspicion", json_of(one.by_suspicion)},
                    {"at_random", json_of(one.at_random)},
                    {"left_by_suspicion", difference_of(one.left_by_suspicion)},
                    {"left_at_random", difference_of(one.left_at_random)}});
  return list;
}

}  // namespace

Json to_json(const CompareOutcome& outcome) {
  const compare::Findings& all = outcome.findings;
  Json verdicts = Json::array();
  for (const compare::Verdict& one : all.verdicts)
    verdicts.push_back({{"key", one.key},
                        {"question", one.question},
                        {"p", or_null(one.chance)},
                        {"p_together", or_null(one.together)},
                        {"different", one.chance ? Json(one.different) : Json(nullptr)}});
  Json shifted = Json::array();
  for (const compare::DriftFindings& set : all.shifted) shifted.push_back(json_of(set));
  return {{"a", outcome.a},
          {"b", outcome.b},
          {"answer", outcome.answer},
          {"pictures", outcome.pictures},
          {"tested", all.pictures},
          {"seeds", all.seeds},
          {"verdicts", verdicts},
          {"cannot", all.cannot},
          {"accuracy", json_of(all.accuracy, outcome.classes)},
          {"variance", json_of(all.variance)},
          {"consistency", json_of(all.consistency)},
          {"inheritance", json_of(all.inheritance, outcome.classes)},
          {"holes", json_of(all.holes, outcome.classes)},
          {"drift", all.drift ? json_of(*all.drift) : Json(nullptr)},
          {"shifted", shifted},
          {"curve", json_of(all.curve)},
          {"reviewed", json_of(all.reviewed)},
          {"costs",
           {{"answers_a", outcome.costs.answers_a},
            {"usd_a", money(outcome.costs.usd_a)},
            {"usd_a_label", money(outcome.costs.usd_a_label)}}},
          {"left_out",
           {{"without_a", outcome.left_out.without_a},
            {"without_b", outcome.left_out.without_b},
            {"without_gold", outcome.left_out.without_gold}}},
          {"page", outcome.page.string()}};
}

}  // namespace dew::verbs
