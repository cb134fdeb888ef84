// prices: what a model's tokens cost, and how many a call will have, before it is made.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::teacher {

/// How a family of models counts the tokens of a picture; by OpenAI's public formulas
/// (https://platform.openai.com/docs/guides/images-vision).
struct ImageRule {
  double base = 85;    ///< tokens of any picture; with detail low, all of them
  double tile = 170;   ///< tokens of each tile of 512 x 512 pixels
  double patches = 0;  ///< > 0: instead, tokens of each patch of 32 x 32 pixels
};

struct Price {
  double input = 0;        ///< US dollars per million tokens
  double output = 0;       ///< US dollars per million tokens
  double batch_share = 1;  ///< the part of the price that the Batch API costs
  ImageRule image;
  std::string true_on;  ///< the day the price was looked up, "2025-08-15"
  std::string ends_on;  ///< the day from which the model is no longer served; empty: none is known

  /// US dollars.
  [[nodiscard]] double of(int64_t tokens_in, int64_t tokens_out) const {
    return (input * static_cast<double>(tokens_in) + output * static_cast<double>(tokens_out)) / 1e6;
  }
};

using Prices = std::map<std::string, Price, std::less<>>;

/// prices.toml explains the format at its top. Errors (usage) name the file and what is wrong.
Result<Prices> parse_prices(std::string_view text, const std::string& path);

/// The built-in ones, overridden by those of `file`, which may be absent.
Result<Prices> read_prices(const fs::path& file);

/// The price of the longest name that `model` begins with.
std::optional<Price> find_price(const Prices& prices, std::string_view model);

/// Tokens of a picture of width x height pixels, `detail` low, high or auto (counted as high: the server
/// chooses, and a forecast should rather be too high).
int64_t image_tokens(const ImageRule& rule, std::string_view detail, int width, int height);

/// About how many tokens a text has: an estimate of byte-pair encodings (cl100k, o200k) without their tables.
/// Within some 10 % for plain English and JSON; too high for most other languages.
int64_t text_tokens(std::string_view text);

}  // namespace dew::teacher
