// cli: the command line. One file a verb, each about a page: parse, call, print.
#pragma once

namespace dew::cli {

/// The whole program; returns the exit code: 0 done, 1 the work failed, 2 the command was wrong.
int cli_main(int argc, const char* const* argv);

}  // namespace dew::cli
