// compiler: turns an int8 graph into a plan, and the plan into C.
//
//     graph -> passes (one per file) -> schedule -> memory plan -> packed weights -> Plan -> C
//
// target/host.cpp runs the same Plan in this process, with the same kernels that the emitted C contains.
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
  kLayers,  ///< operator by operator, every tensor whole
  kRows,    ///< rows streamed through waves of operators (docs/compiler.md)
};

/// Which kernels are used, with the weights packed for them. All give the same bytes, and all run on any
/// machine that has a C compiler.
enum class Isa {
  kGeneric,  ///< plain C: Cortex-M0+, M3, RISC-V
  kArmDsp,   ///< pairs of 16-bit products: Cortex-M4, M7, M33
  kHelium,   ///< vectors of 16 bytes: Cortex-M55
  kLanes,    ///< eight channels at a time: x86-64 with AVX2 or VNNI, WebAssembly with SIMD128
};
std::string_view isa_name(Isa isa);
/// All of them, for tests that go through the list.
const std::vector<Isa>& all_isas();

/// By its name, or by the name of the vector instructions it uses ("avx2", "wasm-simd128"). Error (usage):
/// unknown.
Result<Isa> find_isa(const std::string& name);

/// The fastest for a core ("cortex-m4"); kGeneric if the core is unknown.
Isa isa_of(std::string_view core);

struct Options {
  std::string symbol = "model";  ///< C identifiers become dew_<symbol>_...
  graph::Rounding rounding = graph::Rounding::kDew;
  Schedule schedule = Schedule::kRows;
  Isa isa = Isa::kGeneric;
};

/// Error: an operator, type or shape without a kernel (names the operator and its index); out of memory.
Result<Plan> compile(const graph::Graph& graph, const Options& options);

/// File name -> text of dew_<symbol>.h and dew_<symbol>.c, which contains the kernels it uses. C99 without
/// warnings under -Wall -Wextra -Werror -pedantic; no allocation, and of libc only memcpy and memset.
/// Interface:
///
///     #define DEW_PERSON_ARENA_BYTES ...      also _MACS, _WEIGHTS_BYTES, _CLASSES, _INPUT_HEIGHT,
///                                             _INPUT_WIDTH, _INPUT_CHANNELS, _INPUT_BYTES, _OUTPUT_BYTES
///     typedef struct { ... } dew_person_t;    the state; the caller owns it
///     typedef struct { int8_t scores[DEW_PERSON_CLASSES]; int top; } dew_person_result;
///     extern const char *const dew_person_classes[DEW_PERSON_CLASSES];
///     void dew_person_init(dew_person_t *m, uint8_t *arena);              the arena is 4-byte aligned
///     void dew_person_run(dew_person_t *m, const uint8_t *rgb, dew_person_result *result);
///     void dew_person_run_tensor(dew_person_t *m, const void *input, void *output);
///                                             the model's own bytes
///     void dew_person_begin(dew_person_t *m);                             or row by row:
///     void dew_person_push_row(dew_person_t *m, const uint8_t *row);
///     void dew_person_finish(dew_person_t *m, dew_person_result *result);
///     int dew_person_decide(const dew_person_result *result);             top or DEW_UNKNOWN; only
///                                                                         for models with thresholds
std::map<std::string, std::string> emit_c(const Plan& plan);

/// The memory plan as text: one line per buffer, one column per step.
std::string timeline(const Plan& plan);

}  // namespace dew::compiler
