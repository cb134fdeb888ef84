#include "verbs/project/store_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "label/label.h"

namespace dew::verbs {
namespace {

constexpr size_t kShown = 5;

using Why = ClassMap::Why;

constexpr size_t kTogether = 500;  // sources whose labels are stored together

/// A source, and its sample: 0 for the only one.
using Place = std::pair<int64_t, int64_t>;

/// The only sample of each source that has one, and of those that were cut into several the wanted ones.
std::map<Place, Sample> samples_at(const std::set<Place>& wanted, std::vector<Sample> samples) {
  std::map<Place, Sample> found;
  std::set<int64_t> several;
  for (Sample& sample : samples) {
    const int64_t source = sample.source;
    if (wanted.contains({source, sample.id})) found.emplace(Place{source, sample.id}, sample);
    if (!found.emplace(Place{source, 0}, std::move(sample)).second) several.insert(source);
  }
  for (const int64_t source : several) found.erase({source, 0});
  return found;
}

/// Sources of which samples are whole frames.
std::set<int64_t> with_whole_frames(const std::vector<Sample>& samples) {
  std::set<int64_t> sources;
  for (const Sample& sample : samples)
    if (sample.frame && !sample.region) sources.insert(sample.source);
  return sources;
}

/// What is said of one source's file, or of one sample.
struct Page {
  Place place;
  uint32_t file = 0;  ///< as the user offered it
  FileWords words;
  std::optional<uint32_t>
      contradicts;  ///< another file with the same bytes, which is said to be of another class
  std::optional<uint32_t> other_split;  ///< another one that is said to be of another split
};

/// Classes that some samples had before.
struct Before {
  std::map<int64_t, std::string> here;        ///< by people of this project, not by way of a data set
  std::map<int64_t, std::string> by_set;      ///< by people, by way of a data set
  std::map<int64_t, std::string> by_machine;  ///< by the policy or the local classifier
};

bool says(const std::map<int64_t, std::string>& classes, int64_t sample, const std::string& name) {
  const auto at = classes.find(sample);
  return at != classes.end() && at->second == name;
}

Result<Before> labels_before(const Project& project, const std::vector<int64_t>& samples) {
  DEW_TRY(const auto labels, project.labels_about(samples));
  Before before;
  for (const Label& label : labels) {
    auto& of = label.origin != "human"              ? before.by_machine
               : label.basis.starts_with(kImported) ? before.by_set
                                                    : before.here;
    of[label.sample] = label.answer_class;
  }
  return before;
}

std::string in_words(const std::string& answer_class) {
  return answer_class.empty() ? "unsure" : answer_class;
}

void count_change(const Before& before, const Sample& sample, std::string_view name, const FileWords& words,
                  LabelsTaken& taken) {
  const auto at = before.by_set.find(sample.id);
  if (at == before.by_set.end() || at->second == words.reading.name) return;
  ++taken.changed;
  if (taken.first_changed.size() < kShown)
    taken.first_changed.push_back(fmt::format("{} ({} becomes {})", printable(name), in_words(at->second),
                                              in_words(words.reading.name)));
}

void count_withdrawn(const Before& before, const Sample& sample, std::string_view name, LabelsTaken& taken) {
  const auto at = before.by_set.find(sample.id);
  if (at == before.by_set.end()) return;
  ++taken.withdrawn;
  if (taken.first_withdrawn.size() < kShown)
    taken.first_withdrawn.push_back(fmt::format("{} ({})", printable(name), in_words(at->second)));
}

void count_classes(const FileWords& words, LabelsTaken& taken) {
  switch (words.reading.why) {
    case Why::kUnknown:
      for (const std::string& theirs : words.theirs) ++taken.unmatched[theirs];
      return;
    case Why::kSeveral:
      ++taken.several;
      return;
    case Why::kNothing:
      ++taken.nothing;
      return;
    case Why::kLabel:
      if (words.reading.by_absence)
        for (const std::string& theirs : words.theirs) ++taken.as_none[theirs];
      return;
    case Why::kUnseen:
      return;
  }
}

/// An export's name for what a model answered: "openai:gpt-4o", with or without some of its prompt's hash.
bool is_named(const Answer& answer, std::string_view name) {
  const std::string model = answer.teacher + ":" + answer.model;
  if (!name.starts_with(model)) return false;
  name.remove_prefix(model.size());
  return name.empty() || (name.starts_with('#') && answer.prompt_hash.starts_with(name.substr(1)));
}

/// Adds those answers that the project does not have. Gives their number.
Result<int64_t> add_new_answers(Project& project, std::vector<Answer> answers) {
  using Question = std::tuple<int64_t, std::string, std::string, std::string>;
  const auto question = [](const Answer& one) {
    return Question{one.sample, one.teacher, one.model, one.prompt_hash};
  };
  std::vector<int64_t> samples;
  for (const Answer& answer : answers) samples.push_back(answer.sample);
  DEW_TRY(const auto there, project.answers_about(samples));
  std::set<Question> known;
  for (const Answer& answer : there) known.insert(question(answer));
  std::erase_if(answers, [&](const Answer& answer) {
    const bool own =
        answer.teacher == "import" && std::any_of(there.begin(), there.end(), [&](const Answer& one) {
          return one.sample == answer.sample && one.answer_class == answer.answer_class &&
                 is_named(one, answer.model);
        });
    return own || !known.insert(question(answer)).second;
  });
  DEW_CHECK(project.add_answers(answers));
  return std::ssize(answers);
}

/// Puts pages of sources into the project.
class Storing {
 public:
  Storing(Project& project, const FileList& files) : project_(project), files_(files) {}

  Result<void> store(const std::vector<Page>& page) {
    std::set<int64_t> sources;
    std::set<Place> wanted;
    for (const Page& one : page) {
      if (!one.words.frames.empty()) continue;
      sources.insert(one.place.first);
      wanted.insert(one.place);
    }
    DEW_TRY(auto samples, project_.samples_of({sources.begin(), sources.end()}));
    const std::set<int64_t> videos = with_whole_frames(samples);
    const auto found = samples_at(wanted, std::move(samples));
    std::set<int64_t> ids;
    for (const auto& [place, sample] : found)
      if (wanted.contains(place)) ids.insert(sample.id);
    DEW_TRY(const Before before, labels_before(project_, {ids.begin(), ids.end()}));
    std::vector<Label> labels;
    std::vector<Answer> answers;
    for (const Page& one : page) {
      const bool each_frame = one.words.of_each_frame && one.words.reading.why == Why::kLabel &&
                              videos.contains(one.place.first) && !found.contains(one.place);
      if (one.words.frames.empty() && !each_frame)
        take(one, found, before, labels, answers);
      else
        DEW_CHECK(store_frames(one));
    }
    DEW_CHECK(project_.set_labels(labels));
    if (answers.empty()) return {};
    DEW_TRY(const int64_t fresh, add_new_answers(project_, std::move(answers)));
    taken_.answers += fresh;
    any_answers_ = true;
    return {};
  }

  [[nodiscard]] bool any_answers() const { return any_answers_; }
  LabelsTaken& taken() { return taken_; }

 private:
  void count_contradiction(const Page& page, int64_t pictures) {
    taken_.contradicted += pictures;
    if (taken_.first_contradicted.size() < kShown)
      taken_.first_contradicted.push_back(
          fmt::format("{} and {}", files_.name(page.file), files_.name(*page.contradicts)));
  }

  /// What is said of the frames of one source.
  Result<void> store_frames(const Page& page) {
    count_two_splits(page);
    if (page.contradicts) {
      count_contradiction(page, std::max<int64_t>(1, std::ssize(page.words.frames)));
      return {};
    }
    DEW_TRY(const auto samples, project_.samples_of({page.place.first}));
    for (auto first = samples.begin(); first != samples.end();) {
      const auto last = first + std::min<std::ptrdiff_t>(kTogether, samples.end() - first);
      std::vector<int64_t> ids;
      for (auto at = first; at != last; ++at) ids.push_back(at->id);
      DEW_TRY(const Before before, labels_before(project_, ids));
      std::vector<Label> labels;
      for (; first != last; ++first) take_frame(page, *first, before, labels);
      DEW_CHECK(project_.set_labels(labels));
    }
    return {};
  }

  void take_frame(const Page& page, const Sample& sample, const Before& before, std::vector<Label>& labels) {
    if (page.words.of_each_frame) return take_frame_of_class(page.words, sample, before, labels);
    const auto& frames = page.words.frames;
    const auto frame = static_cast<size_t>(sample.frame.value_or(0));
    if (frame >= frames.size()) return;  // as many frames as labels were counted when both were read
    if (sample.region) {
      ++taken_.cut;
      return;
    }
    FileWords words;
    words.reading = page.words.frame_readings.at(frames[frame]);
    words.theirs = {frames[frame]};
    words.split = page.words.split;
    words.by = page.words.by;
    count_classes(words, taken_);
    take_words(words, sample, sample.name, before, labels);
  }

  /// What is said of a video is said of this frame of it.
  void take_frame_of_class(const FileWords& words, const Sample& sample, const Before& before,
                           std::vector<Label>& labels) {
    if (sample.region) {
      ++taken_.cut;
      return;
    }
    count_classes(words, taken_);
    take_words(words, sample, sample.name, before, labels);
  }

  void count_two_splits(const Page& page) {
    if (!page.other_split) return;
    ++taken_.two_splits;
    if (taken_.first_two_splits.size() < kShown)
      taken_.first_two_splits.push_back(
          fmt::format("{} and {}", files_.name(page.file), files_.name(*page.other_split)));
  }

  void take(const Page& page, const std::map<Place, Sample>& found, const Before& before,
            std::vector<Label>& labels, std::vector<Answer>& answers) {
    const FileWords& words = page.words;
    count_two_splits(page);
    if (page.contradicts) return count_contradiction(page, 1);
    count_classes(words, taken_);
    const bool labelled = words.reading.why == Why::kLabel;
    const auto at = found.find(page.place);
    if (at == found.end()) {
      if (labelled || !words.answers.empty()) ++taken_.cut;
      return;
    }
    const Sample& sample = at->second;
    const bool own = is_own(words, before, sample.id);
    if (own) ++taken_.own;
    // What a model said is no substitute for a person's word that cannot be taken.
    const bool overruled = !labelled && !words.theirs.empty();
    if (!overruled && (!own || labelled))
      for (const Answer& answer : words.answers) answers.emplace_back(answer).sample = sample.id;
    take_words(words, sample, files_.name(page.file), before, labels);
  }

  void take_words(const FileWords& words, const Sample& sample, std::string_view name, const Before& before,
                  std::vector<Label>& labels) {
    if (words.split && sample.split != *words.split) ++taken_.other_split;
    if (words.reading.why != Why::kLabel) {
      count_withdrawn(before, sample, name, taken_);
      return;
    }
    if (is_own(words, before, sample.id)) return;
    if (before.here.contains(sample.id)) {
      ++taken_.kept;
      return;
    }
    count_change(before, sample, name, words, taken_);
    labels.push_back({sample.id, words.reading.name, "human", words.by, utc_now()});
    ++(words.reading.name.empty() ? taken_.unsure : taken_.labelled);
    if (!words.reading.name.empty()) ++taken_.by_class[words.reading.name];
  }

  /// Whether an export only says again what the project says already, of whoever said it.
  static bool is_own(const FileWords& words, const Before& before, int64_t sample) {
    if (!words.exported) return false;
    if (words.reading.why == Why::kLabel) {
      const std::string& name = words.reading.name;
      return says(before.here, sample, name) || says(before.by_set, sample, name) ||
             (words.unsaid && says(before.by_machine, sample, name));
    }
    return words.answers.size() == 1 && words.answers[0].prompt_hash.empty() &&
           says(before.by_machine, sample, words.answers[0].answer_class);
  }

  Project& project_;
  const FileList& files_;
  LabelsTaken taken_;
  bool any_answers_ = false;
};

bool differ(const FileWords& a, const FileWords& b) {
  return a.reading.why != b.reading.why || a.reading.name != b.reading.name || a.frames != b.frames;
}

/// Of its class; it may be known which split it is of.
bool is_silent(const FileWords& words) {
  return words.reading.why == Why::kUnseen && words.frames.empty() && words.answers.empty();
}

/// What is said of another file with the same bytes.
void join(Page& page, uint32_t file, FileWords words) {
  if (page.words.split != words.split) page.other_split = file;
  if (is_silent(words)) return;
  if (!is_silent(page.words)) {
    if (differ(page.words, words)) page.contradicts = file;
    return;
  }
  words.split = page.words.split;
  page.words = std::move(words);
}

}  // namespace

Result<LabelsTaken> LabelsToStore::store(Project& project, const FileList& files, Watch& watch) {
  if (said_.empty()) return LabelsTaken{};
  watch.begin("storing labels", std::ssize(said_));
  std::stable_sort(said_.begin(), said_.end(), [](const Said& a, const Said& b) {
    return std::pair(a.source, a.sample) < std::pair(b.source, b.sample);
  });
  Storing storing(project, files);
  std::vector<Page> page;
  for (size_t at = 0; at < said_.size(); ++at) {
    const Said& said = said_[at];
    DEW_TRY(FileWords words, sets_.words(said.words));
    if (!page.empty() && page.back().place == Place{said.source, said.sample}) {
      join(page.back(), said.file, std::move(words));
      continue;
    }
    if (page.size() == kTogether) {
      DEW_CHECK(storing.store(page));
      page.clear();
      watch.advance(static_cast<int64_t>(at));
      if (watch.interrupted()) return interrupted_error();
    }
    page.push_back({{said.source, said.sample}, said.file, std::move(words), std::nullopt, std::nullopt});
  }
  DEW_CHECK(storing.store(page));
  if (storing.any_answers()) DEW_CHECK(label::relabel(project));
  watch.end();
  return std::move(storing.taken());
}

}  // namespace dew::verbs
