#include "verbs/label/choosing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <unordered_map>

#include "student/backbone_store.h"
#include "student/features.h"
#include "verbs/review/picture_features.h"

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

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

}  // namespace

Result<Choosing> Choosing::begin(Project& project, const LabelArgs& args, const std::set<int64_t>& left_out,
                                 Watch& watch) {
  Choosing choosing(project, args);
  DEW_TRY(auto samples, project.samples());
  std::erase_if(samples, [&](const Sample& sample) { return left_out.contains(sample.id); });
  for (const Sample& sample : samples) {
    if (sample.split == Split::kTrain)
      choosing.pool_.push_back(sample);
    else
      choosing.others_[sample.split].push_back(sample.id);
  }
  for (auto& [split, ids] : choosing.others_) std::shuffle(ids.begin(), ids.end(), std::mt19937_64(kSeed));
  RankingArgs look;
  look.backbone = choosing.backbone_ = best_backbone();
  label::Evidence evidence;
  DEW_TRY(const auto hashes, gather_features(project, choosing.pool_, look, evidence, watch));
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
  known_.clear();
  const auto aside = static_cast<int>(project_->settings().classes.size());
  DEW_TRY(const auto decided, label::decisions(*project_));
  for (const label::Decision& one : decided) known_[one.sample] = one.choice >= 0 ? one.choice : aside;
  DEW_TRY(const auto labels, project_->labels());
  for (const Label& label : labels) {
    if (label.origin != "human") continue;
    known_[label.sample] = label::class_index(project_->settings(), label.answer_class).value_or(aside);
  }
  for (const int64_t sample : tried_) known_.try_emplace(sample, label::kNoAnswer);
  std::vector<int> label;
  for (const Sample& sample : pool_) {
    const auto at = known_.find(sample.id);
    label.push_back(at == known_.end() ? label::kNotAsked : at->second);
  }
  if (label == label_) return {};  // the last questions were about the other splits
  label_ = std::move(label);
  DEW_TRY(view_, label::local_view(*classifier_, label_, label::latest(audits_), enough_of(*args_), watch));
  if (asked() > 0) tell(watch);
  return {};
}

size_t Choosing::asked() const {
  return label_.size() - static_cast<size_t>(std::count(label_.begin(), label_.end(), label::kNotAsked));
}

bool Choosing::is_enough() const {
  if (asked() == pool_.size()) return true;
  if (args_->share) return static_cast<double>(asked()) >= *args_->share * static_cast<double>(pool_.size());
  const label::LocalAgreement& agreement = view_.agreement;
  return agreement.covered >= kMostlySure && agreement.share.value() >= *args_->enough;
}

size_t Choosing::step() const {
  const auto all = static_cast<double>(pool_.size());
  const double part = args_->share ? *args_->share * all / kRounds : kStepShare * all;
  const size_t usual =
      std::max({static_cast<size_t>(std::ceil(part)), 2 * classifier_->classes(), kLeastStep});
  if (!args_->share) return usual;
  return std::min(usual, static_cast<size_t>(std::ceil(*args_->share * all)) - asked());
}

/// Of the other splits, as large a part as was asked about of the pool.
std::set<int64_t> Choosing::others() {
  const double share = static_cast<double>(asked()) / static_cast<double>(std::max<size_t>(1, pool_.size()));
  std::set<int64_t> wanted;
  for (const auto& [split, ids] : others_) {
    const auto count = static_cast<size_t>(std::ceil(share * static_cast<double>(ids.size())));
    for (size_t i = 0; i < std::min(count, ids.size()); ++i)
      if (!known_.contains(ids[i]) && !tried_.contains(ids[i])) wanted.insert(ids[i]);
  }
  return wanted;
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

Result<std::set<int64_t>> Choosing::next(Watch& watch) {
  DEW_CHECK(look(watch));
  std::set<int64_t> wanted;
  if (is_enough()) {
    wanted = others();
  } else {
    DEW_TRY(const label::Round round,
            label::next_round(*classifier_, view_, label_, step(), kSeed + audits_.size(), watch));
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
  LocalLabels outcome;
  outcome.asked = static_cast<int64_t>(asked());
  outcome.labelled = std::ssize(labels);
  outcome.left = std::ssize(pool_) - outcome.asked - outcome.labelled;
  outcome.agreement = view_.agreement.share;
  outcome.backbone = backbone_;
  return outcome;
}

}  // namespace dew::verbs
