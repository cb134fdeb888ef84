#include "verbs/measure/learned.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/hash.h"

namespace dew::verbs {
namespace {

/// SHA-256 of the files that training and validation samples come from.
Result<std::set<std::string>> taught_by(const fs::path& folder) {
  DEW_TRY(const Project project, Project::open(folder));
  DEW_TRY(const auto samples, project.samples());
  std::set<int64_t> sources;
  for (const Sample& sample : samples)
    if (sample.split != Split::kTest) sources.insert(sample.source);
  DEW_TRY(const auto all, project.sources());
  std::set<std::string> hashes;
  for (const Source& source : all)
    if (sources.contains(source.id)) hashes.insert(source.sha256);
  return hashes;
}

}  // namespace

Result<std::vector<bool>> learned_from(const RunArgs& args, const Model& model, const Inputs& inputs) {
  std::vector<bool> learned(inputs.all.size());
  if (!model.net) return learned;
  if (!args.split.empty()) learned.assign(learned.size(), args.split != split_name(Split::kTest));
  const bool any_labelled = std::any_of(inputs.all.begin(), inputs.all.end(),
                                        [](const Input& one) { return one.label.has_value(); });
  if (args.pictures.empty() || !any_labelled) return learned;
  DEW_TRY(const auto hashes, taught_by(model.net->project));
  for (size_t i = 0; i < learned.size(); ++i)
    if (const auto hash = sha256_file(inputs.all[i].name); hash && inputs.all[i].label)
      learned[i] = hashes.contains(*hash);
  return learned;
}

void warn_of_learned(const RunOutcome& outcome, Watch& watch) {
  if (outcome.learned == 0) return;
  const int64_t others = outcome.labelled - outcome.learned;
  const int64_t right = outcome.right - outcome.learned_right;
  watch.warn(fmt::format(
      "{} of {} labelled pictures taught this net or helped to choose it: how many of them are right says "
      "nothing of new pictures. {}; dewdrop test measures on the test split",
      outcome.learned, outcome.labelled,
      others == 0 ? std::string("There is no other one")
                  : fmt::format("Of the other {} {} are right ({:.3f})", others, right,
                                static_cast<double>(right) / static_cast<double>(others))));
}

}  // namespace dew::verbs
