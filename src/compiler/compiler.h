// compiler: turns an int8 graph into a plan, and the plan into C.
//
//     graph -> passes (one per file) -> schedule -> memory plan -> packed weights -> Plan -> C
//
// target/host.cpp runs the same Plan in this process, with the same kernels that the emitted C contains.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
  /// What tells strangers; only for a classifier with int8 scores, whose plan then has the gate's answer as a
  /// second output.
  std::optional<graph::Gate> gate = {};
};

/// Error: an operator, type or shape without a kernel (names the operator and its index); a gate that does
/// not fit; out of memory.
Result<Plan> compile(const graph::Graph& graph, const Options& options);

/// What a model takes and gives. Names and types in the emitted C follow from it.
struct Ends {
  enum class Input {
    kQuantised,  ///< int8 or uint8 values, which the caller quantises
    kFloats,     ///< the emitted code quantises them
    kPicture,    ///< bytes of 0 to 255, grey or RGB
  };
  enum class Output {
    kValues,   ///< a vector, or several outputs, one after the other
    kClasses,  ///< a vector of scores: named, with thresholds, or with the quantisation of a softmax or its
               ///< logarithm
    kMap,      ///< more than one row or column
  };
  Input input = Input::kQuantised;
  Output output = Output::kValues;
  /// Of the int8 values inside, whatever the type of the model's own tensors: real = scale * (q - zero
  /// point). Of several outputs the first one's; see inside_of().
  float input_scale = 1;
  int input_zero_point = 0;
  float output_scale = 1;
  int output_zero_point = 0;
};

/// A picture is what has one or three channels and at least four rows and columns of bytes; with one channel,
/// or floats, only if the range of its real values is one that pixels are given (0 to 1, -1 to 1, 0 to 255
/// ...).
Ends ends_of(const Plan& plan);
/// "picture", "floats", "quantised"; "classes", "map", "values".
std::string_view kind_name(Ends::Input kind);
std::string_view kind_name(Ends::Output kind);

/// File name -> text of dew_<symbol>.h and dew_<symbol>.c, which contains the kernels it uses. C99 and C++
/// without warnings under -Wall -Wextra -Wconversion -Wsign-conversion -Wpedantic -Werror; no allocation, and
/// of libc only memcpy and memset. Several models' files can stand in one translation unit. Interface:
///
///     #define DEW_PERSON_ARENA_BYTES ...      also _MACS, _WEIGHTS_BYTES; _INPUT_ and _OUTPUT_BYTES, _SCALE,
///                                             _ZERO_POINT; _INPUT_HEIGHT, _WIDTH, _CHANNELS and _PICTURE,
///                                             _FLOATS or _QUANTISED; _CLASSES, _VALUES or _MAP_HEIGHT, ...
///     typedef struct { ... } dew_person_t;    the state; the caller owns it
///     typedef struct { int8_t scores[DEW_PERSON_CLASSES]; int top; } dew_person_result;
///                                             with a gate also uint8_t known;
///                                             or { int8_t values[DEW_PERSON_VALUES]; }, or { const int8_t
///                                             *map; }
///     extern const char *const dew_person_classes[DEW_PERSON_CLASSES];
///     void dew_person_init(dew_person_t *m, uint8_t *arena);              the arena is 4-byte aligned
///     void dew_person_reset(dew_person_t *m);    only for nets that remember: as after init
///     void dew_person_run(dew_person_t *m, const uint8_t *rgb, dew_person_result *result);
///                                             or grey; or const int8_t, uint8_t or float *values
///     void dew_person_run_tensor(dew_person_t *m, const void *input, void *output);
///                                             the model's own bytes
///     void dew_person_begin(dew_person_t *m);                             or row by row:
///     void dew_person_push_row(dew_person_t *m, const uint8_t *row);
///     int dew_person_finish(dew_person_t *m, dew_person_result *result);  0, or the rows that are missing
///     int8_t dew_person_quantise(float value);                            into the input
///     float dew_person_dequantise(int8_t value);                          out of a result
///     int8_t dew_person_at(const dew_person_result *result, int y, int x, int c);    of a map
///     int dew_person_largest(const dew_person_result *result);                       of values
///     int dew_person_decide(const dew_person_result *result);             top or DEW_UNKNOWN; only
///                                                                         for models with thresholds or a
///                                                                         gate
std::map<std::string, std::string> emit_c(const Plan& plan);

/// The memory plan as text: one line per buffer, one column per step.
std::string timeline(const Plan& plan);

}  // namespace dew::compiler
