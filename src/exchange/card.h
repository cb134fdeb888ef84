// The data card: what a data set holds, where it comes from, who labelled it, and what this format leaves
// out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/writers.h"

namespace dew::exchange {

/// Markdown. Facts from the project only.
std::string data_card(const Export& out, const Card& card, const OutFormat& format);

/// Whether a text that begins so is such a card.
bool is_data_card(std::string_view head);

/// The classes of the project that a card speaks of, in their order, also those that no sample has.
std::vector<std::string> classes_on_card(std::string_view card);

}  // namespace dew::exchange
