// From answers to labels: the policy, applied to a whole project.
#include "label/label.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace dew::label {
namespace {

using Json = nlohmann::json;

constexpr const char* kElectorate = "electorate";
constexpr const char* kCalibration = "calibration";

Label label_of(const Decision& decision, const Settings& settings, const std::string& now) {
  Label label;
  label.sample = decision.sample;
  if (decision.choice >= 0) label.answer_class = settings.classes[static_cast<size_t>(decision.choice)];
  label.origin = "policy";
  label.basis = decision.basis;
  label.at = now;
  return label;
}

/// What the counts need to know of the decisions.
struct Reasons {
  std::map<int64_t, Decision::Aside> aside;  ///< of the samples that were set aside
  std::set<int64_t> untold;                  ///< labelled without a known confidence
};

/// Decides, spreads and stores.
Result<Reasons> apply_policy(Project& project) {
  Reasons reasons;
  DEW_TRY(auto decided, decisions(project));
  for (const Decision& decision : decided) {
    if (decision.aside != Decision::Aside::kNo) reasons.aside[decision.sample] = decision.aside;
    if (decision.choice >= 0 && !decision.confidence && project.settings().threshold > 0)
      reasons.untold.insert(decision.sample);
  }
  auto labels = labels_of(decided, project.settings());
  decided = {};
  DEW_TRY(const auto spreads, project.spreads());
  auto lent = spread_labels(labels, spreads);
  std::move(lent.begin(), lent.end(), std::back_inserter(labels));
  DEW_CHECK(project.set_labels(labels));
  return reasons;
}

}  // namespace

std::vector<Label> labels_of(const std::vector<Decision>& decided, const Settings& settings) {
  const std::string now = utc_now();
  std::vector<Label> labels;
  labels.reserve(decided.size());
  for (const Decision& decision : decided) labels.push_back(label_of(decision, settings, now));
  return labels;
}

Result<void> set_electorate(Project& project, const std::vector<Voter>& voters) {
  Json json = Json::array();
  for (const Voter& voter : voters) json.push_back({voter.teacher, voter.model, voter.prompt});
  return project.set_note(kElectorate, json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<std::vector<Voter>> electorate(const Project& project) {
  DEW_TRY(const std::string text, project.note(kElectorate));
  std::vector<Voter> voters;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return voters;
  for (const Json& one : json)
    if (one.is_array() && one.size() == 3 && one[0].is_string() && one[1].is_string() && one[2].is_string())
      voters.push_back({one[0].get<std::string>(), one[1].get<std::string>(), one[2].get<std::string>()});
  return voters;
}

Result<void> set_calibrations(Project& project, const std::vector<Calibration>& calibrations) {
  return project.set_note(kCalibration, to_text(calibrations));
}

Result<std::vector<Decision>> decisions(const Project& project) {
  DEW_TRY(const auto voters, electorate(project));
  return decisions(project, voters);
}

Result<std::vector<Decision>> decisions(const Project& project, const std::vector<Voter>& voters) {
  return decisions(project, voters, project.settings(), [](const Voter&) { return true; });
}

Result<std::vector<Decision>> decisions(const Project& project, const std::vector<Voter>& voters,
                                        const Settings& policy,
                                        const std::function<bool(const Voter&)>& counts) {
  Ballots ballots;
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    if (counts(voter_of(answer))) cast(ballots, answer, policy);
  }));
  sort_ballots(ballots);
  DEW_TRY(const std::string learnt, project.note(kCalibration));
  return decide_all(ballots, voters, policy, calibrate_by(calibrations_of(learnt)));
}

Result<Decider> Decider::open(const Project& project, Settings policy,
                              std::function<bool(const Voter&)> counts) {
  Decider decider;
  decider.policy_ = std::move(policy);
  decider.counts_ = std::move(counts);
  DEW_TRY(decider.electorate_, electorate(project));
  DEW_TRY(const std::string learnt, project.note(kCalibration));
  decider.calibrate_ = calibrate_by(calibrations_of(learnt));
  return decider;
}

std::vector<Decision> Decider::decide(const std::vector<Answer>& answers) const {
  Ballots ballots;
  for (const Answer& answer : answers)
    if (counts_(voter_of(answer))) cast(ballots, answer, policy_);
  sort_ballots(ballots);
  return decide_all(ballots, electorate_, policy_, calibrate_);
}

Result<LabelCounts> relabel(Project& project) {
  DEW_TRY(const Reasons reasons, apply_policy(project));
  std::map<int64_t, std::string> class_of;
  std::set<int64_t> by_people;
  {
    DEW_TRY(const auto labels, project.labels());
    for (const Label& label : labels) {
      class_of[label.sample] = label.answer_class;
      if (label.origin == "human") by_people.insert(label.sample);
    }
  }
  DEW_TRY(const auto samples, project.samples());
  LabelCounts counts;
  for (const std::string& name : project.settings().classes) counts.by_class[name] = 0;
  for (const Sample& sample : samples) {
    const auto at = class_of.find(sample.id);
    if (at != class_of.end() && class_index(project.settings(), at->second)) {
      ++counts.labelled;
      ++counts.by_class[at->second];
      if (reasons.untold.count(sample.id) != 0 && by_people.count(sample.id) == 0) ++counts.untold;
    } else if (at != class_of.end() && at->second.empty()) {
      ++counts.unsure;
      const auto why = reasons.aside.find(sample.id);
      if (why == reasons.aside.end() || by_people.count(sample.id) != 0) continue;
      if (why->second == Decision::Aside::kTie) ++counts.tied;
      if (why->second == Decision::Aside::kThreshold) ++counts.below_threshold;
    } else {
      ++counts.unlabelled;  // or labelled with a class that the settings no longer have
    }
  }
  return counts;
}

}  // namespace dew::label
