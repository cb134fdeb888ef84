// The emitter's parts: text of kernels, tables as C initialisers, the file as a whole.
#pragma once

#include <set>
#include <string>

#include "compiler/plan.h"

namespace dew::compiler {

/// The kernel headers that a plan needs, in an order in which they can be pasted, without their include
/// guards and without includes of each other.
std::string kernel_text(const Plan& plan);

/// The constants as arrays, the layers' tables and the steps as C.
std::string constant_text(const Plan& plan);
std::string layer_text(const Plan& plan);
std::string step_text(const Plan& plan);

/// "person" as a C string literal, whatever is in it.
std::string quoted(const std::string& text);

/// What may stand in a C comment.
std::string comment(const std::string& text);

/// The names of the classes, or numbers where the model has none.
std::vector<std::string> class_names(const Plan& plan);

}  // namespace dew::compiler
