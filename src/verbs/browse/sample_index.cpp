#include "verbs/browse/sample_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "label/policy.h"

namespace dew::verbs {
namespace {

using Origin = IndexedSample::Origin;
constexpr std::array<std::string_view, 5> kOrigins{"none", "people", "teacher", "spread", "local"};

Origin origin_of(const Label& label) {
  if (label.origin == "human") return Origin::kPeople;
  if (label.origin == "local") return Origin::kLocal;
  return label.basis.starts_with("spread:") ? Origin::kSpread : Origin::kTeacher;
}

/// The basis of a local label is how sure the classifier is.
float probability_in(const std::string& basis) {
  float found = -1;
  const auto [end, code] = std::from_chars(basis.data(), basis.data() + basis.size(), found);
  return code == std::errc() && std::isfinite(found) ? found : -1;
}

bool contains(std::string_view name, std::string_view lowered) {
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::search(name.begin(), name.end(), lowered.begin(), lowered.end(),
                     [&low](char a, char b) { return low(a) == b; }) != name.end();
}

tl::unexpected<Error> none_called(const std::string& what, const std::string& name,
                                  const std::vector<std::string>& known) {
  const std::string near = closest(name, known);
  return usage_error(fmt::format("there is no {} '{}'", what, printable(name, 60)), {},
                     near.empty() ? "" : "did you mean '" + near + "'?");
}

/// The label's number in the filter; absent: any.
Result<std::optional<int16_t>> wanted_label(const Settings& settings, const std::string& name) {
  if (name.empty()) return std::optional<int16_t>();
  if (name == SampleFilter::kNoLabel) return IndexedSample::kUnlabelled;
  if (const auto found = label::class_index(settings, name)) return static_cast<int16_t>(*found);
  if (!settings.unsure.empty() && name == settings.unsure) return IndexedSample::kAside;
  if (name == "none") return IndexedSample::kUnlabelled;
  return none_called("class", name, settings.classes);
}

Result<std::optional<Origin>> wanted_origin(const std::string& name) {
  if (name.empty()) return std::optional<Origin>();
  const auto found = std::find(kOrigins.begin(), kOrigins.end(), name);
  if (found == kOrigins.end()) return none_called("origin", name, {kOrigins.begin(), kOrigins.end()});
  return static_cast<Origin>(found - kOrigins.begin());
}

IndexedSample indexed(const Sample& sample, std::string_view name) {
  IndexedSample made;
  made.id = sample.id;
  made.source = sample.source;
  made.frame = sample.frame.value_or(-1);
  if (sample.region) made.region = *sample.region;
  made.name = name;
  made.split = sample.split;
  return made;
}

}  // namespace

std::string samples_mark(const std::vector<Sample>& samples) {
  // FNV-1a of each, mixed and summed: the order that a project gives its samples in is not theirs alone.
  uint64_t sum = 0;
  for (const Sample& sample : samples) {
    uint64_t hash = 0xcbf29ce484222325 ^ static_cast<uint64_t>(sample.id);
    for (const char c : sample.name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ hash >> 32U) * 0x9e3779b97f4a7c15;
    sum += hash ^ hash >> 29U;
  }
  return fmt::format("{}:{:016x}", samples.size(), sum);
}

std::string_view origin_name(Origin origin) {
  return kOrigins[static_cast<size_t>(origin)];
}

Sample sample_of(const IndexedSample& indexed) {
  Sample sample;
  sample.id = indexed.id;
  sample.source = indexed.source;
  sample.name = indexed.name;
  if (indexed.frame >= 0) sample.frame = indexed.frame;
  if (indexed.region.width > 0) sample.region = indexed.region;
  sample.split = indexed.split;
  return sample;
}

Result<SampleIndex> SampleIndex::read(const Project& project) {
  SampleIndex index;
  index.settings_ = std::make_shared<const Settings>(project.settings());
  std::map<int64_t, std::string> sources;
  for (int64_t last = 0;;) {
    constexpr int64_t kTogether = 1000;
    DEW_TRY(auto some, project.sources_after(last, kTogether));
    if (some.empty()) break;
    last = some.back().id;
    for (Source& source : some) sources.emplace(source.id, std::move(source.name));
  }
  DEW_TRY(auto samples, project.samples());
  index.mark_ = samples_mark(samples);
  // By the sources' names; those of one source stay in their order.
  std::stable_sort(samples.begin(), samples.end(), [&sources](const Sample& a, const Sample& b) {
    return a.source != b.source && sources[a.source] < sources[b.source];
  });
  Texts names;
  std::vector<std::pair<int64_t, uint32_t>> by_id;
  index.samples_.reserve(samples.size());
  for (const Sample& sample : samples) {
    by_id.emplace_back(sample.id, static_cast<uint32_t>(index.samples_.size()));
    index.samples_.push_back(indexed(sample, names.keep(sample.name)));
  }
  std::sort(by_id.begin(), by_id.end());
  index.sources_ = std::make_shared<const std::map<int64_t, std::string>>(std::move(sources));
  index.names_ = std::make_shared<const Texts>(std::move(names));
  index.by_id_ = std::make_shared<const std::vector<std::pair<int64_t, uint32_t>>>(std::move(by_id));
  DEW_TRY(const auto labels, project.labels());
  for (const Label& label : labels)
    if (const IndexedSample* const found = index.find(label.sample))
      index.apply(index.samples_[static_cast<size_t>(found - index.samples_.data())], label);
  const auto& classes = index.settings_->classes;
  DEW_CHECK(project.each_answer([&index, &classes](const Answer& answer) {
    const IndexedSample* const found = index.find(answer.sample);
    if (found == nullptr || found->label < 0 || found->origin != Origin::kTeacher) return;
    if (classes[static_cast<size_t>(found->label)] != answer.answer_class || !answer.confidence) return;
    index.samples_[static_cast<size_t>(found - index.samples_.data())].confidence =
        static_cast<float>(*answer.confidence);
  }));
  return index;
}

SetSummary SampleIndex::summary() const {
  SetSummary summary;
  summary.settings = *settings_;
  summary.samples = std::ssize(samples_);
  summary.sources = static_cast<int64_t>(sources());
  for (const std::string& name : settings_->classes) summary.by_class[name] = 0;
  if (!settings_->unsure.empty()) summary.by_class[settings_->unsure] = 0;
  for (const std::string_view origin : kOrigins) summary.by_origin[std::string(origin)] = 0;
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) summary.by_split[split] = 0;
  for (const IndexedSample& sample : samples_) {
    ++summary.by_split[sample.split];
    ++summary.by_origin[std::string(origin_name(sample.origin))];
    if (sample.label >= 0) ++summary.by_class[settings_->classes[static_cast<size_t>(sample.label)]];
    if (sample.label == IndexedSample::kUnlabelled) ++summary.unlabelled;
    if (sample.label == IndexedSample::kAside && !settings_->unsure.empty())
      ++summary.by_class[settings_->unsure];
  }
  return summary;
}

const IndexedSample* SampleIndex::find(int64_t id) const {
  const auto found = std::lower_bound(by_id_->begin(), by_id_->end(), std::pair<int64_t, uint32_t>{id, 0});
  return found == by_id_->end() || found->first != id ? nullptr : &samples_[found->second];
}

std::string SampleIndex::source_name(int64_t source) const {
  const auto found = sources_->find(source);
  return found == sources_->end() ? std::string() : found->second;
}

void SampleIndex::apply(IndexedSample& sample, const Label& label) {
  sample.origin = origin_of(label);
  sample.confidence = sample.origin == Origin::kLocal ? probability_in(label.basis) : -1;
  sample.former = -1;
  if (label.answer_class.empty()) {
    sample.label = IndexedSample::kAside;
    return;
  }
  const auto found = label::class_index(*settings_, label.answer_class);
  sample.label = found ? static_cast<int16_t>(*found) : IndexedSample::kUnlabelled;
  if (found) return;
  const auto known = std::find(former_.begin(), former_.end(), label.answer_class);
  sample.former = static_cast<int16_t>(known - former_.begin());
  constexpr size_t kMostFormer = 1000;  // beyond them it is one that is not named
  if (known == former_.end() && former_.size() < kMostFormer) former_.push_back(label.answer_class);
}

void SampleIndex::relabel(const std::vector<int64_t>& samples, const std::vector<Label>& labels) {
  const auto place = [this](int64_t id) -> IndexedSample* {
    const IndexedSample* const found = find(id);
    return found == nullptr ? nullptr : &samples_[static_cast<size_t>(found - samples_.data())];
  };
  for (const int64_t id : samples)
    if (IndexedSample* const sample = place(id)) {
      sample->label = IndexedSample::kUnlabelled;
      sample->former = -1;
      sample->origin = Origin::kNone;
      sample->confidence = -1;
    }
  for (const Label& label : labels)
    if (IndexedSample* const sample = place(label.sample)) apply(*sample, label);
}

ListedSample SampleIndex::listed(const IndexedSample& sample, const Suspicions& suspicions) const {
  ListedSample made;
  made.id = sample.id;
  made.name = sample.name;
  made.split = sample.split;
  if (sample.label >= 0) made.label = settings_->classes[static_cast<size_t>(sample.label)];
  if (sample.label == IndexedSample::kAside)
    made.label = settings_->unsure.empty() ? "unsure" : settings_->unsure;
  if (sample.former >= 0 && static_cast<size_t>(sample.former) < former_.size())
    made.label = former_[static_cast<size_t>(sample.former)];
  made.origin = origin_name(sample.origin);
  if (sample.confidence >= 0) made.confidence = sample.confidence;
  if (const auto found = suspicions.find(sample.id); found != suspicions.end())
    made.suspicion = found->second;
  return made;
}

Result<std::vector<uint32_t>> SampleIndex::filter(const SampleFilter& filter,
                                                  const Suspicions& suspicions) const {
  DEW_TRY(const auto label, wanted_label(*settings_, filter.answer_class));
  DEW_TRY(const auto origin, wanted_origin(filter.origin));
  std::optional<int64_t> source;
  if (!filter.source.empty()) {
    const auto found = std::find_if(sources_->begin(), sources_->end(),
                                    [&filter](const auto& one) { return one.second == filter.source; });
    if (found == sources_->end()) return none_called("source", filter.source, {});
    source = found->first;
  }
  const std::string text = lower(filter.text);
  std::vector<uint32_t> places;
  for (size_t i = 0; i < samples_.size(); ++i) {
    const IndexedSample& sample = samples_[i];
    if ((label && sample.label != *label) || (origin && sample.origin != *origin)) continue;
    if ((filter.split && sample.split != *filter.split) || (source && sample.source != *source)) continue;
    if (text.empty() || contains(sample.name, text)) places.push_back(static_cast<uint32_t>(i));
  }
  if (filter.order == SampleFilter::Order::kName) return places;
  std::vector<std::pair<double, uint32_t>> keyed;
  keyed.reserve(places.size());
  for (const uint32_t place : places) {
    double key = HUGE_VAL;
    if (filter.order == SampleFilter::Order::kConfidence) {
      if (samples_[place].confidence >= 0) key = samples_[place].confidence;
    } else if (const auto found = suspicions.find(samples_[place].id); found != suspicions.end()) {
      key = -found->second;
    }
    keyed.emplace_back(key, place);
  }
  std::sort(keyed.begin(), keyed.end());
  for (size_t i = 0; i < keyed.size(); ++i) places[i] = keyed[i].second;
  return places;
}

}  // namespace dew::verbs
