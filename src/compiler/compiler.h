// compiler: from an int8 graph to a plan, and from the plan to C.
//
//     graph -> passes (one a file) -> schedule -> memory plan -> packed weights -> Plan -> C
//
// The same Plan is run in-process by target/host.cpp through the same kernels that the emitted C holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "compiler/plan.h"
#include "graph/graph.h"

namespace dew::compiler {

enum class Schedule {
  kLayers,  ///< one operator after the other, every tensor whole
  kRows,    ///< rows streamed through waves of operators (docs/compiler.md)
};

/// Whose kernels, and weights packed for them. All give the same bytes, on any machine that runs C.
enum class Isa {
  kGeneric,  ///< plain C: Cortex-M0+, M3, RISC-V
  kArmDsp,   ///< pairs of 16-bit products: Cortex-M4, M7, M33
  kHelium,   ///< vectors of 16 bytes: Cortex-M55
  kLanes,    ///< eight channels at a time: x86-64 with AVX2 or VNNI, WebAssembly with SIMD128
};
std::string_view isa_name(Isa isa);
/// Every one of them; tests go through the list.
const std::vector<Isa>& all_isas();

/// By its name, or by a name of the vectors that it uses ("avx2", "wasm-simd128"). Error (usage): unknown.
Result<Isa> find_isa(const std::string& name);

/// The fastest for a core ("cortex-m4"); kGeneric for one that is not known.
Isa isa_of(std::string_view core);

struct Options {
  std::string symbol = "model";  ///< C identifiers become dew_<symbol>_...
  graph::Rounding rounding = graph::Rounding::kDew;
  Schedule schedule = Schedule::kRows;
  Isa isa = Isa::kGeneric;
};

/// Error: an operator, type or shape that has no kernel; names the operator and its index.
Result<Plan> compile(const graph::Graph& graph, const Options& options);

/// File name -> text: dew_<symbol>.h, dew_<symbol>.c and the kernels it uses, nothing else. C99, clean
/// under -Wall -Wextra -Werror -pedantic, no allocation, no libc but memcpy and memset. Interface:
///
///     #define DEW_PERSON_ARENA_BYTES ...      also _MACS, _WEIGHTS_BYTES, _CLASSES, _INPUT_HEIGHT,
///     _INPUT_WIDTH,
///                                             _INPUT_CHANNELS, _INPUT_BYTES, _OUTPUT_BYTES
///     typedef struct { ... } dew_person_t;    the state; lives where the caller puts it
///     typedef struct { int8_t scores[DEW_PERSON_CLASSES]; int top; } dew_person_result;
///     extern const char *const dew_person_classes[DEW_PERSON_CLASSES];
///     void dew_person_init(dew_person_t *m, uint8_t *arena);              arena: 4-byte aligned
///     void dew_person_run(dew_person_t *m, const uint8_t *rgb, dew_person_result *result);
///     void dew_person_run_tensor(dew_person_t *m, const void *input, void *output);   the model's own bytes
///     void dew_person_begin(dew_person_t *m);                             or as the camera reads out:
///     void dew_person_push_row(dew_person_t *m, const uint8_t *row);
///     void dew_person_finish(dew_person_t *m, dew_person_result *result);
///     int dew_person_decide(const dew_person_result *result);             with thresholds: top, or
///     DEW_UNKNOWN
std::map<std::string, std::string> emit_c(const Plan& plan);

/// The memory plan as ASCII: a line a buffer, bytes against steps.
std::string timeline(const Plan& plan);

}  // namespace dew::compiler
