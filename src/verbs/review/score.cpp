// Plays a review against labels that people made before: how many wrong labels would it have found, how soon.
#include <algorithm>
#include <map>
#include <set>

#include "verbs/common/open.h"
#include "verbs/review/ranking.h"

namespace dew::verbs {
namespace {

constexpr size_t kLongestPath = 4096;
constexpr double kPlayed = 0.2;  ///< of the labels; the rest is taken as it stands then

double share_of(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// What people say of each label in question, by place in the ranking; -1: none of the classes, unsure.
using Truth = std::map<size_t, int>;

Result<Truth> read_truth(const Project& project, const Ranking& ranking, const ScoreRankingArgs& args) {
  DEW_TRY(const auto read, read_labels(project, args.truth, "score"));
  if (const auto unknown = label::unknown_lines(read, printable(args.truth.string(), kLongestPath)))
    return tl::unexpected(*unknown);
  std::map<int64_t, std::string> people;
  for (const Label& label : read.labels) people[label.sample] = label.answer_class;
  const auto& classes = project.settings().classes;
  const auto& split = args.ranking.split;
  Truth truth;
  for (size_t i = 0; i < ranking.labels.size(); ++i) {
    const RankedLabel& ranked = ranking.labels[i];
    const auto at = people.find(ranked.sample.id);
    const bool in_question = !ranked.human && (!split || ranked.sample.split == *split);
    if (at == people.end() || !in_question) continue;
    const auto named = std::find(classes.begin(), classes.end(), at->second);
    truth[i] = named == classes.end() ? -1 : static_cast<int>(named - classes.begin());
  }
  return truth;
}

/// The labels in the order in which a reviewer would see them who answers as `truth` does.
struct PlayedReview {
  std::vector<bool> wrong;
  int64_t agreed = 0;  ///< labels of which the first ranking's classifier says what people say
};

/// The next `count` of the ranking that were not seen; what people say of them is the label from now on.
void look(Ranking& ranking, const std::vector<size_t>& order, const Truth& truth, size_t count,
          std::set<size_t>& seen, PlayedReview& played) {
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

Result<PlayedReview> play(Ranking& ranking, const Truth& truth, size_t again, Watch& watch) {
  PlayedReview played;
  std::set<size_t> seen;
  const auto most = static_cast<size_t>(kPlayed * static_cast<double>(truth.size()));
  std::vector<size_t> order;
  do {
    DEW_TRY(order, rank(ranking, watch));
    if (seen.empty())
      for (const auto& [at, answer_class] : truth)
        played.agreed += ranking.labels[at].opinion.said == answer_class ? 1 : 0;
    look(ranking, order, truth, again, seen, played);
  } while (again > 0 && seen.size() < most);
  look(ranking, order, truth, truth.size(), seen, played);
  return played;
}

ReviewedShare reviewed_share(const std::vector<bool>& wrong, int64_t all, int percent) {
  ReviewedShare point;
  point.share = percent / 100.0;
  point.reviewed = std::ssize(wrong) * percent / 100;
  point.found = std::count(wrong.begin(), wrong.begin() + point.reviewed, true);
  point.of_wrong = share_of(point.found, all);
  return point;
}

}  // namespace

Result<ScoreRankingOutcome> score_ranking(const ScoreRankingArgs& args, Watch& watch) {
  DEW_TRY(const Project project, open_project(args.ranking.project, watch));
  DEW_TRY(Ranking ranking, gather_labels(project, args.ranking, watch));
  DEW_TRY(const Truth truth, read_truth(project, ranking, args));
  ScoreRankingOutcome outcome;
  for (const auto& [at, answer_class] : truth)
    outcome.wrong += answer_class != ranking.labels[at].label ? 1 : 0;
  if (outcome.wrong == 0)
    return work_error("nothing to measure: no label in question differs from the file", args.truth.string());
  outcome.again = std::max(args.again, int64_t{0});
  DEW_TRY(const PlayedReview played, play(ranking, truth, static_cast<size_t>(outcome.again), watch));
  outcome.labels = std::ssize(played.wrong);
  outcome.classifier_accuracy = share_of(played.agreed, outcome.labels);
  for (const int percent : {1, 2, 5, 10, 20, 30, 50})
    outcome.curve.push_back(reviewed_share(played.wrong, outcome.wrong, percent));
  outcome.found_at_10_percent = reviewed_share(played.wrong, outcome.wrong, 10).of_wrong;
  return outcome;
}

Json to_json(const ScoreRankingOutcome& outcome) {
  Json curve = Json::array();
  for (const ReviewedShare& point : outcome.curve)
    curve.push_back({{"share", point.share},
                     {"reviewed", point.reviewed},
                     {"found", point.found},
                     {"of_wrong", point.of_wrong}});
  return Json{{"labels", outcome.labels},
              {"wrong", outcome.wrong},
              {"again", outcome.again},
              {"found_at_10_percent", outcome.found_at_10_percent},
              {"classifier_accuracy", outcome.classifier_accuracy},
              {"curve", curve}};
}

}  // namespace dew::verbs
