// The verb `boards`: its options, its call, its print.
#include "cli/program.h"
#include "verbs/boards/boards.h"

namespace dew::cli {

void add_boards(Program& program) {
  auto args = std::make_shared<verbs::BoardsArgs>();
  CLI::App* sub = add_verb(program, "boards", "List the boards, chips and cores that nets can be made for.",
                           "  dewdrop boards\n"
                           "  dewdrop boards esp32               # those with this in their names\n"
                           "  dewdrop boards nicla-vision        # all that is known about one\n",
                           [args](Console& console) {
                             return finish(console, verbs::boards(*args),
                                           [](const verbs::BoardsOutcome& found, Console& out) {
                                             out.say(verbs::to_text(found));
                                           });
                           });
  sub->add_option("name", args->name, "a name or a part of one; default: all");
}

}  // namespace dew::cli
