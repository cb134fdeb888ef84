// The verb: which nets, what they said, what follows from it, and the page.
#include "verbs/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/compare_page.h"
#include "student/features.h"
#include "verbs/common/open.h"
#include "verbs/common/wanted_net.h"
#include "verbs/compare/arms.h"
#include "verbs/compare/drifting.h"
#include "verbs/compare/page.h"

namespace dew::verbs {
namespace {

constexpr uint64_t kDraws = 1;     ///< seed of what is drawn to test and to corrupt
constexpr int kPartSeeds = 3;      ///< nets an arm on parts of the labels
constexpr int kReviewedSeeds = 2;  ///< ... on labels that people reviewed some of
constexpr double kParts[] = {0.25, 0.5};
constexpr double kReviewed[] = {0.1, 0.3};

/// A project, its label sets, and the nets that are trained on them.
struct Comparing {
  const CompareArgs& args;
  const Settings& settings;
  const Gathered& all;
  const Cells& cells;
  Watch& watch;
};

/// Trains all of the arms in one go, so that no processor waits for the last net of an arm.
Result<TrainedArms> train(const Comparing& c, const std::vector<Arm>& arms) {
  std::vector<Cell> every;
  TrainedArms trained;
  for (const Arm& arm : arms) {
    trained.push_back({cells_of(c.all, arm), {}});
    every.insert(every.end(), trained.back().cells.begin(), trained.back().cells.end());
  }
  DEW_TRY(auto nets, c.cells.nets(c.all.pictures, every, c.args.jobs, c.watch));
  auto next = nets.begin();
  for (TrainedArm& arm : trained)
    for (size_t i = 0; i < arm.cells.size(); ++i) arm.nets.push_back(std::move(*next++));
  return trained;
}

template <typename T>
std::vector<T> at(const std::vector<T>& values, const std::vector<size_t>& places) {
  std::vector<T> some;
  for (const size_t i : places) some.push_back(values[i]);
  return some;
}

compare::Said said_of(const Gathered& all, const TrainedArm& arm, bool in_float) {
  compare::Said said = said_by(all, arm.cells, arm.nets, in_float);
  const auto places = all.tested();
  for (auto& net : said) net = at(net, places);
  return said;
}

compare::Observed observed(const Gathered& all, const Settings& settings, const TrainedArms& arms) {
  const auto places = all.tested();
  compare::Observed seen;
  seen.classes = settings.classes;
  seen.gold = at(all.gold, places);
  seen.group = at(all.group, places);
  seen.fold = at(all.fold, places);
  seen.label_a = at(all.a, places);
  seen.label_b = at(all.b, places);
  seen.a = said_of(all, arms[0], false);
  seen.b = said_of(all, arms[1], false);
  seen.a_float = said_of(all, arms[0], true);
  seen.b_float = said_of(all, arms[1], true);
  if (arms.size() > 2) seen.noise = said_of(all, arms[2], false);
  return seen;
}

int64_t pictures_of(const TrainedArm& arm) {
  return arm.cells.empty() ? 0 : std::ssize(arm.cells[0].train);
}

/// Where more labels of a kind stop helping.
Result<void> learn_by_parts(const Comparing& c, const TrainedArms& arms, const compare::Observed& seen,
                            compare::Findings& findings) {
  const int seeds = std::min(c.args.seeds, kPartSeeds);
  std::vector<Arm> wanted;
  for (const double share : kParts)
    for (Arm& arm : part_arms(c.all, share, seeds)) wanted.push_back(std::move(arm));
  DEW_TRY(const TrainedArms trained, train(c, wanted));
  std::vector<compare::SaidByPart> parts;
  for (size_t i = 0; i < trained.size(); i += 2)
    parts.push_back({wanted[i].share, pictures_of(trained[i]), said_of(c.all, trained[i], false),
                     said_of(c.all, trained[i + 1], false)});
  findings.curve = compare::curve_of(seen, parts, pictures_of(arms[0]), kDraws);
  return {};
}

/// How many labels by people close the gap, where there is one.
Result<void> review_some(const Comparing& c, const compare::Observed& seen, compare::Findings& findings) {
  const auto& difference = findings.accuracy.difference;
  if (!difference || difference->high >= 0) return {};
  const int seeds = std::min(c.args.seeds, kReviewedSeeds);
  std::vector<Arm> wanted;
  for (const double share : kReviewed)
    for (const bool by_suspicion : {true, false})
      wanted.push_back(reviewed_arm(c.all, share, by_suspicion, seeds));
  DEW_TRY(const TrainedArms trained, train(c, wanted));
  for (size_t i = 0; i < std::size(kReviewed); ++i)
    findings.reviewed.push_back(compare::reviewed_of(
        seen,
        {kReviewed[i], reviewed_count(c.all, kReviewed[i]), said_of(c.all, trained[2 * i], false),
         said_of(c.all, trained[2 * i + 1], false)},
        kDraws));
  return {};
}

/// The page and its figures take the place of an earlier page's alone.
Result<void> check_page(const fs::path& page) {
  std::error_code none;
  if (page.extension() != ".html")
    return usage_error("the page is no .html file", page.string(), "name it so: -o compare.html");
  if (!page.parent_path().empty() && !fs::is_directory(page.parent_path(), none))
    return usage_error("there is no such folder", page.parent_path().string(), "make it first");
  if (fs::is_directory(page, none))
    return usage_error("this is a folder", page.string(), "name a file in it");
  const fs::path json = fs::path(page).replace_extension(".json");
  if (fs::exists(json, none) && !fs::exists(page, none))
    return usage_error("the page's figures would take the place of a file", json.string(),
                       "choose another name with -o, or move the file away");
  return {};
}

/// Before anything is trained: what is wrong with a folder is told at once.
Result<std::vector<ShiftedSet>> read_sets(const CompareArgs& args, const Project& project, int input,
                                          Watch& watch) {
  std::vector<ShiftedSet> sets;
  for (const fs::path& folder : args.shifted) {
    DEW_TRY(ShiftedSet set, read_shifted(project, folder, input, watch));
    sets.push_back(std::move(set));
  }
  return sets;
}

Result<void> drift(const Comparing& c, const TrainedArms& arms, const std::vector<ShiftedSet>& sets,
                   compare::Findings& findings) {
  if (c.args.drift) {
    DEW_TRY(const auto seen, on_corrupted(c.all, arms, c.args.drift_pictures, c.args.jobs, c.watch));
    findings.drift = compare::drift_of(seen, kDraws);
  }
  for (const ShiftedSet& set : sets) {
    for (std::string& one : left_out_of(set)) findings.cannot.push_back(std::move(one));
    DEW_TRY(const auto seen, on_shifted(c.all, arms, set, c.args.jobs, c.watch));
    findings.shifted.push_back(compare::drift_of(seen, kDraws));
  }
  return {};
}

/// Whether people have labelled what teaches, so that noise can be matched; always where B is people.
bool can_match_noise(const Gathered& all) {
  int64_t teaches = 0;
  int64_t by_people = 0;
  for (size_t i = 0; i < all.gold.size(); ++i) {
    teaches += all.teaches(i) ? 1 : 0;
    by_people += all.teaches(i) && all.gold[i] >= 0 ? 1 : 0;
  }
  constexpr double kMost = 0.9;
  return static_cast<double>(by_people) >= kMost * static_cast<double>(teaches);
}

/// What a side's labels that teach say, each once.
std::set<int> taught_classes(const Gathered& all, const std::vector<int>& labels) {
  std::set<int> classes;
  for (size_t i = 0; i < labels.size(); ++i)
    if (all.teaches(i) && (all.folds > 1 || all.fold[i] < 0)) classes.insert(labels[i]);
  return classes;
}

Result<void> check_lessons(const Gathered& all, const Project& project, const Side& a, const Side& b) {
  constexpr int64_t kLeast = 20;
  int64_t teaches = 0;
  for (size_t i = 0; i < all.gold.size(); ++i)
    teaches += all.teaches(i) && (all.folds > 1 || all.fold[i] < 0) ? 1 : 0;
  if (teaches < kLeast)
    return work_error(fmt::format("{} with a label in both {} and {}: too few to teach a net",
                                  plural(teaches, "picture", "pictures"), a.name, b.name),
                      project.folder().string(),
                      "label more (dewdrop label, dewdrop review), or compare other sets");
  for (const auto& [side, labels] : {std::pair(&a, &all.a), std::pair(&b, &all.b)})
    if (const auto classes = taught_classes(all, *labels); classes.size() == 1)
      return work_error(fmt::format("the labels of {} say '{}' alone: they teach nothing", side->name,
                                    project.settings().classes[static_cast<size_t>(*classes.begin())]),
                        project.folder().string(), "compare another label set");
  return {};
}

}  // namespace

Result<CompareOutcome> compare(const CompareArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  Settings settings = project.settings();
  for (const auto& change : args.changes) change(settings);
  DEW_CHECK(project.settle_splits(watch));
  DEW_TRY(const Side a, parse_side(project, args.a));
  DEW_TRY(const Side b, parse_side(project, args.b));
  if (a.name == b.name)
    return usage_error("both label sets are the same", a.name, "compare it with another label set");
  student::TrainSettings wanted = train_settings(settings);
  if (wanted.backbone.empty()) wanted.backbone = student::fitting_backbone(wanted);
  const fs::path page = args.page.empty() ? project.folder() / "compare.html" : args.page;
  DEW_CHECK(check_page(page));
  DEW_TRY(const auto sets, read_sets(args, project, wanted.input, watch));
  DEW_TRY(const Gathered all, gather(project, a, b, args, wanted.input, watch));
  DEW_CHECK(check_lessons(all, project, a, b));
  DEW_TRY(const Cells cells, Cells::open(project, wanted));
  const Comparing c{args, settings, all, cells, watch};
  std::vector<Arm> arms = main_arms(all, args.seeds);
  if (!can_match_noise(all)) arms.pop_back();
  DEW_TRY(const TrainedArms trained, train(c, arms));
  const compare::Observed seen = observed(all, settings, trained);

  CompareOutcome outcome;
  compare::Findings& findings = outcome.findings;
  findings.pictures = std::ssize(seen.gold);
  findings.seeds = seen.a.size();
  watch.begin("comparing", 0);
  findings.accuracy = compare::accuracy_of(seen, kDraws);
  findings.variance = compare::variance_of(seen, kDraws);
  findings.consistency = compare::consistency_of(seen, kDraws);
  findings.inheritance = compare::inheritance_of(seen, kDraws);
  DEW_TRY(const Reasons reasons, reasons_of(project, a, all));
  findings.holes = compare::holes_of(seen, hole_search(all, reasons));
  watch.end();
  DEW_CHECK(drift(c, trained, sets, findings));
  if (args.curve) {
    DEW_CHECK(learn_by_parts(c, trained, seen, findings));
    DEW_CHECK(review_some(c, seen, findings));
  }
  compare::conclude(findings, seen);

  outcome.a = a.name;
  outcome.b = b.name;
  outcome.title_a = a.title;
  outcome.title_b = b.title;
  outcome.answer = compare::answer_of(findings, a.title, b.title);
  outcome.classes = settings.classes;
  outcome.pictures = pictures_of(trained[0]);
  outcome.left_out = all.left_out;
  outcome.page = page;
  DEW_TRY(outcome.costs, costs_of(project, a, args));
  DEW_CHECK(write_compare_page(project, {args, wanted, all, seen, reasons}, outcome));
  return outcome;
}

}  // namespace dew::verbs
