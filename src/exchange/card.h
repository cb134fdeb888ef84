// The data card: what a data set holds, where it comes from, who labelled it, and what this format leaves
// out.
#pragma once

#include <string>
#include <string_view>

#include "exchange/writers.h"

namespace dew::exchange {

/// Markdown. Facts from the project only.
std::string data_card(const Export& out, const Card& card, const OutFormat& format);

/// Whether a text that begins so is such a card.
bool is_data_card(std::string_view head);

}  // namespace dew::exchange
