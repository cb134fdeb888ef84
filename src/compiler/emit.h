// The emitter's parts: the kernels' text, and tables as C initialisers.
#pragma once

#include <set>
#include <string>

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

/// "person" as a C string literal, whatever is in it.
std::string quoted(const std::string& text);

/// A text made safe for a C comment.
std::string comment(const std::string& text);

/// The names of the classes; numbers if the model has no names.
std::vector<std::string> class_names(const Plan& plan);

}  // namespace dew::compiler
