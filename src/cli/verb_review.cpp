// The verb `review`: its options, its calls, its prints.
#include <fmt/format.h>

#include "base/table.h"
#include "cli/program.h"
#include "cli/review_keys.h"
#include "store/student_options.h"
#include "verbs/review/review.h"

namespace dew::cli {
namespace {

/// What --help offers; the verbs take what they need of it.
struct ReviewOptions {
  verbs::ReviewArgs review;
  std::optional<int64_t> list;
  fs::path import_file;
  bool skip_unknown = false;
  fs::path score;
  fs::path picture;
};

void tell(const verbs::SuspectsOutcome& ranked, Console& console) {
  std::vector<std::vector<std::string>> rows{{"suspicion", "sample", "label", "", "classifier", ""}};
  for (const verbs::Suspect& suspect : ranked.suspects)
    rows.push_back({fmt::format("{:.2f}", suspect.suspicion), printable(suspect.sample.name), suspect.label,
                    fmt::format("{:.3f}", suspect.label_probability), suspect.classifier,
                    fmt::format("{:.3f}", suspect.classifier_probability)});
  console.say(text_table(rows));
}

void tell(const verbs::ImportLabelsOutcome& taken, Console& console) {
  console.say("{} by people; {} differ from the label before, {} are unsure and set aside",
              plural(taken.imported, "label", "labels"), with_commas(taken.changed),
              with_commas(taken.unsure));
  if (taken.unknown == 0) return;
  std::vector<std::string> names;
  for (const std::string& name : taken.first_unknown) names.push_back(printable(name));
  console.say("{} lines left out, as they do not name one sample: {}{}", with_commas(taken.unknown),
              join(names), taken.unknown > std::ssize(names) ? ", ..." : "");
}

void tell(const verbs::ScoreRankingOutcome& score, Console& console) {
  console.say("{} labels, {} of them wrong ({:.1f} %); the classifier agrees with people on {:.1f} %",
              with_commas(score.labels), with_commas(score.wrong),
              100.0 * static_cast<double>(score.wrong) / static_cast<double>(score.labels),
              100 * score.classifier_accuracy);
  if (score.again > 0)
    console.say("ranked again after every {} decisions, with the classifier trained on them", score.again);
  for (const verbs::ReviewedShare& point : score.curve)
    console.say("reviewing the {:>2.0f} % most suspicious ({:>5}) finds {:>5} of the wrong ones, {:5.1f} %",
                100 * point.share, with_commas(point.reviewed), with_commas(point.found),
                100 * point.of_wrong);
}

void tell(const verbs::ReviewOutcome& reviewed, Console& console) {
  console.say("{} decided, {} of them changed, {} set aside; {} skipped, {} left in the queue",
              reviewed.decided, reviewed.changed, reviewed.unsure, reviewed.skipped, reviewed.left);
}

int review(const ReviewOptions& options, Console& console) {
  auto session = verbs::ReviewSession::open(options.review, console);
  if (!session) return console.finish(session.error());
  if (session->queue_length() == 0) {
    console.say("nothing to review: people have decided about all of it");
    return console.finish(verbs::to_json(session->outcome()), {});
  }
  const fs::path picture =
      options.picture.empty() ? session->project_folder() / ".dewdrop" / "review.png" : options.picture;
  const auto done = review_by_keys(*session, whole_path(picture), console);
  verbs::ReviewOutcome outcome = session->outcome();
  if (!done) outcome.stopped = done.error();
  return finish(console, Result<verbs::ReviewOutcome>(outcome),
                [](const verbs::ReviewOutcome& reviewed, Console& to) { tell(reviewed, to); });
}

int run(ReviewOptions options, Console& console) {
  const auto end = [&console](const auto& outcome) {
    return finish(console, outcome, [](const auto& done, Console& to) { tell(done, to); });
  };
  const verbs::RankingArgs& ranking = options.review.ranking;
  std::string& by = options.review.by;
  if (by.empty()) by = verbs::user_name();
  if (!options.import_file.empty())
    return end(
        verbs::import_labels({ranking.project, options.import_file, by, options.skip_unknown}, console));
  if (!options.score.empty())
    return end(verbs::score_ranking({ranking, options.score, options.review.again}, console));
  if (options.list) return end(verbs::list_suspects({ranking, *options.list, options.review.limit}, console));
  return review(options, console);
}

void add_ranking_options(CLI::App* sub, const std::shared_ptr<ReviewOptions>& options) {
  sub->add_option_function<std::string>(
         "--split",
         [options](const std::string& name) {
           for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
             if (name == split_name(split)) options->review.ranking.split = split;
         },
         "train, validation or test: these samples only")
      ->check(CLI::IsMember({"train", "validation", "test"}));
  sub->add_option("--again", options->review.again,
                  "decisions after which the rest is ranked again; 0: never")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  sub->add_option("--backbone", options->review.ranking.backbone,
                  "source of the classifier's features: bundled, random, the name of an imported backbone, a "
                  "backbone file or "
                  "an int8 classifier (.tflite)");
  sub->add_option("--input", options->review.ranking.input, "pixels of its square input, a multiple of 32")
      ->capture_default_str()
      ->check(CLI::Range(store::kLeastInput, store::kMostInput));
}

}  // namespace

void add_review(Program& program) {
  auto options = std::make_shared<ReviewOptions>();
  options->review.by.clear();
  CLI::App* sub =
      add_verb(program, "review", "Check labels, the most suspicious first; your decisions are final.",
               "  dewdrop review                             # one key per decision\n"
               "  dewdrop review --list 20\n"
               "  dewdrop review --split test --limit 100\n"
               "  dewdrop review --import labels.csv        # street.jpg,yes\n"
               "  dewdrop review --score labels.csv         # how many wrong labels it finds\n"
               "Stop whenever you like: every decision is saved at once, and the next run continues.\n",
               [options](Console& console) { return run(*options, console); });
  add_project_option(sub, options->review.ranking.project);
  CLI::Option* list =
      sub->add_option("--list", options->list, "print this many from the top of the ranking; ask nothing");
  list->check(CLI::PositiveNumber);
  sub->add_option("--limit", options->review.limit, "ask about at most this many samples")
      ->check(CLI::PositiveNumber);
  add_ranking_options(sub, options);
  sub->add_option("--picture", options->picture,
                  "where the current picture is written; default: .dewdrop/review.png in the project");
  sub->add_option("--by", options->review.by, "name of the person who decides; default: the user");
  CLI::Option* import_file = sub->add_option(
      "--import", options->import_file,
      "people's labels: a CSV file of sample or file names and classes, imported completely or not at all");
  sub->add_flag("--skip-unknown", options->skip_unknown,
                "with --import: leave out lines that do not name one sample of the project")
      ->needs(import_file);
  sub->add_option("--score", options->score,
                  "a file as for --import: how early the ranking shows the labels that it contradicts")
      ->excludes(import_file)
      ->excludes(list);
  list->excludes(import_file);
}

}  // namespace dew::cli
