// Boards as test parameters, and skipping tests whose programs are missing.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "target/firmware.h"

namespace dew::target {
inline std::vector<std::string> programs_of(const Board& board) {
  if (board.architecture == Architecture::kWasm) return {board.compiler, "wasm-ld", board.emulator};
  return {board.compiler, board.emulator};
}
}  // namespace dew::target

/// Skips the test, with a reason, if the board's compiler or emulator is missing.
#define NEED_TOOLS(board)                                              \
  for (const std::string& program : dew::target::programs_of(board))   \
    if (const auto found = dew::target::require_tool(program); !found) \
  GTEST_SKIP() << "NOT TESTED on " << (board).name << ": " << found.error().what

namespace dew::target {

/// All boards in the full suite, only the most common one in the quick suite.
inline std::vector<Board> boards_to_test() {
#ifdef DEWDROP_ALL_BOARDS
  return boards();
#else
  return {find_board("cortex-m4").value()};
#endif
}

/// A parametrised test's name: "cortex_m4".
inline std::string core_name(const testing::TestParamInfo<Board>& info) {
  std::string name = info.param.core;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

inline void PrintTo(const Board& board, std::ostream* out) {
  *out << board.name;
}

}  // namespace dew::target
