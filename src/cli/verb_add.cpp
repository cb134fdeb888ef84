// The verb `add`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/tell.h"

namespace dew::cli {
namespace {

Result<void> parse_tiles(const std::string& text, Cut& cut) {
  int columns = 0;
  int rows = 0;
  char end = 0;
  constexpr int kMostTiles = 64;  // along each side
  if (std::sscanf(text.c_str(), "%dx%d%c", &columns, &rows, &end) != 2 || columns < 1 || rows < 1)
    return usage_error("'" + printable(text) + "' is not a grid", "--tiles",
                       "give columns x rows, for example 4x3");
  if (columns > kMostTiles || rows > kMostTiles)
    return usage_error(fmt::format("'{}' is more than {}x{} tiles", printable(text), kMostTiles, kMostTiles),
                       "--tiles", fmt::format("use at most {} columns and {} rows", kMostTiles, kMostTiles));
  cut.columns = columns;
  cut.rows = rows;
  return {};
}

}  // namespace

void tell_added(const verbs::AddOutcome& added, Console& console) {
  console.say(fmt::format("{} samples added, {} already there, {} files skipped; the project has {}",
                          with_commas(added.samples_added), with_commas(added.already_there),
                          with_commas(added.skipped), with_commas(added.samples_total)));
  for (const std::string& line : verbs::lines_about(added.left_out)) console.say(line);
}

void add_add(Program& program) {
  auto args = std::make_shared<verbs::AddArgs>();
  auto grid = std::make_shared<std::string>("1x1");
  CLI::App* sub = add_verb(program, "add", "Add pictures, folders of pictures, or videos.",
                           "  dewdrop add vtest.avi --every 15 --tiles 4x3\n"
                           "  dewdrop add ~/pictures --in-place\n",
                           [args, grid, &program](Console& console) {
                             args->project = program.project;
                             if (const auto parsed = parse_tiles(*grid, args->cut); !parsed)
                               return console.finish(parsed.error());
                             return finish(console, verbs::add(*args, console), tell_added);
                           });
  add_project_option(sub, program);
  sub->add_option("files", args->files, "files or folders")->required();
  sub->add_option("--every", args->cut.every, "each n-th frame of a video")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  sub->add_option("--tiles", *grid, "cut each picture into columns x rows tiles")->capture_default_str();
  sub->add_flag("--in-place", args->cut.in_place,
                "refer to the files where they are instead of copying them");
}

}  // namespace dew::cli
