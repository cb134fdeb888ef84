#include "verbs/common/outcome.h"

namespace dew::verbs {

Json counted(int64_t figure) {
  return figure > 0 ? Json(figure) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json money(const std::optional<double>& usd) {
  return usd ? Json(*usd) : Json(nullptr);
}

}  // namespace dew::verbs
