// Plays a review against labels that people made before: how many wrong labels would it have found, how soon.
#include "cli/bridge.h"
#include "cli/review_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/review_import.h"

namespace dew {
namespace {

constexpr double kPlayed = 0.2;  ///< of the labels; the rest is taken as it stands then

double percent(int64_t part, int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

/// What people say of each label in question, by place in the ranking; -1: none of the classes, unsure.
using Truth = std::map<size_t, int>;

Result<Truth> read_truth(const Project& project, const Ranking& ranking, const ReviewArgs& args) {
  DEW_TRY(const auto labels, read_labels(project, args.score, "score"));
  std::map<int64_t, std::string> said;
  for (const Label& label : labels) said[label.sample] = label.answer_class;
  const auto& classes = project.settings().classes;
  Truth truth;
  for (size_t i = 0; i < ranking.suspects.size(); ++i) {
    const Suspect& suspect = ranking.suspects[i];
    const auto at = said.find(suspect.sample.id);
    const bool in_question =
        !suspect.human && (args.split.empty() || split_name(suspect.sample.split) == args.split);
    if (at == said.end() || !in_question) continue;
    const auto named = std::find(classes.begin(), classes.end(), at->second);
    truth[i] = named == classes.end() ? -1 : static_cast<int>(named - classes.begin());
  }
  return truth;
}

/// The order in which a reviewer would see the labels who answers as `truth` does.
struct Played {
  std::vector<bool> wrong;
  int64_t agreed = 0;  ///< labels of which the first ranking's classifier says what people say
};

/// The next `count` of the ranking that were not seen; what people say of them is the label from now on.
void look(Ranking& ranking, const std::vector<size_t>& order, const Truth& truth, size_t count,
          std::set<size_t>& seen, Played& played) {
  for (const size_t at : order) {
    if (count == 0) return;
    const auto known = truth.find(at);
    if (known == truth.end() || !seen.insert(at).second) continue;
    const int stands = ranking.suspicion.label(at);
    played.wrong.push_back(known->second != stands);
    ranking.suspicion.relabel(at, known->second, true);
    --count;
  }
}

Result<Played> play(Ranking& ranking, const Truth& truth, size_t again, Watch& watch) {
  Played played;
  std::set<size_t> seen;
  const auto most = static_cast<size_t>(kPlayed * static_cast<double>(truth.size()));
  std::vector<size_t> order;
  do {
    DEW_TRY(order, rank(ranking, watch));
    if (seen.empty())
      for (const auto& [at, answer_class] : truth)
        played.agreed += ranking.suspects[at].opinion.said == answer_class ? 1 : 0;
    look(ranking, order, truth, again, seen, played);
  } while (again > 0 && seen.size() < most);
  look(ranking, order, truth, truth.size(), seen, played);
  return played;
}

}  // namespace

Result<Json> score_review(const Project& project, Ranking& ranking, const ReviewArgs& args,
                          Console& console) {
  DEW_TRY(const Truth truth, read_truth(project, ranking, args));
  int64_t all = 0;
  for (const auto& [at, answer_class] : truth) all += answer_class != ranking.suspects[at].label ? 1 : 0;
  if (all == 0)
    return work_error("nothing to measure: no label in question differs from the file", args.score.string());
  DEW_TRY(const Played played, play(ranking, truth, static_cast<size_t>(args.again), console));
  const auto samples = static_cast<int64_t>(played.wrong.size());
  console.say(fmt::format(
      "{} labels, {} of them wrong ({:.1f} %); the classifier agrees with people on {:.1f} %",
      with_commas(samples), with_commas(all), percent(all, samples), percent(played.agreed, samples)));
  if (args.again > 0)
    console.say(fmt::format("ranked anew after every {} decisions, with what they taught", args.again));
  Json curve = Json::array();
  double at_ten = 0;
  for (const int share : {1, 2, 5, 10, 20, 30, 50}) {
    const int64_t reviewed = samples * share / 100;
    const auto found = std::count(played.wrong.begin(), played.wrong.begin() + reviewed, true);
    if (share == 10) at_ten = percent(found, all) / 100;
    console.say(
        fmt::format("reviewing the {:>2} % most suspicious ({:>5}) finds {:>5} of the wrong ones, {:5.1f} %",
                    share, with_commas(reviewed), with_commas(found), percent(found, all)));
    curve.push_back({{"share", share / 100.0},
                     {"reviewed", reviewed},
                     {"found", found},
                     {"of_wrong", percent(found, all) / 100}});
  }
  return Json{{"labels", samples},
              {"wrong", all},
              {"again", args.again},
              {"found_at_10_percent", at_ten},
              {"classifier_accuracy", percent(played.agreed, samples) / 100},
              {"curve", curve}};
}

}  // namespace dew
