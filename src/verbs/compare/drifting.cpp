#include "verbs/compare/drifting.h"

#include <algorithm>

#include "base/hash.h"
#include "compare/arms.h"
#include "compare/corrupt.h"
#include "graph/graph.h"
#include "verbs/common/int8_run.h"
#include "verbs/common/outcome.h"
#include "verbs/compare/jobs.h"

namespace dew::verbs {
namespace {

using Picture = std::vector<uint8_t>;

const char* family_name(compare::Family family) {
  switch (family) {
    case compare::Family::kNoise:
      return "noise";
    case compare::Family::kBlur:
      return "blur";
    case compare::Family::kWeather:
      return "weather";
    case compare::Family::kDigital:
      return "digital";
    case compare::Family::kCamera:
      return "camera";
  }
  return "";
}

/// A net ready to be asked.
struct Asked {
  compiler::Plan plan;
  std::vector<int> classes;  ///< of its outputs
};

Result<Asked> ready(const CellNet& net) {
  const fs::path model = net.folder / "model.tflite";
  DEW_TRY(const std::string bytes, read_file(model));
  DEW_TRY(const graph::Graph graph, graph::read_tflite(bytes, model.string()));
  DEW_TRY(compiler::Plan plan, plan_for_host(graph));
  return Asked{std::move(plan), net.classes};
}

/// Its answers, as classes of the project.
Result<std::vector<int>> ask(const Asked& net, const std::vector<Picture>& pictures, Watch& watch) {
  DEW_TRY(const auto rows, run_plan(net.plan, pictures, watch));
  std::vector<int> said;
  for (const auto& row : rows)
    said.push_back(net.classes[static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin())]);
  return said;
}

/// The pictures of a fold under all conditions, one condition after the other: their nets see them in one go.
std::vector<Picture> corrupted(const Gathered& all, const std::vector<size_t>& places, int side) {
  std::vector<Picture> pictures;
  for (size_t which = 0; which < compare::corruptions().size(); ++which)
    for (int severity = 1; severity <= compare::kSeverities; ++severity)
      for (const size_t i : places)
        pictures.push_back(compare::corrupt(all.pictures.examples[i].rgb, side, which, severity, i));
  return pictures;
}

std::string drift_file(const Gathered& all, const std::vector<size_t>& places) {
  std::string names = "1";  // raise it with any change to corrupt()
  for (const size_t i : places) names += all.pictures.samples[i].name + "\n";
  return "drift-" + sha256(names).substr(0, 16) + ".json";
}

/// What a net said of corrupted pictures, asked now or before.
Result<std::vector<int>> kept_answers(const CellNet& net, const std::string& file) {
  DEW_TRY(const std::string text, read_file(net.folder / file));
  const Json said = Json::parse(text, nullptr, false);
  if (!said.is_array()) return work_error("it is damaged", (net.folder / file).string(), "remove it");
  std::vector<int> answers;
  for (const Json& one : said) answers.push_back(one.is_number_integer() ? one.get<int>() : -1);
  return answers;
}

int side_of(const Gathered& all) {
  int side = 1;
  while (static_cast<size_t>(side) * static_cast<size_t>(side) * 3 < all.pictures.examples[0].rgb.size())
    ++side;
  return side;
}

/// Asks the nets of a fold that were not asked before. The corrupted pictures of all are too many for memory:
/// some at a time.
Result<void> ask_fold(const Gathered& all, const TrainedArms& arms, int fold,
                      const std::vector<size_t>& places, const std::string& file, int jobs, Watch& watch) {
  constexpr size_t kTogether = 16;
  std::vector<const CellNet*> nets;
  for (const TrainedArm& arm : arms)
    for (size_t c = static_cast<size_t>(fold); c < arm.nets.size(); c += static_cast<size_t>(all.folds))
      if (!fs::exists(arm.nets[c].folder / file)) nets.push_back(&arm.nets[c]);
  if (nets.empty() || places.empty()) return {};
  std::vector<Asked> asked;
  for (const CellNet* net : nets) {
    DEW_TRY(Asked one, ready(*net));
    asked.push_back(std::move(one));
  }
  const size_t parts = (places.size() + kTogether - 1) / kTogether;
  const size_t conditions = compare::corruptions().size() * compare::kSeverities;
  std::vector<std::vector<int>> said(nets.size(), std::vector<int>(conditions * places.size(), -1));
  const int side = side_of(all);
  DEW_CHECK(do_pieces(
      "drift: corrupting pictures", std::vector<double>(parts, double(conditions * kTogether * nets.size())),
      jobs,
      [&](size_t part, Watch& own) -> Result<void> {
        const size_t first = part * kTogether;
        const size_t count = std::min(kTogether, places.size() - first);
        const std::vector<size_t> some(places.begin() + std::ptrdiff_t(first),
                                       places.begin() + std::ptrdiff_t(first + count));
        const std::vector<Picture> pictures = corrupted(all, some, side);
        for (size_t net = 0; net < nets.size(); ++net) {
          DEW_TRY(const auto answers, ask(asked[net], pictures, own));
          for (size_t condition = 0; condition < conditions; ++condition)
            for (size_t i = 0; i < count; ++i)
              said[net][condition * places.size() + first + i] = answers[condition * count + i];
        }
        return {};
      },
      watch));
  for (size_t net = 0; net < nets.size(); ++net)
    DEW_CHECK(write_file(nets[net]->folder / file, Json(said[net]).dump()));
  return {};
}

std::vector<size_t> drift_places(const Gathered& all, int pictures) {
  const std::vector<size_t> tested = all.tested();
  const double share = double(pictures) / std::max(1.0, double(tested.size()));
  return share >= 1 ? tested : compare::part_of(tested, all.gold, share, 1);
}

std::vector<size_t> of_fold(const Gathered& all, const std::vector<size_t>& places, int fold) {
  std::vector<size_t> own = places;
  std::erase_if(own, [&](size_t i) { return all.fold[i] != fold; });
  return own;
}

compare::Said& said_of(compare::Condition& condition, size_t arm) {
  return arm == 0 ? condition.a : arm == 1 ? condition.b : condition.noise;
}

/// An arm's answers about all tested pictures, of `places` alone.
compare::Said clean_answers(const Gathered& all, const TrainedArm& arm, const std::vector<size_t>& places) {
  const auto said = said_by(all, arm.cells, arm.nets, false);
  compare::Said some;
  for (const auto& net : said) {
    some.emplace_back();
    for (const size_t i : places) some.back().push_back(net[i]);
  }
  return some;
}

}  // namespace

Result<compare::ObservedDrift> on_corrupted(const Gathered& all, const TrainedArms& arms, int pictures,
                                            int jobs, Watch& watch) {
  const std::vector<size_t> places = drift_places(all, pictures);
  compare::ObservedDrift seen;
  seen.name = "corruptions";
  for (const size_t i : places) {
    seen.gold.push_back(all.gold[i]);
    seen.group.push_back(all.group[i]);
  }
  for (size_t arm = 0; arm < arms.size(); ++arm)
    said_of(seen.clean, arm) = clean_answers(all, arms[arm], places);
  for (const compare::Corruption& one : compare::corruptions())
    for (int severity = 1; severity <= compare::kSeverities; ++severity) {
      compare::Condition condition{one.name, family_name(one.family), severity, {}, {}, {}};
      for (size_t arm = 0; arm < arms.size(); ++arm)
        said_of(condition, arm)
            .assign(arms[arm].nets.size() / size_t(all.folds), std::vector<int>(places.size(), -1));
      seen.conditions.push_back(std::move(condition));
    }
  for (int fold = 0; fold < all.folds; ++fold) {
    const std::vector<size_t> own = of_fold(all, places, fold);
    if (own.empty()) continue;
    const std::string file = drift_file(all, own);
    DEW_CHECK(ask_fold(all, arms, fold, own, file, jobs, watch));
    for (size_t arm = 0; arm < arms.size(); ++arm)
      for (size_t s = 0; s < arms[arm].nets.size() / size_t(all.folds); ++s) {
        const CellNet& net = arms[arm].nets[s * size_t(all.folds) + size_t(fold)];
        DEW_TRY(const auto answers, kept_answers(net, file));
        if (answers.size() != seen.conditions.size() * own.size())
          return work_error("the record of a net's answers is damaged", (net.folder / file).string(),
                            "remove it");
        for (size_t c = 0; c < seen.conditions.size(); ++c)
          for (size_t i = 0; i < own.size(); ++i) {
            const auto at = std::lower_bound(places.begin(), places.end(), own[i]) - places.begin();
            said_of(seen.conditions[c], arm)[s][static_cast<size_t>(at)] = answers[c * own.size() + i];
          }
      }
  }
  return seen;
}

Result<compare::ObservedDrift> on_shifted(const Gathered& all, const TrainedArms& arms,
                                          const ShiftedSet& shifted, int jobs, Watch& watch) {
  const std::vector<size_t> tested = drift_places(all, static_cast<int>(all.fold.size()));
  const size_t both = tested.size() + shifted.gold.size();
  compare::ObservedDrift seen;
  seen.name = shifted.name;
  if (shifted.gold.empty()) return seen;  // nothing of the project's classes: the page says so
  for (const size_t i : tested) {
    seen.gold.push_back(all.gold[i]);
    seen.group.push_back(all.group[i]);
  }
  for (size_t i = 0; i < shifted.gold.size(); ++i) {
    seen.gold.push_back(shifted.gold[i]);
    seen.group.push_back(-1 - static_cast<int64_t>(i));
  }
  compare::Condition drifted{shifted.name, "shifted", 0, {}, {}, {}};
  struct Piece {
    size_t arm, net;
  };
  std::vector<Piece> pieces;
  for (size_t arm = 0; arm < arms.size(); ++arm) {
    said_of(seen.clean, arm) = clean_answers(all, arms[arm], tested);
    for (auto& net : said_of(seen.clean, arm)) net.resize(both, -1);
    said_of(drifted, arm).assign(said_of(seen.clean, arm).size(), std::vector<int>(both, -1));
    for (size_t net = 0; net < arms[arm].nets.size(); ++net) pieces.push_back({arm, net});
  }
  const auto folds = static_cast<size_t>(all.folds);
  DEW_CHECK(do_pieces(
      "asking about " + shifted.name,
      std::vector<double>(pieces.size(), double(shifted.gold.size()) / double(folds)), jobs,
      [&](size_t piece, Watch& own) -> Result<void> {
        const auto [arm, net] = pieces[piece];
        std::vector<Picture> pictures;
        for (size_t i = net % folds; i < shifted.pictures.size(); i += folds)
          pictures.push_back(shifted.pictures[i]);
        DEW_TRY(const Asked asked, ready(arms[arm].nets[net]));
        DEW_TRY(const auto answers, ask(asked, pictures, own));
        for (size_t i = 0; i < answers.size(); ++i)
          said_of(drifted, arm)[net / folds][tested.size() + net % folds + i * folds] = answers[i];
        return {};
      },
      watch));
  seen.conditions.push_back(std::move(drifted));
  return seen;
}

}  // namespace dew::verbs
