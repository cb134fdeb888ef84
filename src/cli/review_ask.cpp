// The dialogue of a review: shows a label with the opinions about it, reads a key, records, takes back.
#include "cli/bridge.h"
#include "cli/review_ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <unordered_set>

#include "cli/keys.h"
#include "cli/review_import.h"
#include "media/media.h"

namespace dew {
namespace {

constexpr size_t kMostDigits = 9;

/// What a key or a line asks for.
struct Wish {
  enum class Kind { kDecide, kSkip, kUndo, kQuit, kHelp, kNothing } kind = Kind::kNothing;
  std::string answer_class;  ///< of a decision; empty: unsure
};

class Review {
 public:
  Review(Project& project, Ranking& ranking, const std::vector<size_t>& queue, const ReviewArgs& args,
         Console& console, Reviewed& reviewed)
      : project_(project),
        ranking_(ranking),
        args_(args),
        queue_(queue),
        by_(reviewer(args)),
        picture_(
            fs::absolute(args.picture.empty() ? project.folder() / ".dewdrop" / "review.png" : args.picture)
                .lexically_normal()),
        console_(console),
        reviewed_(reviewed) {}

  Result<void> run() {
    console_.say(help());
    while (at_ < queue_.size()) {
      if (!shown_) DEW_CHECK(show());
      std::fflush(stdout);  // whoever drives this through pipes waits for the question
      const auto typed = keys_.next();
      if (console_.interrupted()) {
        console_.say("");
        count();
        return interrupted_error();
      }
      if (!typed) break;
      const Wish wish = understand(*typed);
      if (wish.kind == Wish::Kind::kQuit) break;
      DEW_CHECK(grant(wish));
    }
    count();
    return {};
  }

 private:
  /// What was done with one of the queue, for undo.
  struct Step {
    bool decided = false;
    int before = 0;  ///< the label that stood
    std::string answer_class;
  };

  [[nodiscard]] const Settings& settings() const { return project_.settings(); }
  /// What is asked about now.
  [[nodiscard]] Suspect& suspect() { return ranking_.suspects[queue_[at_]]; }
  [[nodiscard]] std::string class_name(int index) const {
    return settings().classes[static_cast<size_t>(index)];
  }
  /// What the digits 1, 2, ... stand for: the classes, or where they are too many the two opinions.
  [[nodiscard]] std::vector<std::string> digits() {
    if (settings().classes.size() <= kMostDigits) return settings().classes;
    const auto& [label, said] = std::pair(suspect().label, suspect().opinion.said);
    std::vector<std::string> two{class_name(label)};
    if (said != label) two.push_back(class_name(said));
    return two;
  }

  [[nodiscard]] std::string help() const {
    std::string text =
        "k or Enter keeps the label, u unsure (sets it aside), s skip, z undo, q quit, ? help; ";
    if (settings().classes.size() <= kMostDigits)
      for (size_t i = 0; i < settings().classes.size(); ++i)
        text += fmt::format("{} {}, ", i + 1, settings().classes[i]);
    else
      text += "1 the label, 2 the classifier's class, ";
    return text + (keys_.terminal() ? "/ a class by its name" : "or a class by its name");
  }

  Result<void> show() {
    const Suspect& shown = suspect();
    DEW_TRY(const Image image, project_.picture(shown.sample));
    DEW_CHECK(write_file(picture_, encode_png(image)));
    console_.say(fmt::format("\n[{}/{}] {}", at_ + 1, queue_.size(), printable(shown.sample.name)));
    console_.say(fmt::format("  picture     {}", printable(picture_.string(), 4096)));
    std::string teacher = "  label       " + class_name(shown.label);
    if (shown.confidence) teacher += fmt::format(" ({:.0f} %)", *shown.confidence * 100);
    if (!shown.reason.empty()) teacher += ": " + printable(shown.reason, 300);
    console_.say(teacher);
    const Opinion& opinion = shown.opinion;
    console_.say(fmt::format("  classifier  {} ({:.0f} %; the label {:.0f} %)", class_name(opinion.said),
                             opinion.probability * 100, opinion.given * 100));
    std::string choices;
    const auto keys = digits();
    for (size_t i = 0; i < keys.size(); ++i) choices += fmt::format("  {} {}", i + 1, keys[i]);
    console_.say("  " + choices.substr(2) + "  k keep  u unsure  s skip  z undo  q quit  ? help");
    shown_ = true;
    return {};
  }

  /// A decision for a class that was typed in full; its kind is kNothing where there is none such.
  Wish named(const std::string& name) {
    const auto& classes = settings().classes;
    if (std::find(classes.begin(), classes.end(), name) != classes.end()) return {Wish::Kind::kDecide, name};
    if (!settings().unsure.empty() && name == settings().unsure) return {Wish::Kind::kDecide, ""};
    const std::string near = closest(name, classes);
    console_.say(fmt::format("  there is no key and no class '{}'{}", printable(name, 60),
                             near.empty() ? " (? helps)" : fmt::format("; did you mean '{}'?", near)));
    return {};
  }

  Wish understand(const std::string& typed) {
    using Kind = Wish::Kind;
    if (typed.size() > 1 && typed[0] == '/') return named(typed.substr(1));
    if (typed.empty() || typed == "\n" || typed == "k") return {Kind::kDecide, class_name(suspect().label)};
    if (typed == "u") return {Kind::kDecide, ""};
    if (typed == "s") return {Kind::kSkip, ""};
    if (typed == "z") return {Kind::kUndo, ""};
    if (typed == "q") return {Kind::kQuit, ""};
    if (typed == "?") return {Kind::kHelp, ""};
    const auto keys = digits();
    if (typed.size() == 1 && typed[0] >= '1' && static_cast<size_t>(typed[0] - '1') < keys.size())
      return {Kind::kDecide, keys[static_cast<size_t>(typed[0] - '1')]};
    return named(typed);
  }

  Result<void> grant(const Wish& wish) {
    switch (wish.kind) {
      case Wish::Kind::kDecide:
        return decide(wish.answer_class);
      case Wish::Kind::kSkip:
        console_.say("  skipped");
        step({});
        return {};
      case Wish::Kind::kUndo:
        return undo();
      case Wish::Kind::kHelp:
        console_.say(help());
        return {};
      case Wish::Kind::kQuit:
      case Wish::Kind::kNothing:
        return {};
    }
    return {};
  }

  Result<void> decide(const std::string& answer_class) {
    DEW_CHECK(project_.set_labels({{suspect().sample.id, answer_class, "human", by_, utc_now()}}));
    const int label = suspect().label;
    const std::string before = class_name(label);
    console_.say(answer_class.empty()     ? "  set aside"
                 : answer_class == before ? "  kept " + before
                                          : fmt::format("  {} becomes {}", before, answer_class));
    step({true, label, answer_class});
    console_.say(fmt::format("  {} decided, {} of them changed", reviewed_.decided, reviewed_.changed));
    return ++since_ranking_ == args_.again ? rank_anew() : Result<void>();
  }

  /// The classifier learns from the decisions, and what it now finds suspicious comes next. What lies behind
  /// in the queue stays as it is, for undo.
  Result<void> rank_anew() {
    since_ranking_ = 0;
    if (at_ == queue_.size()) return {};
    console_.say(fmt::format("\nranking anew, with your last {} decisions", args_.again));
    ReviewArgs all = args_;
    all.limit.reset();
    DEW_CHECK(read_labels_again(project_, ranking_));
    DEW_TRY(const auto ranked, review_queue(ranking_, all, console_));
    const auto here = queue_.begin() + static_cast<std::ptrdiff_t>(at_);
    const std::unordered_set<size_t> behind(queue_.begin(), here);
    const size_t length = queue_.size();
    queue_.resize(at_);
    for (const size_t place : ranked)
      if (queue_.size() < length && behind.count(place) == 0) queue_.push_back(place);
    return {};
  }

  void step(Step one) {
    steps_.push_back(std::move(one));
    ++at_;
    shown_ = false;
    count();
  }

  Result<void> undo() {
    if (steps_.empty()) {
      console_.say("  nothing to take back");
      return {};
    }
    --at_;
    shown_ = false;
    if (steps_.back().decided) {
      DEW_CHECK(project_.withdraw_label(suspect().sample.id).map([](bool) {}));
      suspect().label = steps_.back().before;
    }
    steps_.pop_back();
    ++reviewed_.undone;
    console_.say("  taken back");
    return {};
  }

  void count() {
    const int64_t undone = reviewed_.undone;
    reviewed_ = {};
    reviewed_.undone = undone;
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (!steps_[i].decided) {
        ++reviewed_.skipped;
        continue;
      }
      ++reviewed_.decided;
      if (steps_[i].answer_class.empty()) ++reviewed_.unsure;
      if (steps_[i].answer_class != class_name(steps_[i].before)) ++reviewed_.changed;
    }
    reviewed_.left = static_cast<int64_t>(queue_.size()) - reviewed_.decided;
  }

  Project& project_;
  Ranking& ranking_;
  const ReviewArgs& args_;
  std::vector<size_t> queue_;  ///< places among the suspects
  std::string by_;
  fs::path picture_;
  Console& console_;
  Reviewed& reviewed_;
  Keys keys_;
  std::vector<Step> steps_;  ///< one for each of the queue before at_
  size_t at_ = 0;
  bool shown_ = false;
  int64_t since_ranking_ = 0;  ///< decisions
};

}  // namespace

Result<void> ask_person(Project& project, Ranking& ranking, const std::vector<size_t>& queue,
                        const ReviewArgs& args, Console& console, Reviewed& reviewed) {
  return Review(project, ranking, queue, args, console, reviewed).run();
}

}  // namespace dew
