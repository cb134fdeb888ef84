// From answers to labels: the policy, applied to a whole project, and what training may use of it.
#include "label/label.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace dew {
namespace {

using Json = nlohmann::json;

std::optional<int> class_index(const Settings& settings, const std::string& name) {
  const auto at = std::find(settings.classes.begin(), settings.classes.end(), name);
  if (at == settings.classes.end()) return std::nullopt;
  return static_cast<int>(at - settings.classes.begin());
}

std::map<int64_t, Label> by_sample(const std::vector<Label>& labels) {
  std::map<int64_t, Label> result;
  for (const Label& label : labels) result[label.sample] = label;
  return result;
}

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

std::vector<Label> labels_of(const std::vector<Decision>& decided, const Settings& settings) {
  const std::string now = utc_now();
  std::vector<Label> labels;
  labels.reserve(decided.size());
  for (const Decision& decision : decided) labels.push_back(label_of(decision, settings, now));
  return labels;
}

/// Why samples were set aside, or how little is known of the others; by sample, but only what is not usual.
struct Whys {
  std::map<int64_t, Decision::Aside> aside;
  std::map<int64_t, bool> untold;
};

/// Decides, spreads and keeps.
Result<Whys> apply_policy(Project& project) {
  Whys whys;
  DEW_TRY(auto decided, decisions(project));
  for (const Decision& decision : decided) {
    if (decision.aside != Decision::Aside::kNo) whys.aside[decision.sample] = decision.aside;
    if (decision.choice >= 0 && !decision.confidence && project.settings().threshold > 0)
      whys.untold[decision.sample] = true;
  }
  auto labels = labels_of(decided, project.settings());
  decided = {};
  DEW_TRY(const auto spreads, project.spreads());
  auto lent = spread_labels(labels, spreads);
  std::move(lent.begin(), lent.end(), std::back_inserter(labels));
  DEW_CHECK(project.set_labels(labels));
  return whys;
}

}  // namespace

std::vector<Label> decide(const std::vector<Answer>& answers, const Settings& settings) {
  Ballots ballots;
  for (const Answer& answer : answers) cast(ballots, answer, settings);
  sort_ballots(ballots);
  const auto unknown = [](const Voter&, int, std::optional<double>) { return std::nullopt; };
  return labels_of(decide_all(ballots, {}, settings, unknown), settings);
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
  const Settings& settings = project.settings();
  Ballots ballots;
  DEW_CHECK(project.each_answer([&](const Answer& answer) { cast(ballots, answer, settings); }));
  sort_ballots(ballots);
  DEW_TRY(const std::string learnt, project.note(kCalibration));
  return decide_all(ballots, voters, settings, calibrate_by(calibrations_of(learnt)));
}

Result<LabelCounts> relabel(Project& project) {
  DEW_TRY(const Whys whys, apply_policy(project));
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
      if (whys.untold.count(sample.id) != 0 && by_people.count(sample.id) == 0) ++counts.untold;
    } else if (at != class_of.end() && at->second.empty()) {
      ++counts.unsure;
      const auto why = whys.aside.find(sample.id);
      if (why == whys.aside.end() || by_people.count(sample.id) != 0) continue;
      if (why->second == Decision::Aside::kTie) ++counts.tied;
      if (why->second == Decision::Aside::kThreshold) ++counts.below_threshold;
    } else {
      ++counts.unlabelled;  // or labelled with a class that the settings no longer have
    }
  }
  return counts;
}

Result<std::vector<Labelled>> labelled_samples(const Project& project) {
  DEW_TRY(const auto labels, project.labels());
  DEW_TRY(auto samples, project.samples());
  const auto label_of = by_sample(labels);
  std::vector<Labelled> result;
  for (Sample& sample : samples) {
    const auto at = label_of.find(sample.id);
    if (at == label_of.end()) continue;
    if (const auto index = class_index(project.settings(), at->second.answer_class))
      result.push_back({std::move(sample), *index});
  }
  return result;
}

}  // namespace dew
