#include "verbs/train/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "label/suspicion.h"
#include "student/unlabelled.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

constexpr int64_t kFew = 10;  ///< pictures of a class

/// "yes 12, no 0".
std::string counted_by_class(const std::vector<int64_t>& count, const Settings& settings) {
  std::vector<std::string> all;
  for (size_t c = 0; c < count.size(); ++c)
    all.push_back(fmt::format("{} {}", settings.classes[c], count[c]));
  return join(all);
}

std::vector<std::string> classes_without(const std::vector<int64_t>& count, const Settings& settings) {
  std::vector<std::string> none;
  for (size_t c = 0; c < count.size(); ++c)
    if (count[c] == 0) none.push_back(settings.classes[c]);
  return none;
}

/// Which examples show nearly the same: their groups are their samples' numbers until now.
Result<void> group_alike(const Project& project, const Splits& splits, search::Pictures& pictures) {
  std::vector<Sample> samples;
  for (const auto* split : {&splits.train, &splits.validation})
    for (const label::Labelled& labelled : *split) samples.push_back(labelled.sample);
  DEW_TRY(const auto sources, project.sources());
  DEW_TRY(const auto hashes, project.hashes());
  const std::vector<int64_t> groups = label::fold_groups(samples, sources, hashes);
  std::map<int64_t, int64_t> group_of;
  for (size_t i = 0; i < samples.size(); ++i) group_of[samples[i].id] = groups[i];
  for (auto* some : {&pictures.train, &pictures.validation})
    for (student::Example& example : *some) example.group = group_of[example.group];
  return {};
}

}  // namespace

Splits split_up(std::vector<label::Labelled> samples) {
  Splits splits;
  for (label::Labelled& labelled : samples) {
    if (labelled.sample.split == Split::kTrain)
      splits.train.push_back(std::move(labelled));
    else if (labelled.sample.split == Split::kValidation)
      splits.validation.push_back(std::move(labelled));
  }
  return splits;
}

tl::unexpected<Error> nothing_to_learn(const Project& project, const label::LabelSet& set) {
  if (set.kind != label::LabelSet::Kind::kCurrent)
    return work_error("no sample has a label of the set '" + label::to_text(set) + "'",
                      project.folder().string(),
                      "choose another set, or leave --labels out to use all labels");
  const auto labels = project.labels();
  if (labels && !labels->empty())
    return work_error(fmt::format("all {} labels are '{}': there is nothing to learn", labels->size(),
                                  project.settings().unsure),
                      project.folder().string(),
                      "ask a question that the pictures can answer, or label some by hand: dewdrop review");
  return work_error("no sample has a label yet", project.folder().string(),
                    "run: dewdrop label --teacher ...");
}

Result<void> check_classes(const Splits& splits, const Project& project, Watch& watch) {
  const Settings& settings = project.settings();
  std::vector<int64_t> count(settings.classes.size());
  for (const label::Labelled& labelled : splits.train) ++count[static_cast<size_t>(labelled.answer_class)];
  const std::string all = counted_by_class(count, settings);
  if (const auto none = classes_without(count, settings); !none.empty())
    return work_error(fmt::format("no training picture shows: {} (labels for training: {})", join(none), all),
                      project.folder().string(),
                      "add and label pictures of it (some of them are kept for validation and testing), or "
                      "take the class out of dewdrop.toml");
  if (*std::min_element(count.begin(), count.end()) < kFew)
    watch.warn(
        fmt::format("few pictures to learn from: {}; the net will know little beyond them. A hundred "
                    "of each are a good start",
                    all));
  if (splits.validation.empty())
    watch.warn(
        "no labelled picture is kept for validation: nothing tells how good the net is. Add and label more, "
        "or raise validation_share in dewdrop.toml before adding");
  return {};
}

Result<search::Pictures> load_splits(const Project& project, const Splits& splits, int input, Watch& watch) {
  search::Pictures pictures;
  DEW_TRY(pictures.train, load_examples(project, splits.train, input, watch));
  DEW_TRY(pictures.validation, load_examples(project, splits.validation, input, watch));
  DEW_CHECK(group_alike(project, splits, pictures));
  const Settings& settings = project.settings();
  std::vector<int64_t> count(settings.classes.size());
  for (const student::Example& example : pictures.train) ++count[static_cast<size_t>(example.answer_class)];
  if (const auto none = classes_without(count, settings); !none.empty())
    return work_error("no training picture that can be read shows: " + join(none), project.folder().string(),
                      "put the files back that are named above");
  return pictures;
}

Result<std::vector<Sample>> unlabelled_samples(const Project& project) {
  DEW_TRY(const auto labels, project.labels());
  std::set<int64_t> decided;
  for (const Label& label : labels) decided.insert(label.sample);
  DEW_TRY(auto samples, project.samples());
  std::erase_if(samples, [&](const Sample& sample) {
    return sample.split != Split::kTrain || decided.count(sample.id) != 0;
  });
  if (samples.size() <= student::kMostUnlabelled) return samples;
  std::vector<Sample> some;
  for (size_t i = 0; i < student::kMostUnlabelled; ++i)
    some.push_back(std::move(samples[i * samples.size() / student::kMostUnlabelled]));
  return some;
}

Result<std::vector<student::Example>> load_unlabelled(const Project& project, const Splits& splits, int input,
                                                      Watch& watch) {
  std::vector<label::Labelled> classless;
  for (const Sample& sample : splits.unlabelled) classless.push_back({sample, 0});
  if (classless.empty()) return std::vector<student::Example>();
  auto examples = load_examples(project, classless, input, watch);
  if (!examples && !watch.interrupted()) return std::vector<student::Example>();
  return examples;
}

}  // namespace dew::verbs
