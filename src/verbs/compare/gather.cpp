#include "verbs/compare/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <set>

#include "label/folds.h"
#include "label/suspicion.h"
#include "verbs/common/picture_features.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

constexpr int kLook = 128;  ///< pixels of the pictures whose features are compared
constexpr int kSuspicionFolds = 10;

using ClassOf = std::map<int64_t, int>;  ///< by the sample's number

Result<ClassOf> classes_in(const Project& project, const label::LabelSet& set) {
  DEW_TRY(const auto labelled, label::labelled_samples(project, set));
  ClassOf classes;
  for (const label::Labelled& one : labelled) classes[one.sample.id] = one.answer_class;
  return classes;
}

int class_of(const ClassOf& classes, int64_t sample) {
  const auto at = classes.find(sample);
  return at == classes.end() ? -1 : at->second;
}

/// What the sets say of each sample that may be taught or tested.
Result<void> gather_labels(const Project& project, const Side& a, const Side& b, bool folds, Gathered& all) {
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const ClassOf in_a, classes_in(project, a.set));
  DEW_TRY(const ClassOf in_b, classes_in(project, b.set));
  DEW_TRY(const ClassOf gold, classes_in(project, {label::LabelSet::Kind::kPeople, {}, {}, {}, {}, {}, {}}));
  if (gold.empty())
    return work_error(
        "people have labelled none of the pictures: nothing tells which net is right",
        project.folder().string(),
        "label a few hundred by hand (dewdrop review), or import labels: dewdrop review import FILE");
  for (const Sample& sample : samples) {
    const int label_a = class_of(in_a, sample.id);
    const int label_b = class_of(in_b, sample.id);
    const int truth = class_of(gold, sample.id);
    const bool tests = folds || sample.split == Split::kTest;
    if (label_a < 0) ++all.left_out.without_a;
    if (label_b < 0) ++all.left_out.without_b;
    if (tests && truth < 0) ++all.left_out.without_gold;
    const bool teaches = label_a >= 0 && label_b >= 0;
    if (!teaches && truth < 0) continue;
    if (!folds && sample.split == Split::kTest && truth < 0) continue;
    if (!folds && sample.split != Split::kTest && !teaches) continue;
    all.pictures.samples.push_back(sample);
    all.a.push_back(label_a);
    all.b.push_back(label_b);
    all.gold.push_back(truth);
    all.split.push_back(folds ? Split::kTrain : sample.split);
  }
  return {};
}

/// Without the pictures that `readable` does not hold, by their samples' numbers.
void keep_readable(const std::set<int64_t>& readable, Gathered& all) {
  size_t kept = 0;
  auto& samples = all.pictures.samples;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (readable.count(samples[i].id) == 0) continue;
    if (kept != i) {
      samples[kept] = std::move(samples[i]);
      all.a[kept] = all.a[i];
      all.b[kept] = all.b[i];
      all.gold[kept] = all.gold[i];
      all.split[kept] = all.split[i];
    }
    ++kept;
  }
  samples.resize(kept);
  for (auto* labels : {&all.a, &all.b, &all.gold}) labels->resize(kept);
  all.split.resize(kept, Split::kTrain);
}

Result<void> draw_tests(const CompareArgs& args, const Project& project, Gathered& all) {
  const size_t count = all.gold.size();
  all.fold.assign(count, -1);
  all.folds = std::max(1, args.folds);
  if (args.folds == 0) {
    for (size_t i = 0; i < count; ++i)
      if (all.split[i] == Split::kTest) all.fold[i] = 0;
    if (std::find(all.fold.begin(), all.fold.end(), 0) == all.fold.end())
      return work_error("no picture of the test split has a label by people", project.folder().string(),
                        "label some of it by hand, or test every picture once with --folds 2");
    return {};
  }
  std::vector<int64_t> groups;
  std::vector<int> truths;
  std::vector<size_t> places;
  for (size_t i = 0; i < count; ++i)
    if (all.gold[i] >= 0) {
      places.push_back(i);
      groups.push_back(all.group[i]);
      truths.push_back(all.gold[i]);
    }
  if (std::set<int64_t>(groups.begin(), groups.end()).size() < size_t(args.folds) * 2)
    return work_error(
        fmt::format("the pictures are too much alike for {} folds: neighbours in a video, or copies",
                    args.folds),
        project.folder().string(), "leave out --folds: then the project's own splits are used");
  const std::vector<int> drawn = label::draw_folds(groups, truths, args.folds);
  for (size_t i = 0; i < places.size(); ++i) all.fold[places[i]] = drawn[i];
  return {};
}

/// Pictures with a label, the most suspicious first.
Result<std::vector<size_t>> by_suspicion(const Project& project, label::Evidence evidence,
                                         const std::vector<int>& labels, const std::vector<int64_t>& group,
                                         Watch& watch) {
  std::vector<size_t> order(labels.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::erase_if(order, [&](size_t i) { return labels[i] < 0; });
  evidence.classes = static_cast<int>(project.settings().classes.size());
  evidence.label = labels;
  evidence.human.assign(labels.size(), false);
  evidence.group = group;
  evidence.alternatives.assign(labels.size(), {});
  evidence.agreement.assign(labels.size(), -1.0F);
  evidence.confidence.assign(labels.size(), -1.0F);
  const std::set<int> shown(labels.begin(), labels.end());
  if (shown.size() - shown.count(-1) < 2) return order;
  label::Suspicion suspicion(std::move(evidence), kSuspicionFolds);
  DEW_TRY(const auto opinions, suspicion.opinions(watch));
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t i, size_t j) { return opinions[i].suspicion > opinions[j].suspicion; });
  return order;
}

/// People's labels take the place of a side's most suspicious ones.
Result<void> review(const Project& project, const Side& side, const Gathered& all,
                    const label::Evidence& evidence, std::vector<int>& labels, Watch& watch) {
  if (side.reviewed == 0) return {};
  DEW_TRY(const auto order, by_suspicion(project, evidence, labels, all.group, watch));
  auto left = static_cast<size_t>(side.reviewed * static_cast<double>(order.size()) + 0.5);
  for (const size_t i : order) {
    if (left == 0) break;
    if (all.gold[i] < 0) continue;
    labels[i] = all.gold[i];
    --left;
  }
  return {};
}

/// Those that cannot be read are told, and left out from here on.
Result<void> load(const Project& project, int input, Gathered& all, Watch& watch) {
  std::vector<label::Labelled> wanted;
  for (const Sample& sample : all.pictures.samples) wanted.push_back({sample, 0});
  DEW_TRY(all.pictures.examples, load_examples(project, wanted, input, watch));
  std::set<int64_t> read;
  for (const student::Example& example : all.pictures.examples) read.insert(example.group);
  keep_readable(read, all);
  return {};
}

/// "gpt-4o" of "teacher:openai:gpt-4o"; of a file of answers, its name.
std::string model_name(const label::Voter& voter) {
  return voter.teacher == "replay" ? fs::path(voter.model).stem().string() : voter.model;
}

Result<std::string> title_of(const Project& project, const label::LabelSet& set) {
  using Kind = label::LabelSet::Kind;
  if (set.kind == Kind::kPeople || set.kind == Kind::kCurrent) return label::to_text(set);
  DEW_TRY(const auto voters, label::voters_of(project));
  std::set<std::string> models;
  for (const label::Voter& voter : voters)
    if (label::counts_in(set, voter)) models.insert(model_name(voter));
  return models.size() == 1 && (set.kind == Kind::kTeacher ? set.prompt.empty() : !set.policy)
             ? *models.begin()
             : label::to_text(set);
}

}  // namespace

Result<Side> parse_side(const Project& project, const std::string& text) {
  Side side;
  const std::string whole = trim(text);
  const size_t plus = whole.rfind('+');
  const bool mixed = plus != std::string::npos && whole.ends_with('%');
  if (mixed) {
    double percent = 0;
    const char* end = whole.data() + whole.size() - 1;
    const auto [at, code] = std::from_chars(whole.data() + plus + 1, end, percent);
    if (code != std::errc() || at != end || !(percent > 0 && percent <= 100))
      return usage_error("this is not a share of labels", printable(whole, 80), "for example: gpt-4o+10%");
    side.reviewed = percent / 100;
  }
  DEW_TRY(side.set, label::parse_label_set(project, mixed ? whole.substr(0, plus) : whole));
  side.name = label::to_text(side.set) + (mixed ? whole.substr(plus) : "");
  DEW_TRY(side.title, title_of(project, side.set));
  if (mixed) side.title += ", " + whole.substr(plus + 1) + " reviewed by people";
  return side;
}

Result<Gathered> gather(const Project& project, const Side& a, const Side& b, const CompareArgs& args,
                        int input, Watch& watch) {
  Gathered all;
  DEW_CHECK(gather_labels(project, a, b, args.folds > 0, all));
  DEW_CHECK(load(project, input, all, watch));
  label::Evidence evidence;
  DEW_TRY(const auto hashes, gather_features(project, all.pictures.samples, "", kLook, evidence, watch));
  if (hashes.size() != all.pictures.samples.size())
    return work_error("a picture could be read a moment ago and cannot be any more",
                      project.folder().string(),
                      "run the same command again: it leaves out what cannot be read");
  DEW_TRY(const auto sources, project.sources());
  all.group = label::fold_groups(all.pictures.samples, sources, hashes);
  for (size_t i = 0; i < all.group.size(); ++i) all.pictures.examples[i].group = all.group[i];
  all.features = evidence.features;
  all.columns = evidence.columns;
  DEW_CHECK(draw_tests(args, project, all));
  DEW_CHECK(review(project, a, all, evidence, all.a, watch));
  DEW_CHECK(review(project, b, all, evidence, all.b, watch));
  DEW_TRY(all.suspicious, by_suspicion(project, std::move(evidence), all.a, all.group, watch));
  return all;
}

}  // namespace dew::verbs
