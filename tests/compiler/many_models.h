// Many compiled models in one piece of C that looks like a single model, dew_table, so that one build and one
// start of an emulator serve many cases. The kernels are pasted once instead of once per model; everything
// else is what compiler::emit_c gives.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "tests/compiler/nets.h"

namespace dew::test {

/// The models of several plans, whose symbols must differ.
///
/// dew_table's input: the model's number (uint32); by how many words its arena is shifted from an aligned
/// address (uint32), plus kAgain; then the model's own input, shifted by the same number of bytes modulo 4.
/// Its output: a status (uint32), then the model's own output.
struct ManyModels {
  std::map<std::string, std::string> sources;
  int64_t input_bytes = 0;
  int64_t output_bytes = 0;

  explicit ManyModels(const std::vector<compiler::Plan>& plans);
  /// `again`: the model ran for the input before, with the same shift, and remembers it.
  [[nodiscard]] Bytes input(size_t model, uint32_t shift, const Bytes& own, bool again = false) const;
};

constexpr uint32_t kAgain = 0x80000000;  ///< the model is not initialised

/// dew_table's status.
enum TableStatus : uint32_t { kTableFine = 0, kTableArenaGuard = 1, kTableOutputGuard = 2 };
constexpr uint32_t kMostShift = 16;  ///< words

uint32_t table_status(const Bytes& output);
/// The model's own output, `bytes` long.
Bytes table_output(const Bytes& output, int64_t bytes);

}  // namespace dew::test
