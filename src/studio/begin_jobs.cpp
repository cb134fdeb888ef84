#include "studio/begin_jobs.h"

#include "studio/named_files.h"
#include "verbs/cascade/cascade.h"
#include "verbs/compare/compare.h"
#include "verbs/label/label.h"
#include "verbs/measure/measure.h"
#include "verbs/train/student_settings.h"
#include "verbs/train/train.h"

namespace dew::studio {
namespace {

Reply<Json> begin(Workplace& place, const std::string& verb, Lane lane, Jobs::Work work) {
  const auto id = place.jobs.start(verb, lane, true, [&place, work = std::move(work)](Watch& watch) {
    auto done = work(watch);
    // What it changed shows before it says that it is done. Should that fail, the next look at the project
    // tells.
    (void)place.browser.refresh();
    return done;
  });
  if (!id)
    return refuse(409, "a job of this kind is at work already: " + verb, {}, "wait for it, or stop it first");
  return *place.jobs.find(*id);
}

Reply<Json> begin_label(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields,
          Fields::of(body, {"verb", "teacher", "limit", "budget_usd", "dry_run", "gold"}));
  verbs::LabelArgs args;
  args.project = place.project;
  DEW_TRY(const std::string named, fields.text_or("teacher", ""));
  DEW_TRY(const std::string teacher, named_teacher(place, named));
  if (!teacher.empty()) args.teachers = {teacher};
  DEW_TRY(args.limit, fields.count("limit"));
  DEW_TRY(args.options.budget_usd, fields.amount("budget_usd"));
  DEW_TRY(args.gold, fields.flag("gold"));
  DEW_TRY(const bool dry, fields.flag("dry_run"));
  return begin(place, "label", Lane::kAsk, [args, dry](Watch& watch) {
    return dry ? worked(verbs::plan_label(args, watch)) : worked(verbs::label(args, watch));
  });
}

/// Absent: no limit.
Reply<std::optional<int64_t>> kibibytes(const Fields& fields, const std::string& key) {
  constexpr int64_t kMost = int64_t{1} << 30;
  DEW_TRY(const auto count, fields.count(key));
  if (count.value_or(1) > kMost)
    return refuse(400, "'" + key + "' is more than any board has", {}, "give KiB, not bytes");
  return count ? std::optional(*count * 1024) : std::nullopt;
}

Reply<Json> begin_train(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "settings", "ram_kib", "flash_kib", "rows"}));
  verbs::TrainArgs args;
  args.project = place.project;
  DEW_TRY(args.limits.ram_bytes, kibibytes(fields, "ram_kib"));
  DEW_TRY(args.limits.flash_bytes, kibibytes(fields, "flash_kib"));
  DEW_TRY(args.limits.rows, fields.flag("rows"));
  Json settings = body.value("settings", Json::object());
  if (settings.is_object() && settings.contains("backbone") && settings["backbone"].is_string()) {
    DEW_TRY(settings["backbone"], named_backbone(place, settings["backbone"].get<std::string>()));
  }
  DEW_TRY(args.changes, verbs::student_changes(place.browser.summary().settings,
                                               settings.is_null() ? Json::object() : settings));
  return begin(place, "train", Lane::kCompute,
               [args](Watch& watch) { return worked(verbs::train(args, watch)); });
}

Reply<Json> begin_test(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "run", "board"}));
  verbs::TestArgs args;
  args.project = place.project;
  DEW_TRY(const auto run, fields.count("run"));
  if (run) args.run = std::to_string(*run);
  DEW_TRY(const bool board, fields.flag("board"));
  args.no_board = !board;
  return begin(place, "test", Lane::kCompute,
               [args](Watch& watch) { return worked(verbs::test(args, watch)); });
}

constexpr size_t kMostSources = 100;
constexpr int64_t kMostSeeds = 50;
constexpr int64_t kMostFolds = 10;

/// The figures stand in the comparison's own file: every page is told of every job.
Result<Worked> compared(const Result<verbs::CompareOutcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  return Worked{Json{{"answer", outcome->answer}, {"tested", outcome->findings.pictures}}, outcome->stopped};
}

Reply<Json> begin_compare(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "a", "b", "seeds", "folds", "drift", "curve"}));
  verbs::CompareArgs args;
  args.project = place.project;
  DEW_TRY(args.a, fields.text_or("a", args.a));
  DEW_TRY(args.b, fields.text_or("b", args.b));
  DEW_TRY(const auto seeds, fields.count("seeds"));
  DEW_TRY(const auto folds, fields.count("folds"));
  if (seeds.value_or(1) > kMostSeeds) return refuse(400, "more than 50 seeds", {}, "five will do");
  if (folds && (*folds < 2 || *folds > kMostFolds))
    return refuse(400, "there are 2 to 10 folds", {}, "leave them out: the test split is tested");
  args.seeds = static_cast<int>(seeds.value_or(args.seeds));
  args.folds = static_cast<int>(folds.value_or(0));
  DEW_TRY(args.drift, fields.flag("drift"));
  DEW_TRY(args.curve, fields.flag("curve"));
  return begin(place, "compare", Lane::kCompute,
               [args](Watch& watch) { return compared(verbs::compare(args, watch)); });
}

Reply<Json> begin_cascade(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "sources", "teacher", "budget_usd"}));
  verbs::CascadeArgs args;
  args.model.project = place.project;
  DEW_TRY(const auto sources, fields.texts("sources", kMostSources));
  DEW_TRY(args.sources, named_sources(place, sources));
  DEW_TRY(const std::string named, fields.text_or("teacher", ""));
  DEW_TRY(const std::string teacher, named_teacher(place, named));
  if (!teacher.empty()) args.teachers = {teacher};
  DEW_TRY(args.options.budget_usd, fields.amount("budget_usd"));
  return begin(place, "cascade", Lane::kWatch,
               [args](Watch& watch) { return worked(verbs::cascade(args, watch)); });
}

Reply<Json> begin_tune(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "sources", "write"}));
  verbs::TuneArgs args;
  args.model.project = place.project;
  DEW_TRY(const auto sources, fields.texts("sources", kMostSources));
  DEW_TRY(args.recordings, named_sources(place, sources));
  DEW_TRY(args.write, fields.flag("write"));
  return begin(place, "tune", Lane::kCompute,
               [args](Watch& watch) { return worked(verbs::tune_cascade(args, watch)); });
}

Reply<Json> begin_events_page(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {"verb"}));
  verbs::CascadeReportArgs args;
  args.project = place.project;
  return begin(place, "events", Lane::kAdd,
               [args](Watch& watch) { return worked(verbs::cascade_report(args, watch)); });
}

/// What a run's net takes of a board, measured in its emulator; the page with its layers is kept.
Result<Worked> measured(Workplace& place, int64_t run, const std::string& board, Watch& watch) {
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  verbs::CompileArgs args;
  args.model.project = place.project;
  args.model.run = std::to_string(run);
  args.target = board;
  args.out = folder.path() / "c";
  args.layers = true;
  DEW_TRY(const auto outcome, verbs::compile(args, watch));
  if (outcome.not_measured) return Worked{to_json(outcome.figures), outcome.not_measured};
  DEW_TRY(std::string page, read_file(outcome.page));
  place.boards.keep(run, board, std::move(page));
  Json figures = to_json(outcome.figures);
  figures["text"] = verbs::device_text(outcome.figures);
  figures["run"] = run;
  figures["board"] = board;
  return Worked{std::move(figures), std::nullopt};
}

Reply<Json> begin_measure(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "run", "board"}));
  DEW_TRY(const int64_t run, fields.integer("run"));
  DEW_TRY(const std::string board, fields.text("board"));
  if (board.empty()) return refuse(400, "no board is named", {}, "choose one");
  return begin(place, "measure", Lane::kCompute,
               [&place, run, board](Watch& watch) { return measured(place, run, board, watch); });
}

using Begin = Reply<Json> (*)(Workplace& place, const Json& body);
const std::map<std::string, Begin>& beginnings() {
  static const std::map<std::string, Begin> all{{"cascade", begin_cascade},    {"compare", begin_compare},
                                                {"events", begin_events_page}, {"label", begin_label},
                                                {"measure", begin_measure},    {"test", begin_test},
                                                {"train", begin_train},        {"tune", begin_tune}};
  return all;
}

}  // namespace

Reply<Json> begin_job(Workplace& place, const Json& body) {
  if (!body.is_object()) return refuse(400, "the body is no JSON object", {}, "send {\"verb\": ...}");
  const auto verb = body.find("verb");
  if (verb == body.end() || !verb->is_string())
    return refuse(400, "'verb' must be a text", {}, "send {\"verb\": \"label\"}, say");
  if (const auto found = beginnings().find(*verb); found != beginnings().end())
    return found->second(place, body);
  std::vector<std::string> names;
  for (const auto& [name, begins] : beginnings()) names.push_back(name);
  return refuse(400, "there is no job '" + printable(verb->get<std::string>(), 40) + "'", {},
                "jobs are " + join(names));
}

}  // namespace dew::studio
