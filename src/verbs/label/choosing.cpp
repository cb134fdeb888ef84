#include "verbs/label/choosing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <unordered_map>

#include "student/backbone_store.h"
#include "student/features.h"
#include "verbs/common/picture_features.h"
#include "verbs/review/review.h"

namespace dew::verbs {
namespace {

constexpr const char* kAudits = "audits";
constexpr uint64_t kSeed = 1;
constexpr size_t kLeastStep = 20;      // questions in a round; fewer teach too little
constexpr double kRounds = 5;          // for a share
constexpr double kStepShare = 0.05;    // of the pool, where there is no share
constexpr double kMostlySure = 0.9;    // of what was not asked about, before that is enough
constexpr double kUsualEnough = 0.95;  // agreement with the teacher that local labels must have

double enough_of(const LabelArgs& args) {
  return args.enough.value_or(kUsualEnough);
}

/// The one that has seen most: of the imported ones the largest, else the bundled one.
std::string best_backbone() {
  std::string best = student::default_backbone();
  int64_t most = 0;
  for (const std::string& name : student::imported_backbones()) {
    const auto backbone = student::find_backbone(name);
    if (!backbone || backbone->numbers() <= most) continue;
    most = backbone->numbers();
    best = name;
  }
  return best;
}

/// The samples that may be asked about: those of the training split, and those of the others in random order.
struct Pools {
  std::vector<Sample> train;
  std::map<Split, std::vector<int64_t>> others;
};

Result<Pools> split_up(const Project& project, const std::set<int64_t>& left_out) {
  Pools pools;
  DEW_TRY(const auto samples, project.samples());
  for (const Sample& sample : samples) {
    if (left_out.contains(sample.id)) continue;
    if (sample.split == Split::kTrain)
      pools.train.push_back(sample);
    else
      pools.others[sample.split].push_back(sample.id);
  }
  for (auto& [split, ids] : pools.others) std::shuffle(ids.begin(), ids.end(), std::mt19937_64(kSeed));
  return pools;
}

/// What teachers and people say of the samples that they were asked about, as label::rounds.h takes it.
Result<std::map<int64_t, int>> known_samples(const Project& project) {
  std::map<int64_t, int> known;
  const auto aside = static_cast<int>(project.settings().classes.size());
  DEW_TRY(const auto decided, label::decisions(project));
  for (const label::Decision& one : decided) known[one.sample] = one.choice >= 0 ? one.choice : aside;
  DEW_TRY(const auto labels, project.labels());
  for (const Label& label : labels) {
    if (label.origin != "human") continue;
    known[label.sample] = label::class_index(project.settings(), label.answer_class).value_or(aside);
  }
  return known;
}

/// So many of `count` samples are a share of them.
size_t part_of(size_t count, double share) {
  constexpr double kRounding = 1e-9;
  return std::min(count, static_cast<size_t>(std::ceil(share * static_cast<double>(count) - kRounding)));
}

}  // namespace

Result<Choosing> Choosing::begin(Project& project, const LabelArgs& args, const std::set<int64_t>& left_out,
                                 Watch& watch) {
  Choosing choosing(project, args);
  DEW_TRY(Pools pools, split_up(project, left_out));
  choosing.pool_ = std::move(pools.train);
  choosing.others_ = std::move(pools.others);
  choosing.backbone_ = best_backbone();
  label::Evidence evidence;
  DEW_TRY(const auto hashes,
          gather_features(project, choosing.pool_, choosing.backbone_, RankingArgs().input, evidence, watch));
  DEW_TRY(const auto sources, project.sources());
  auto group = label::fold_groups(choosing.pool_, sources, hashes);
  DEW_TRY(choosing.classifier_,
          label::LocalClassifier::make(std::move(evidence.features), evidence.columns,
                                       project.settings().classes.size() + 1, std::move(group)));
  DEW_CHECK(choosing.read_audits());
  if (choosing.backbone_ == student::default_backbone())
    watch.inform(
        "samples are compared by the bundled backbone, which is small; a larger one (dewdrop backbone "
        "import) "
        "would label more of them locally");
  return choosing;
}

Result<void> Choosing::read_audits() {
  std::unordered_map<int64_t, size_t> index;
  for (size_t i = 0; i < pool_.size(); ++i) index[pool_[i].id] = i;
  DEW_TRY(const std::string text, project_->note(kAudits));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return {};
  for (const Json& round : json) {
    std::vector<size_t>& audit = audits_.emplace_back();
    if (!round.is_array()) continue;
    for (const Json& id : round)
      if (id.is_number_integer())
        if (const auto at = index.find(id.get<int64_t>()); at != index.end()) audit.push_back(at->second);
  }
  return {};
}

Result<void> Choosing::keep_audits() {
  Json json = Json::array();
  for (const auto& audit : audits_) {
    Json& ids = json.emplace_back(Json::array());
    for (const size_t i : audit) ids.push_back(pool_[i].id);
  }
  return project_->set_note(kAudits, json.dump());
}

Result<void> Choosing::look(Watch& watch) {
  DEW_TRY(known_, known_samples(*project_));
  for (const int64_t sample : tried_) known_.try_emplace(sample, label::kNoAnswer);
  std::vector<int> label;
  for (const Sample& sample : pool_) {
    const auto at = known_.find(sample.id);
    label.push_back(at == known_.end() ? label::kNotAsked : at->second);
  }
  if (label == label_) return {};  // the last questions were about the other splits
  label_ = std::move(label);
  DEW_TRY(view_, label::local_view(*classifier_, label_, label::latest(audits_, enough_of(*args_)),
                                   enough_of(*args_), watch));
  if (asked() > 0) tell(watch);
  return {};
}

size_t Choosing::asked() const {
  return label_.size() - static_cast<size_t>(std::count(label_.begin(), label_.end(), label::kNotAsked));
}

bool Choosing::is_enough() const {
  if (asked() == pool_.size()) return true;
  if (args_->share) return asked() >= planned();
  const label::LocalAgreement& agreement = view_.agreement;
  return agreement.believed && agreement.covered >= kMostlySure && agreement.share.value() >= *args_->enough;
}

size_t Choosing::step() const {
  const auto all = static_cast<double>(pool_.size());
  const double part = args_->share ? *args_->share * all / kRounds : kStepShare * all;
  const size_t usual =
      std::max({static_cast<size_t>(std::ceil(part)), 2 * classifier_->classes(), kLeastStep});
  if (!args_->share) return usual;
  return std::min(usual, planned() - asked());
}

size_t Choosing::planned() const {
  return args_->share ? part_of(pool_.size(), *args_->share) : 0;
}

/// Of the other splits, as large a part as was asked about of the pool.
std::set<int64_t> Choosing::others() {
  const double asked_share =
      static_cast<double>(asked()) / static_cast<double>(std::max<size_t>(1, pool_.size()));
  const double share = args_->share.value_or(asked_share);
  std::set<int64_t> wanted;
  for (const auto& [split, ids] : others_)
    for (size_t i = 0; i < part_of(ids.size(), share); ++i)
      if (!known_.contains(ids[i]) && !tried_.contains(ids[i])) wanted.insert(ids[i]);
  return wanted;
}

Result<int64_t> Choosing::count(const Project& project, const std::set<int64_t>& left_out, double share) {
  DEW_TRY(const Pools pools, split_up(project, left_out));
  DEW_TRY(const auto known, known_samples(project));
  const auto answered = std::count_if(pools.train.begin(), pools.train.end(),
                                      [&](const Sample& sample) { return known.contains(sample.id); });
  int64_t count = std::max<int64_t>(0, static_cast<int64_t>(part_of(pools.train.size(), share)) - answered);
  for (const auto& [split, ids] : pools.others)
    count += std::count_if(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(part_of(ids.size(), share)),
                           [&](int64_t sample) { return !known.contains(sample); });
  return count;
}

void Choosing::tell(Watch& watch) const {
  const label::LocalAgreement& agreement = view_.agreement;
  std::string text = fmt::format("{} of {} training samples have been asked about", with_commas(asked()),
                                 with_commas(pool_.size()));
  if (agreement.share.of > 0)
    text += fmt::format(
        "; the local classifier is sure of {} of the others, and says there what the teacher "
        "says in {} of cases (95 % interval {}-{})",
        percent(agreement.covered), percent(agreement.share.value()), percent(agreement.share.low),
        percent(agreement.share.high));
  watch.inform(text);
}

void Choosing::tell_disbelief(Watch& watch) const {
  const Share& checks = view_.agreement.share;
  const double enough = enough_of(*args_);
  const std::string seen =
      checks.of == 0
          ? std::string("the local classifier is sure of none of the samples that check it")
          : fmt::format(
                "{} of {} that check the local classifier agree with the teacher, which may mean as "
                "little as {}",
                checks.hits, plural(checks.of, "sample", "samples"), percent(checks.low));
  watch.warn(
      fmt::format("nothing is labelled locally: {}; needed are {} or more checks, and {} at least. {} "
                  "asks about more",
                  seen, label::least_checks(enough), percent(label::least_believed(enough)),
                  args_->share ? "A larger --share" : "A larger --budget"));
}

Result<std::set<int64_t>> Choosing::next(Watch& watch) {
  DEW_CHECK(look(watch));
  std::set<int64_t> wanted;
  if (is_enough()) {
    wanted = others();
  } else {
    DEW_TRY(const label::Round round,
            label::next_round(*classifier_, view_, label_, step(),
                              label::checks_in(step(), planned(), enough_of(*args_)), kSeed + audits_.size(),
                              watch));
    audits_.push_back(round.audit);
    DEW_CHECK(keep_audits());
    for (const size_t i : round.audit) wanted.insert(pool_[i].id);
    for (const size_t i : round.chosen) wanted.insert(pool_[i].id);
  }
  tried_.insert(wanted.begin(), wanted.end());
  return wanted;
}

Result<LocalLabels> Choosing::finish(Watch& watch) {
  DEW_CHECK(look(watch));
  const std::vector<std::string>& classes = project_->settings().classes;
  const std::vector<int> local = label::local_labels(view_, label_, classifier_->classes());
  std::vector<Label> labels;
  for (size_t i = 0; i < pool_.size(); ++i) {
    if (local[i] < 0 || tried_.contains(pool_[i].id)) continue;
    const auto at = static_cast<size_t>(local[i]);
    labels.push_back({pool_[i].id, classes[at], "local",
                      fmt::format("{:.4f}", view_.probabilities[i * classifier_->classes() + at]),
                      utc_now()});
  }
  DEW_CHECK(project_->set_local_labels(labels));
  if (!view_.agreement.believed && asked() < pool_.size()) tell_disbelief(watch);
  LocalLabels outcome;
  outcome.believed = view_.agreement.believed;
  outcome.asked = static_cast<int64_t>(asked());
  outcome.labelled = std::ssize(labels);
  outcome.left = std::ssize(pool_) - outcome.asked - outcome.labelled;
  outcome.agreement = view_.agreement.share;
  outcome.backbone = backbone_;
  return outcome;
}

}  // namespace dew::verbs
