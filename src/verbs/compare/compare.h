// `compare`: nets taught by one label set against nets taught by another, the same net, start, seeds and
// pictures.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compare/findings.h"
#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct CompareArgs {
  fs::path project;
  std::string a =
      "policy";  ///< as label::parse_label_set() takes it, or "SET+10%": reviewed by people for a tenth
  std::string b = "people";
  int seeds = 5;  ///< nets an arm
  int folds = 0;  ///< each picture with a gold label is tested once; 0: the project's own splits
  int jobs = 0;   ///< nets trained at a time; 0: as many as processors
  std::vector<std::function<void(Settings&)>> changes;  ///< to [student], for this call only
  bool drift = true;                                    ///< test on corrupted pictures, too
  int drift_pictures = 400;                             ///< at most
  std::vector<fs::path> shifted;                        ///< folders of labelled pictures to test on, too
  bool curve = true;  ///< train on parts of the labels, too, and on mixtures where there is a gap to close
  std::optional<double> usd_a_label;  ///< what a label by a person costs
  fs::path page;                      ///< empty: compare.html in the project
};

/// Pictures that take no part, and why.
struct NotCompared {
  int64_t without_a = 0;  ///< no class in A: not answered, set aside or unsure
  int64_t without_b = 0;
  int64_t without_gold = 0;  ///< of those that would be tested
};

/// What labels of each kind cost; absent: not known.
struct CompareCosts {
  int64_t answers_a = 0;
  std::optional<double> usd_a;
  std::optional<double> usd_a_label;  ///< a label by a person
};

struct CompareOutcome : Outcome {
  std::string a, b;              ///< the label sets, in words that --a and --b take
  std::string title_a, title_b;  ///< the same for people: "gpt-4o"
  std::string answer;            ///< in two sentences
  std::vector<std::string> classes;
  int64_t pictures = 0;  ///< that teach a net
  compare::Findings findings;
  NotCompared left_out;
  CompareCosts costs;
  fs::path page;  ///< compare.json lies beside it
};

/// Trains what is not trained yet, tests, and writes the page. Killed or interrupted, the same call goes on
/// and trains no net twice. Error: a label set that does not exist, no gold labels, too few pictures,
/// interrupted.
Result<CompareOutcome> compare(const CompareArgs& args, Watch& watch);

Json to_json(const CompareOutcome& outcome);

/// What `a` and `b` may be in this project: "policy", "people", and each teacher that answered; each of its
/// prompts, too, where it was asked with several. `project`: any folder inside it.
Result<std::vector<std::string>> label_sets(const fs::path& project);

}  // namespace dew::verbs
