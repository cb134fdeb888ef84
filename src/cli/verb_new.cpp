// The verb `new`: its options, its call, its print.
#include "cli/program.h"
#include "cli/tell.h"
#include "verbs/project/project.h"

namespace dew::cli {

void tell_made(const verbs::NewOutcome& made, Console& console) {
  const Settings& settings = made.settings;
  console.say("{} asks: {}  ({}{})", settings.name, settings.question, join(settings.classes, " / "),
              settings.unsure.empty() ? "" : ", or " + settings.unsure);
  if (made.added) tell_added(*made.added, console);
  if (made.stopped) return;  // the error names the next step
  std::error_code gone;
  const fs::path from_here = fs::proximate(made.folder, gone);
  console.say("next: cd {} && dewdrop {}", shell_quoted((gone ? made.folder : from_here).string()),
              made.added ? made.added->next : "add <pictures or a video>");
}

void add_new(Program& program) {
  auto args = std::make_shared<verbs::NewArgs>();
  auto how = std::make_shared<AddOptions>();
  CLI::App* sub = add_verb(
      program, "new", "Create a project for a question.",
      "  dewdrop new person --ask \"Is there a person in this picture?\" --classes yes,no --unsure unsure\n"
      "  dewdrop new bird --ask \"Which bird is this?\" --classes tit,robin,none --teacher "
      "openai:gpt-6-luna\n"
      "  dewdrop new bird --ask \"Which bird is this?\" --add ~/birds --splits keep\n",
      [args, how](Console& console) {
        args->folder = whole_path(args->folder);
        make_absolute(args->data);
        if (const auto settled = settle(*how); !settled) return console.finish(settled.error());
        args->how = how->args;
        return finish(console, verbs::create_project(*args, console), tell_made);
      });
  Settings& settings = args->settings;
  sub->add_option("folder", args->folder, "folder to create; its name becomes the project's name")
      ->required();
  sub->add_option("--ask", settings.question, "the question, in plain words")->required();
  sub->add_option("--classes", settings.classes,
                  "the possible answers, comma separated; default: those of the labels in the data")
      ->delimiter(',')
      ->transform(trim);
  sub->add_option("--add", args->data, "pictures, videos or data sets to begin with, as for dewdrop add");
  add_data_options(sub, *how);
  sub->add_option("--unsure", settings.unsure,
                  "the answer for pictures the teacher cannot tell; they get no label");
  sub->add_option("--teacher", settings.teacher.all, "openai:MODEL, http://HOST:PORT/v1#MODEL or replay:FILE")
      ->allow_extra_args(false)
      ->take_all();
  sub->add_option("--store", settings.store,
                  "postgresql://USER@HOST/NAME: a database for many machines, instead of .dewdrop");
  sub->add_option("--media", settings.media,
                  "a folder that all machines can reach, or s3://BUCKET/PREFIX, instead of .dewdrop");
  sub->add_option("--media-endpoint", settings.media_endpoint,
                  "the bucket's server; default: AWS_ENDPOINT_URL, or Amazon's");
  sub->add_option("--media-region", settings.media_region,
                  "the bucket's region; default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1");
  sub->add_option("--alpha", settings.alpha, "width of the MobileNetV2")->capture_default_str();
  sub->add_option("--input", settings.input,
                  "height and width of the net's input in pixels, a multiple of 16")
      ->capture_default_str();
  sub->add_option("--epochs", settings.epochs,
                  "passes over the pictures; 0: 30 from a backbone, 60 from random weights")
      ->capture_default_str();
  sub->add_option("--seed", settings.seed, "the same seed gives the same net")
      ->check(verbs::not_negative)
      ->capture_default_str();
  sub->add_option("--board", settings.board, "where the net will run; see dewdrop boards")
      ->capture_default_str();
}

}  // namespace dew::cli
