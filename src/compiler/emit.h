// The emitter's parts: the kernels' text, and tables as C initialisers.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan.h"

namespace dew::compiler {

/// The kernel headers that a plan needs, each after those it includes, without include guards and includes.
std::string kernel_text(const Plan& plan);

/// What the kernels' text is told about the model.
std::string kernel_defines(const Plan& plan);

/// The constants as arrays, the kernels' tables and the steps, as C.
std::string constant_text(const Plan& plan);
std::string kernel_table_text(const Plan& plan);
std::string step_text(const Plan& plan);

/// What stands in the emitted source after the kernels: tables, steps and the interface's functions. The
/// kernels' names in it are those of their files (with_own_names).
std::string model_text(const Plan& plan);

/// dew_<symbol>.h, and the functions that it declares.
std::string header_text(const Plan& plan);
std::string function_text(const Plan& plan);

/// What goes into patterns of text, by name: {height}.
using Words = std::map<std::string, std::string>;
/// The model's symbol and sizes.
Words words_of(const Plan& plan);
std::string filled(const char* pattern, const Words& words);

/// "rgb" and "uint8_t": what dew_<symbol>_run calls its input, and the type of one value of it.
std::string data_name(const Plan& plan);
std::string data_type(const Plan& plan);

/// Scale and zero point of the int8 values inside, whatever the type of the model's own tensor.
struct Inside {
  float scale = 1;
  int zero_point = 0;
};
Inside inside_of(const graph::Tensor& tensor, const Conversion& conversion);

/// Whether each class has a threshold.
bool has_thresholds(const Plan& plan);
/// Whether the net may answer that it does not know: by thresholds, or by a gate.
bool decides(const Plan& plan);

/// 0.5 as "0.5F".
std::string float_literal(float value);

/// `text` with the kernels' names made the model's own, so that the files of several models, whose kernels
/// may differ, can stand in one translation unit: dew_clamp becomes dew_<symbol>_clamp. The names are those
/// in `kernels` outside its comments.
std::string with_own_names(const std::string& text, std::string_view kernels, const std::string& symbol);

/// Lines that undefine the kernels' macros again, for the same reason; not those that are the user's to
/// define.
std::string undefine(const std::string& kernels);

/// "person" as a C string literal, whatever is in it.
std::string quoted(const std::string& text);

/// A text made safe for a C comment.
std::string comment(const std::string& text);

/// The names of the classes; numbers if the model has no names.
std::vector<std::string> class_names(const Plan& plan);

}  // namespace dew::compiler
