// When two names mean one class.
#pragma once

#include <string>

#include "base/base.h"

namespace dew::verbs {

/// Names of classes are the same where this is the same: in any case, with blanks around, however accents are
/// encoded.
inline std::string class_key(const std::string& name) {
  return lower(composed(trim(name)));
}

}  // namespace dew::verbs
