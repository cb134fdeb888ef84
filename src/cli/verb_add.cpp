// The verb `add`: its options, its call, its print.
#include "cli/program.h"
#include "cli/tell.h"
#include "verbs/project/project.h"

namespace dew::cli {

void tell_added(const verbs::AddOutcome& added, Console& console) {
  console.say("{} added, {} already there, {} skipped; the project has {}",
              plural(added.samples_added, "sample", "samples"), with_commas(added.already_there),
              plural(added.skipped, "file", "files"), with_commas(added.samples_total));
  for (const std::string& line : verbs::lines_about(added.labels)) console.say(line);
  for (const std::string& line : verbs::lines_about(added.left_out)) console.say(line);
}

void add_data_options(CLI::App* sub, AddOptions& options) {
  verbs::AddArgs& args = options.args;
  sub->add_option("--every", args.cut.every, "take every n-th frame of a video")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  sub->add_option("--tiles", options.grid, "cut each picture into columns x rows tiles")
      ->capture_default_str();
  sub->add_flag("--in-place", args.cut.in_place, "refer to the files instead of copying them");
  sub->add_option("--labels", args.labels,
                  "labels that come with the pictures: auto, none, a file, or a format (docs/data.md)")
      ->capture_default_str();
  sub->add_option_function<std::string>(
         "--splits", [&args](const std::string& how) { args.keep_splits = how == "keep"; },
         "draw: as for all pictures; keep: those of the data set")
      ->default_str("draw")
      ->check(CLI::IsMember({"draw", "keep"}));
  sub->add_option(
         "--map", options.mapped,
         "THEIRS=OURS: what the data calls THEIRS is the project's class OURS; THEIRS= leaves it out")
      ->allow_extra_args(false)
      ->take_all();
  sub->add_option("--none", args.mapping.none, "the class of pictures that show none of the classes");
  sub->add_flag("--skip-unknown", args.skip_unknown, "leave out labels of pictures that are not there");
}

Result<void> settle(AddOptions& options) {
  std::error_code code;
  verbs::AddArgs& args = options.args;
  DEW_CHECK(verbs::parse_tiles(options.grid, args.cut));
  if (fs::is_regular_file(args.labels, code)) args.labels = whole_path(args.labels);
  for (const std::string& text : options.mapped) DEW_CHECK(verbs::parse_mapping(text, args.mapping));
  return {};
}

void add_add(Program& program) {
  auto options = std::make_shared<AddOptions>();
  CLI::App* sub =
      add_verb(program, "add", "Add pictures, folders of pictures, videos, or data sets with labels.",
               "  dewdrop add vtest.avi --every 15 --tiles 4x3\n"
               "  dewdrop add ~/pictures --in-place\n"
               "  dewdrop add ~/coco --map pedestrian=yes --none no --splits keep\n"
               "  dewdrop add ~/pictures labels.csv\n",
               [options](Console& console) {
                 make_absolute(options->args.files);
                 if (const auto settled = settle(*options); !settled) return console.finish(settled.error());
                 return finish(console, verbs::add(options->args, console), tell_added);
               });
  verbs::AddArgs& args = options->args;
  add_project_option(sub, args.project);
  sub->add_option("files", args.files, "files or folders")->required();
  add_data_options(sub, *options);
}

}  // namespace dew::cli
