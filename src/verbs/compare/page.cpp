#include "verbs/compare/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/compare_page.h"
#include "search/search.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

constexpr size_t kSlicesShown = 8;
constexpr size_t kPicturesShown = 10;  ///< of a slice

double share_wrong(const compare::Said& said, size_t picture, int gold) {
  double wrong = 0;
  for (const auto& net : said) wrong += net[picture] != gold ? 1 : 0;
  return said.empty() ? 0 : wrong / static_cast<double>(said.size());
}

std::string class_called(const std::vector<std::string>& classes, int answer) {
  return answer < 0 ? std::string() : classes[static_cast<size_t>(answer)];
}

/// The most typical pictures of the first slices.
Result<std::vector<report::HolePicture>> hole_pictures(const Project& project, const PageSources& from,
                                                       const CompareOutcome& outcome) {
  const auto places = from.all.tested();
  std::vector<report::HolePicture> shown;
  std::vector<Sample> samples;
  const auto& slices = outcome.findings.holes.slices;
  for (size_t slice = 0; slice < std::min(kSlicesShown, slices.size()); ++slice)
    for (size_t i = 0; i < std::min(kPicturesShown, slices[slice].pictures.size()); ++i) {
      const size_t picture = slices[slice].pictures[i];
      const int gold = from.seen.gold[picture];
      shown.push_back({slice,
                       {},
                       class_called(outcome.classes, gold),
                       class_called(outcome.classes, from.seen.label_a[picture]),
                       from.reasons[places[picture]],
                       share_wrong(from.seen.a, picture, gold),
                       share_wrong(from.seen.b, picture, gold)});
      samples.push_back(from.all.pictures.samples[places[picture]]);
    }
  Watch quiet;
  DEW_CHECK(readable_pictures(
      project, samples,
      [&](size_t index, const Image& image) -> Result<void> {
        shown[index].picture = image;
        return {};
      },
      quiet));
  return shown;
}

std::vector<report::Row> settings_rows(const PageSources& from, const CompareOutcome& outcome) {
  const CompareArgs& args = from.args;
  const NotCompared& left = outcome.left_out;
  return {
      {"A", outcome.a, ""},
      {"B", outcome.b, ""},
      {"Net", search::describe(from.wanted), "starts from " + from.wanted.backbone},
      {"Seeds", fmt::format("1 to {}", args.seeds), "the same for all arms"},
      {"Tested",
       args.folds > 0 ? fmt::format("every picture once, in {} folds", args.folds)
                      : "the project's test split",
       "near copies are in one fold"},
      {"Pictures that teach a net", with_commas(outcome.pictures), "the same for all arms"},
      {"Left out",
       fmt::format("{} without a class in A, {} without one in B, {} without one by people",
                   with_commas(left.without_a), with_commas(left.without_b), with_commas(left.without_gold)),
       ""},
      {"Command",
       fmt::format("dewdrop compare --a {} --b {} --seeds {}{}", shell_quoted(args.a), shell_quoted(args.b),
                   args.seeds, args.folds > 0 ? fmt::format(" --folds {}", args.folds) : ""),
       ""}};
}

}  // namespace

Result<Reasons> reasons_of(const Project& project, const Side& a, const Gathered& all) {
  std::map<int64_t, size_t> place_of;
  for (size_t i = 0; i < all.pictures.samples.size(); ++i) place_of[all.pictures.samples[i].id] = i;
  const auto& classes = project.settings().classes;
  Reasons reasons(all.pictures.samples.size());
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    const auto at = place_of.find(answer.sample);
    if (at == place_of.end() || answer.reason.empty()) return;
    if (!label::counts_in(a.set, label::voter_of(answer))) return;
    const int label = all.a[at->second];
    if (label >= 0 && answer.answer_class == classes[static_cast<size_t>(label)])
      reasons[at->second] = answer.reason;
  }));
  return reasons;
}

compare::HoleSearch hole_search(const Gathered& all, const Reasons& reasons) {
  compare::HoleSearch search;
  search.columns = all.columns;
  bool any = false;
  for (const size_t i : all.tested()) {
    const auto row = all.features.begin() + std::ptrdiff_t(i * all.columns);
    search.features.insert(search.features.end(), row, row + std::ptrdiff_t(all.columns));
    search.reasons.push_back(reasons[i]);
    any = any || !reasons[i].empty();
  }
  if (!any) search.reasons.clear();
  return search;
}

Result<CompareCosts> costs_of(const Project& project, const Side& a, const CompareArgs& args) {
  CompareCosts costs;
  costs.usd_a_label = args.usd_a_label;
  if (a.set.kind == label::LabelSet::Kind::kPeople) return costs;
  double usd = 0;
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    if (!label::counts_in(a.set, label::voter_of(answer))) return;
    ++costs.answers_a;
    usd += answer.cost_usd;
  }));
  if (usd > 0) costs.usd_a = usd;
  return costs;
}

Result<void> write_compare_page(const Project& project, const PageSources& from,
                                const CompareOutcome& outcome) {
  report::ComparePage page;
  page.title = project.settings().name;
  page.question = project.settings().question;
  page.made_at = utc_now();
  page.a = outcome.title_a;
  page.b = outcome.title_b;
  page.answer = outcome.answer;
  page.classes = outcome.classes;
  page.findings = outcome.findings;
  DEW_TRY(page.pictures, hole_pictures(project, from, outcome));
  page.costs = {outcome.costs.answers_a, outcome.costs.usd_a, outcome.costs.usd_a_label};
  page.settings = settings_rows(from, outcome);
  DEW_CHECK(write_file(outcome.page, report::to_html(page)));
  const fs::path json = fs::path(outcome.page).replace_extension(".json");
  return write_file(json, to_json(outcome).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace dew::verbs
