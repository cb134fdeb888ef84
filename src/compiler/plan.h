// The plan: what the compiler decided, as data. The host runs it, the emitter prints it, reports draw it.
//
// A step's kernel table is opaque here: its type comes with the kernels' code (compiler/kernel_table.h),
// which only the compiler needs to see.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/gate.h"
#include "graph/graph.h"
#include "kernels/kernels.h"

namespace dew::compiler {

/// A buffer in the arena, and the steps during which it is alive.
struct Placement {
  std::string name;
  int64_t offset = 0;
  int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;  ///< inclusive
};

/// A table in flash.
struct Constant {
  enum class Type { kInt8, kInt32 };
  std::string name;  ///< a C identifier
  Type type = Type::kInt8;
  int row = 0;                 ///< elements that belong together, for printing; 0: no such grouping
  std::vector<uint8_t> bytes;  ///< in this machine's byte order, aligned for the type
};

/// The table that a kernel reads, its pointers into the plan's constants.
struct KernelTable;

/// Where the table begins, as dew_step::layer wants it; null for a null table.
const void* address_of(const KernelTable* table);

/// Makes one tensor, row by row.
struct Step {
  std::string name;                                 ///< "Conv2D 48x48x8 -> 48x48x48"
  std::string kernel;                               ///< "dew_twin"; empty: the image
  std::shared_ptr<const KernelTable> kernel_table;  ///< null: the image
  dew_step table = {};  ///< complete except for `run` and `layer`, which are addresses
  int64_t macs = 0;
  int64_t constant_bytes = 0;  ///< of its own constants; a shared one counts for the first step that uses it
  int64_t scratch_bytes = 0;
  bool scratch_kept = false;  ///< from row to row; if not, it is free when the row is done
  bool remembered = false;    ///< holds what the run before has left; nothing runs
  /// The remembered step whose place in the arena it writes to, when all that read the old values have run;
  /// -1: it has a place of its own.
  int overwrites = -1;
};

/// What the net remembers from one run to the next: the rows of a step.
struct Remembered {
  std::string name;
  uint16_t step = 0;
  int64_t bytes = 0;
  int8_t fill = 0;                ///< every byte before the first run, if `first` is null
  const int8_t* first = nullptr;  ///< one of the plan's constants: the values before the first run
};

/// How the model's input bytes become the first step's rows, or the last step's rows the model's output
/// bytes.
struct Conversion {
  enum class Kind { kNone, kFlip, kFloat };
  Kind kind = Kind::kNone;  ///< kFlip: uint8 and int8 differ in the top bit; kFloat: scale * (q - zero_point)
  float scale = 1;
  int zero_point = 0;
};

/// One of several outputs, which stand one after the other in the last step's row.
struct OutputPart {
  graph::Tensor tensor;  ///< name, shape, type and quantisation
  Conversion conversion;
  int64_t offset = 0;  ///< in elements
  int64_t at = 0;      ///< in bytes of the model's output tensors, one after the other
};

struct Plan {
  /// Of the first output; of a classifier, its classes.
  [[nodiscard]] int64_t scores() const { return gate ? parts[0].tensor.elements() : output.elements(); }

  /// Of the model's output tensors, one after the other.
  [[nodiscard]] int64_t output_bytes() const { return parts.back().at + parts.back().tensor.bytes(); }
  /// Whether the outputs are of different types.
  [[nodiscard]] bool mixed() const {
    return std::any_of(parts.begin(), parts.end(),
                       [this](const OutputPart& part) { return part.tensor.type != parts[0].tensor.type; });
  }

  std::string symbol;
  graph::Rounding rounding = graph::Rounding::kDew;
  std::vector<std::string> classes;
  std::vector<double> thresholds;  ///< per class, the lowest score at which it is the answer; or empty
  /// Then the second output is one byte: 1 where the gate knows the picture, else 0.
  std::optional<graph::Gate> gate;
  graph::Tensor input;   ///< shape, type and quantisation
  graph::Tensor output;  ///< of several: all elements, in the first one's type (int8 if mixed()) and scale
  std::vector<OutputPart> parts;  ///< the outputs in the model's order; at least one
  int64_t macs = 0;
  int64_t weights_bytes = 0;  ///< all constants, packed
  int64_t arena_bytes = 0;
  std::vector<std::string> steps;  ///< the steps' names, for timelines
  std::vector<Placement> placements;

  Conversion input_conversion;
  Conversion output_conversion;  ///< of the first output; the others' are in their parts
  std::vector<Step> program;     ///< step 0 is the image, then what is remembered; the last makes the output
  std::vector<uint16_t> waves;   ///< the first step of each wave, then the number of steps
  std::vector<std::shared_ptr<const Constant>> constants;
  std::vector<Remembered> remembered;
};

}  // namespace dew::compiler
