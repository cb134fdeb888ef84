// Examples, near-duplicates, the choice of samples, the forecast.
#include "verbs/label/questions.h"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

namespace dew::verbs {
namespace {

constexpr size_t kHashesTogether = 2000;

/// Passes interrupts on and shows nothing: the stage has its progress bar already.
class InterruptsOnly : public Watch {
 public:
  explicit InterruptsOnly(const Watch& watch) : watch_(watch) {}
  [[nodiscard]] bool interrupted() const override { return watch_.interrupted(); }

 private:
  const Watch& watch_;
};

/// Hashes the video samples that have no hash yet; kept as they come.
Result<void> hash_missing(Project& project, const std::vector<Sample>& samples, Watch& watch) {
  DEW_TRY(const auto known, project.hashes());
  std::vector<Sample> wanted;
  for (const Sample& sample : samples)
    if (sample.frame && known.count(sample.id) == 0) wanted.push_back(sample);
  if (wanted.empty()) return {};
  watch.begin("comparing", static_cast<int64_t>(wanted.size()));
  std::map<int64_t, uint64_t> fresh;
  int64_t done = 0;
  InterruptsOnly quiet(watch);
  const auto hashed = project.pictures(
      wanted,
      [&](size_t index, const Image& image) -> Result<void> {
        fresh[wanted[index].id] = difference_hash(image);
        watch.advance(++done, {});
        if (fresh.size() < kHashesTogether) return {};
        DEW_CHECK(project.set_hashes(fresh));
        fresh.clear();
        return {};
      },
      quiet);
  watch.end();
  DEW_CHECK(project.set_hashes(fresh));
  return hashed;
}

void choose(std::vector<Sample>& samples, const LabelArgs& args) {
  if (args.sample && static_cast<size_t>(*args.sample) < samples.size()) {
    std::vector<Sample> drawn;
    std::sample(samples.begin(), samples.end(), std::back_inserter(drawn), *args.sample, std::mt19937_64(1));
    samples = std::move(drawn);
  }
  if (args.limit && static_cast<size_t>(*args.limit) < samples.size())
    samples.resize(static_cast<size_t>(*args.limit));
}

Result<teacher::Cost> forecast(const Project& project, const teacher::Teacher& teacher,
                               const QuestionList& list, teacher::Context context) {
  using Size = teacher::Teacher::Size;
  std::map<int64_t, Size> frames;
  DEW_TRY(const auto sources, project.sources());
  for (const Source& source : sources) frames[source.id] = {source.info.width, source.info.height};
  std::map<std::tuple<int, int, int, int>, teacher::Cost> known;
  teacher::Cost sum{0, 0, 0.0};
  for (const QuestionList::Entry& entry : list.entries) {
    const Sample& sample = list.samples[entry.sample];
    const Size frame = frames[sample.source];
    const Size picture = sample.region ? Size{sample.region->width, sample.region->height} : frame;
    Size beside;
    if (sample.region && context == teacher::Context::kFrame) beside = frame;
    if (sample.region && context == teacher::Context::kAround)
      beside = {3 * picture.width, 3 * picture.height};
    const auto key = std::tuple(picture.width, picture.height, beside.width, beside.height);
    auto at = known.find(key);
    if (at == known.end()) at = known.emplace(key, teacher.forecast(picture, beside)).first;
    sum.tokens_in += at->second.tokens_in;
    sum.tokens_out += at->second.tokens_out;
    if (!at->second.usd) sum.usd.reset();
    if (sum.usd) *sum.usd += *at->second.usd;
  }
  return sum;
}

}  // namespace

Result<std::vector<teacher::PromptExample>> examples_by_people(const Project& project, int count) {
  std::vector<teacher::PromptExample> examples;
  if (count == 0) return examples;
  DEW_TRY(const auto labels, project.labels());
  DEW_TRY(const auto samples, project.samples());
  std::map<int64_t, std::string> human;
  for (const Label& label : labels)
    if (label.origin == "human" && !label.answer_class.empty()) human[label.sample] = label.answer_class;
  std::map<std::string, std::vector<const Sample*>> by_class;
  for (const Sample& sample : samples)
    if (sample.split == Split::kTrain && human.count(sample.id) != 0)
      by_class[human[sample.id]].push_back(&sample);
  for (size_t turn = 0; static_cast<int>(examples.size()) < count; ++turn) {
    const size_t before = examples.size();
    for (const auto& [label, there] : by_class) {
      if (turn >= there.size() || static_cast<int>(examples.size()) == count) continue;
      DEW_TRY(Image picture, project.picture(*there[turn]));
      examples.push_back({there[turn]->name, std::move(picture), label});
    }
    if (examples.size() == before) break;
  }
  if (examples.empty())
    return usage_error("no person has labelled a training sample yet, so there are no examples", "--examples",
                       "label some with dewdrop review, or leave --examples out");
  return examples;
}

std::function<Result<Image>()> context_of(const Project& project, const Sample& sample,
                                          teacher::Context context) {
  if (context == teacher::Context::kNone || !sample.region) return nullptr;
  return [&project, sample, context]() -> Result<Image> {
    Sample whole = sample;
    whole.region.reset();
    DEW_TRY(Image frame, project.picture(whole));
    if (context == teacher::Context::kFrame) return frame;
    const Rect tile = *sample.region;
    const int left = std::max(0, tile.x - tile.width);
    const int top = std::max(0, tile.y - tile.height);
    return crop(frame, {left, top, std::min(frame.width, tile.x + 2 * tile.width) - left,
                        std::min(frame.height, tile.y + 2 * tile.height) - top});
  };
}

Result<std::set<int64_t>> spread_near(Project& project, const Settings& how, bool paid, bool dry_run,
                                      Watch& watch) {
  std::vector<Spread> spreads;
  DEW_TRY(const auto sources, project.sources());
  const bool any_video = std::any_of(sources.begin(), sources.end(), [](const Source& source) {
    return source.info.kind == MediaKind::kVideo;
  });
  if (any_video && (how.spread == "on" || (how.spread == "auto" && paid))) {
    DEW_TRY(const auto samples, project.samples());
    DEW_CHECK(hash_missing(project, samples, watch));
    DEW_TRY(const auto hashes, project.hashes());
    spreads = label::find_near(samples, sources, hashes, {how.spread_bits, how.spread_seconds});
  }
  if (!dry_run) DEW_CHECK(project.set_spreads(spreads));
  std::set<int64_t> spared;
  for (const Spread& one : spreads) spared.insert(one.sample);
  return spared;
}

Result<QuestionList> list_questions(const Project& project, const teacher::Teacher& teacher, int votes,
                                    const LabelArgs& args, teacher::Context context,
                                    const std::set<int64_t>& left_out, const std::set<int64_t>* only) {
  const auto unanswered = [&](int vote) {
    return project.samples_without_answer(teacher.name(), teacher.model(),
                                          vote_hash(teacher.prompt_hash(), vote));
  };
  QuestionList list;
  DEW_TRY(list.samples, unanswered(1));
  std::vector<std::set<int64_t>> lacking;  // by vote, where there are several
  if (votes > 1) {
    std::set<int64_t> any;
    for (int vote = 1; vote <= votes; ++vote) {
      DEW_TRY(const auto missing, unanswered(vote));
      lacking.emplace_back();
      for (const Sample& sample : missing) lacking.back().insert(sample.id);
      any.insert(lacking.back().begin(), lacking.back().end());
    }
    DEW_TRY(list.samples, project.samples());
    std::erase_if(list.samples, [&](const Sample& sample) { return any.count(sample.id) == 0; });
  }
  std::erase_if(list.samples, [&](const Sample& sample) {
    return left_out.count(sample.id) != 0 || (only != nullptr && only->count(sample.id) == 0);
  });
  choose(list.samples, args);
  for (int vote = 1; vote <= votes; ++vote)
    for (size_t i = 0; i < list.samples.size(); ++i)
      if (votes == 1 || lacking[static_cast<size_t>(vote - 1)].count(list.samples[i].id) != 0)
        list.entries.push_back({i, vote});
  DEW_TRY(list.forecast, forecast(project, teacher, list, context));
  return list;
}

}  // namespace dew::verbs
