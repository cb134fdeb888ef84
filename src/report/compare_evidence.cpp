// Accuracy, variance, error consistency and inheritance, in tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/base.h"
#include "report/compare_parts.h"
#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostClasses = 12;
constexpr size_t kMostPairs = 15;
constexpr double kLevel = 0.05;

std::string class_name(const ComparePage& page, size_t number) {
  return number < page.classes.size() ? page.classes[number] : fmt::format("class {}", number);
}

std::vector<std::string> class_row(const ComparePage& page, size_t number) {
  const compare::ClassAccuracy& one = page.findings.accuracy.classes[number];
  return {class_name(page, number), with_commas(one.pictures), share_text(one.a), share_text(one.b),
          points_text(one.difference)};
}

void write_classes(Writer& out, const ComparePage& page) {
  const auto& classes = page.findings.accuracy.classes;
  std::vector<size_t> order(classes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::erase_if(order, [&](size_t i) { return classes[i].pictures == 0; });
  std::stable_sort(order.begin(), order.end(), [&](size_t i, size_t j) {
    const auto distance = [&](size_t at) {
      return classes[at].difference ? std::abs(classes[at].difference->value) : 0;
    };
    return distance(i) > distance(j);
  });
  const std::vector<std::string> head{"Class", "Pictures", "A", "B", "A less B, points"};
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < std::min(order.size(), kMostClasses); ++i) rows.push_back(class_row(page, order[i]));
  out.element("h3", order.size() > kMostClasses ? "The classes that differ most" : "Class by class");
  out.element("p", {{"class", "note"}},
              "Intervals are of each class by itself: of many classes, some differ by chance.");
  write_table(out, "Accuracy by class", head, rows);
  if (order.size() <= kMostClasses) return;
  rows.clear();
  for (const size_t i : order) rows.push_back(class_row(page, i));
  const auto details = out.open("details");
  out.element("summary", fmt::format("All {} classes", order.size()));
  write_table(out, "Accuracy of all classes", head, rows);
}

std::string percent_points(double share) {
  return fmt::format("{:.1f}", 100 * share);
}

}  // namespace

void write_accuracy(Writer& out, const ComparePage& page) {
  const compare::Accuracy& accuracy = page.findings.accuracy;
  const compare::Variance& variance = page.findings.variance;
  const auto section = out.open("section", {{"id", "accuracy"}});
  out.element("h2", "Accuracy");
  out.element("p", {{"class", "lead"}},
              "On people's labels of pictures that the nets had not seen. Matched noise: people's labels "
              "with as many of "
              "A's mistakes of each kind, on pictures drawn at random.");
  write_table(
      out, "Accuracy of the arms",
      {"Taught by", "int8", "Float", "Deviation between runs, points", "Answers that change with the seed"},
      {{"A", share_text(accuracy.a), share_text(accuracy.a_float), percent_points(variance.deviation_a),
        share_text(variance.churn_a)},
       {"B", share_text(accuracy.b), share_text(accuracy.b_float), percent_points(variance.deviation_b),
        share_text(variance.churn_b)},
       {"matched noise", share_text(accuracy.noise), "", "", ""}});
  out.element(
      "p", {{"class", "note"}},
      fmt::format(
          "Most of the nets of A alone are right about {}, most of those of B alone about {} (McNemar's "
          "exact "
          "test: {}). Two arms of the same labels would be up to {} points apart by their seeds in 95 of 100 "
          "cases.{}",
          counted(accuracy.only_a, "picture", "pictures"), counted(accuracy.only_b, "picture", "pictures"),
          chance_text(accuracy.mcnemar), percent_points(accuracy.floor),
          variance.chance ? fmt::format(" That runs of A and of B deviate {}: {}.",
                                        *variance.chance < kLevel ? "differently is no chance"
                                                                  : "differently may be chance",
                                        chance_text(variance.chance))
                          : ""));
  write_classes(out, page);
}

void write_consistency(Writer& out, const ComparePage& page) {
  const compare::Consistency& all = page.findings.consistency;
  if (!all.between && !all.labels) return;
  const auto section = out.open("section", {{"id", "consistency"}});
  out.element("h2", "Do they fail on the same pictures?");
  out.element(
      "p", {{"class", "lead"}},
      "Error consistency, Cohen's kappa of being right: 0 where two nets fail on the same pictures as often "
      "as "
      "chance has it, 1 where always. Within classes; pooled figures stand beside, and are higher where some "
      "classes are harder than others.");
  write_table(out, "Error consistency", {"Between", "Within classes", "Pooled"},
              {{"a net of A and one of B", kappa_text(all.between), kappa_text(all.between_pooled)},
               {"two nets of A", kappa_text(all.within_a), kappa_text(all.within_a_pooled)},
               {"two nets of B", kappa_text(all.within_b), kappa_text(all.within_b_pooled)},
               {"a net of A and A's labels", kappa_text(all.with_teacher_a), ""},
               {"a net of B and B's labels", kappa_text(all.with_teacher_b), ""},
               {"A's labels and B's", kappa_text(all.labels), ""}});
  out.element(
      "p", {{"class", "note"}},
      "The noise floor is what two nets of the same labels have; arms that err differently have less between "
      "them. Label sets that are never wrong have no errors to be consistent about.");
}

void write_inheritance(Writer& out, const ComparePage& page) {
  const compare::Inheritance& all = page.findings.inheritance;
  if (all.wrong == 0) return;
  const auto section = out.open("section", {{"id", "inheritance"}});
  out.element("h2", "What becomes of A's mistakes");
  out.element("p", {{"class", "lead"}},
              fmt::format("A is wrong about {} of the tested pictures, none of which its nets had seen.",
                          counted(all.wrong, "picture", "pictures")));
  write_table(out, "A's mistakes in the nets",
              {"Nets taught by", "Repeat the same wrong class", "Smooth it away", "Wrong where A is right"},
              {{"A", share_text(all.repeated_a), share_text(all.smoothed_a), share_text(all.added_a)},
               {"matched noise", share_text(all.repeated_noise), share_text(all.smoothed_noise),
                share_text(all.added_noise)},
               {"B", share_text(all.repeated_b), share_text(all.smoothed_b), share_text(all.added_b)}});
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < std::min(kMostPairs, all.pairs.size()); ++i) {
    const compare::ConfusionPair& one = all.pairs[i];
    rows.push_back({class_name(page, static_cast<size_t>(one.gold)) + " \u2192 " +
                        class_name(page, static_cast<size_t>(one.said)),
                    with_commas(one.pictures), rough_percent(one.repeats_a), rough_percent(one.repeats_noise),
                    rough_percent(one.repeats_b)});
  }
  out.element("h3", "By what is taken for what");
  write_table(out, "Repeated by pair",
              {"People \u2192 A", "Pictures", "A's nets repeat", "Matched noise", "B's"}, rows);
}

}  // namespace dew::report
