// The dialogue of a review: what is shown, what each key means, what is said about what was done.
#include "cli/review_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/keys.h"

namespace dew::cli {
namespace {

constexpr size_t kMostDigits = 9;

/// What a key or a line asks for.
struct Command {
  enum class Kind { kDecide, kSkip, kUndo, kQuit, kHelp, kNothing } kind = Kind::kNothing;
  std::string answer_class;  ///< of a decision; empty: unsure
};

class Dialogue {
 public:
  Dialogue(verbs::ReviewSession& session, const fs::path& picture, Console& console)
      : session_(session), picture_(picture), console_(console) {}

  Result<void> run() {
    console_.say(help());
    while (true) {
      DEW_TRY(const verbs::Suspect* const suspect, session_.current(console_));
      if (suspect == nullptr) return {};
      if (!shown_) DEW_CHECK(show(*suspect));
      std::fflush(stdout);  // whoever drives this through pipes waits for the question
      const auto typed = keys_.next();
      if (console_.interrupted()) {
        console_.say("");
        return interrupted_error();
      }
      if (!typed) return {};
      const Command command = understand(*typed, *suspect);
      if (command.kind == Command::Kind::kQuit) return {};
      DEW_CHECK(obey(command, *suspect));
    }
  }

 private:
  [[nodiscard]] const std::vector<std::string>& classes() const { return session_.settings().classes; }
  /// What the digits 1, 2, ... stand for: the classes, or where they are too many the two opinions.
  [[nodiscard]] std::vector<std::string> digits(const verbs::Suspect& suspect) const {
    if (classes().size() <= kMostDigits) return classes();
    std::vector<std::string> two{suspect.label};
    if (suspect.classifier != suspect.label) two.push_back(suspect.classifier);
    return two;
  }

  [[nodiscard]] std::string help() const {
    std::string text =
        "k or Enter keeps the label, u unsure (sets it aside), s skip, z undo, q quit, ? help; ";
    if (classes().size() <= kMostDigits)
      for (size_t i = 0; i < classes().size(); ++i) text += fmt::format("{} {}, ", i + 1, classes()[i]);
    else
      text += "1 the label, 2 the classifier's class, ";
    return text + (keys_.terminal() ? "/ a class by its name" : "or a class by its name");
  }

  Result<void> show(const verbs::Suspect& suspect) {
    DEW_TRY(const Image image, session_.picture());
    DEW_CHECK(write_file(picture_, encode_png(image)));
    console_.say("\n[{}/{}] {}", session_.position() + 1, session_.queue_length(),
                 printable(suspect.sample.name));
    console_.say("  picture     {}", printable(picture_.string(), 4096));
    std::string label = "  label       " + suspect.label;
    if (suspect.confidence) label += fmt::format(" ({:.0f} %)", *suspect.confidence * 100);
    if (!suspect.reason.empty()) label += ": " + printable(suspect.reason, 300);
    console_.say(label);
    console_.say("  classifier  {} ({:.0f} %; the label {:.0f} %)", suspect.classifier,
                 suspect.classifier_probability * 100, suspect.label_probability * 100);
    std::string choices;
    const auto keys = digits(suspect);
    for (size_t i = 0; i < keys.size(); ++i) choices += fmt::format("  {} {}", i + 1, keys[i]);
    console_.say(choices + "  k keep  u unsure  s skip  z undo  q quit  ? help");
    shown_ = true;
    return {};
  }

  /// A decision for a class that was typed in full.
  Command named(const std::string& name) {
    if (std::find(classes().begin(), classes().end(), name) != classes().end())
      return {Command::Kind::kDecide, name};
    const std::string& unsure = session_.settings().unsure;
    if (!unsure.empty() && name == unsure) return {Command::Kind::kDecide, ""};
    const std::string near = closest(name, classes());
    console_.say("  there is no key and no class '{}'{}", printable(name, 60),
                 near.empty() ? " (? helps)" : fmt::format("; did you mean '{}'?", near));
    return {};
  }

  Command understand(const std::string& typed, const verbs::Suspect& suspect) {
    using Kind = Command::Kind;
    if (typed.size() > 1 && typed[0] == '/') return named(typed.substr(1));
    if (typed.empty() || typed == "\n" || typed == "k") return {Kind::kDecide, suspect.label};
    if (typed == "u") return {Kind::kDecide, ""};
    if (typed == "s") return {Kind::kSkip, ""};
    if (typed == "z") return {Kind::kUndo, ""};
    if (typed == "q") return {Kind::kQuit, ""};
    if (typed == "?") return {Kind::kHelp, ""};
    const auto keys = digits(suspect);
    if (typed.size() == 1 && typed[0] >= '1' && static_cast<size_t>(typed[0] - '1') < keys.size())
      return {Kind::kDecide, keys[static_cast<size_t>(typed[0] - '1')]};
    return named(typed);
  }

  Result<void> obey(const Command& command, const verbs::Suspect& suspect) {
    if (command.kind == Command::Kind::kDecide)
      return decide(command.answer_class, std::string(suspect.label));
    if (command.kind == Command::Kind::kUndo) return undo();
    if (command.kind == Command::Kind::kHelp) console_.say(help());
    if (command.kind != Command::Kind::kSkip) return {};
    session_.skip();
    shown_ = false;
    console_.say("  skipped");
    return {};
  }

  Result<void> decide(const std::string& answer_class, const std::string& before) {
    DEW_CHECK(answer_class.empty() ? session_.set_aside() : session_.decide(answer_class));
    shown_ = false;
    console_.say(answer_class.empty()     ? "  set aside"
                 : answer_class == before ? "  kept " + before
                                          : fmt::format("  {} becomes {}", before, answer_class));
    const auto so_far = session_.outcome();
    console_.say("  {} decided, {} of them changed", so_far.decided, so_far.changed);
    return {};
  }

  Result<void> undo() {
    DEW_TRY(const verbs::Undo undone, session_.undo());
    shown_ = shown_ && undone == verbs::Undo::kNothing;
    console_.say(undone == verbs::Undo::kNothing ? "  nothing to undo"
                 : undone == verbs::Undo::kTakenBack
                     ? "  undone"
                     : "  somebody else has decided since; their label is kept");
    return {};
  }

  verbs::ReviewSession& session_;
  const fs::path& picture_;
  Console& console_;
  Keys keys_;
  bool shown_ = false;
};

}  // namespace

Result<void> review_by_keys(verbs::ReviewSession& session, const fs::path& picture, Console& console) {
  return Dialogue(session, picture, console).run();
}

}  // namespace dew::cli
