#include "verbs/cascade/questions.h"

#include <chrono>

namespace dew::verbs {
namespace {

/// What the asker says to its thread goes on to the main one.
class AskerWatch : public Watch {
 public:
  AskerWatch(const std::atomic<bool>& stop, const std::function<void(const std::string&)>& warn)
      : stop_(stop), warn_(warn) {}
  void warn(const std::string& message) override { warn_(message); }
  [[nodiscard]] bool interrupted() const override { return stop_; }

 private:
  const std::atomic<bool>& stop_;
  const std::function<void(const std::string&)>& warn_;
};

/// Who is asked: named on the command line or under [cascade], else the project's teachers. An answers file
/// is looked for beside dewdrop.toml.
std::vector<std::string> specs_of(const Project& project, const Settings& settings, const CascadeArgs& args) {
  if (!args.teachers.empty()) return args.teachers;
  constexpr std::string_view kReplay = "replay:";
  std::vector<std::string> specs = settings.large.all.empty() ? settings.teacher.all : settings.large.all;
  for (std::string& spec : specs)
    if (spec.starts_with(kReplay))
      spec = std::string(kReplay) + (project.folder() / spec.substr(kReplay.size())).string();
  return specs;
}

Result<cascade::AskSettings> ask_settings(const Project& project, const Settings& settings,
                                          const CascadeArgs& args) {
  cascade::AskSettings asked;
  asked.teachers = specs_of(project, settings, args);
  if (asked.teachers.empty())
    return usage_error("there is a question about events, and nobody to ask", {},
                       "name a teacher: --teacher openai:gpt-6-luna, or `large` under [cascade]");
  asked.prompt.question = settings.ask;
  asked.prompt.unsure = settings.unsure;
  if (!settings.schema.empty()) {
    DEW_TRY(asked.prompt.schema, teacher::read_schema(project.folder() / settings.schema));
  }
  asked.how = args.options;
  if (asked.how.prices.empty()) asked.how.prices = project.folder() / "prices.toml";
  asked.how.drain = std::chrono::seconds(10);
  asked.how.detail = settings.detail;
  asked.how.headers = settings.headers.all;
  asked.how.jpeg_size = settings.jpeg_size;
  asked.how.jpeg_quality = settings.jpeg_quality;
  asked.how.max_tokens = settings.max_tokens;
  asked.how.reasoning = settings.reasoning;
  asked.limits.calls_an_hour = settings.calls_an_hour;
  asked.limits.calls_a_day = settings.calls_a_day;
  asked.limits.usd_a_day = settings.usd_a_day;
  return asked;
}

}  // namespace

Result<std::unique_ptr<Questions>> Questions::open(const Project& project, const Settings& settings,
                                                   const CascadeArgs& args, Tells tells) {
  if (settings.ask.empty() && args.ask_again)
    return usage_error("there is no question to ask again", "--ask-again", "say which: --ask \"...\"");
  if (settings.ask.empty()) return std::unique_ptr<Questions>();
  DEW_TRY(cascade::AskSettings asked, ask_settings(project, settings, args));
  asked.told = tells.settled;
  if (!asked.prompt.schema.empty()) {
    DEW_TRY(const auto unchecked, teacher::unchecked_keywords(asked.prompt.schema));
    if (!unchecked.empty())
      tells.warn("the schema's " + join(unchecked) + " can only be checked by the server that is asked");
  }
  DEW_TRY(cascade::Asker asker, cascade::Asker::open(project, std::move(asked)));
  if (args.ask_again) {
    DEW_TRY(const int64_t again, asker.ask_again(true));
    tells.warn(plural(again, "question", "questions") + " will be asked again");
  }
  DEW_TRY([[maybe_unused]] const int64_t missed, asker.submit_missed());
  return std::unique_ptr<Questions>(new Questions(std::move(asker), std::move(tells)));
}

Questions::Questions(cascade::Asker asker, Tells tells)
    : asker_(std::move(asker)), tells_(std::move(tells)), thread_([this] { run(); }) {}

Questions::~Questions() {
  stop();
}

void Questions::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Questions::run() {
  constexpr std::chrono::milliseconds kSpell{500};
  AskerWatch watch(stop_, tells_.warn);
  while (!stop_) {
    const auto until = system_clock().now() + kSpell;
    // What ends a spell is the stop, or is in figures() and was told.
    if (const auto asked = asker_.work(until, watch); !asked && !stop_) tells_.warn(asked.error().what);
    if (!stop_) system_clock().sleep_until(std::min(until, system_clock().now() + kSpell / 5));
  }
  runs_ = false;
}

Result<void> Questions::submit(int64_t event) {
  return asker_.submit(event);
}

}  // namespace dew::verbs
