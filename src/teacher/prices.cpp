// Reads price files and counts tokens by the public formulas.
#include "teacher/prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "embed/builtin.h"
#include "store/toml.h"
#include "teacher/teacher.h"

namespace dew::teacher {
namespace {

constexpr int64_t kFileLimit = int64_t{1} << 20;

Result<double> amount(const toml::table& table, const char* key, const std::string& where) {
  const auto value = table[key].value<double>();
  if (!value || !std::isfinite(*value) || *value < 0)
    return usage_error(std::string("'") + key + "' is missing or not an amount", where,
                       "give US dollars per million tokens, for example 2.50");
  return *value;
}

Result<ImageRule> image_rule(const toml::table& table, const std::string& where) {
  ImageRule rule;
  if (const auto patches = table["patches"].value<double>()) {
    rule.patches = *patches;
  } else if (const toml::array* tiles = table["tiles"].as_array(); tiles != nullptr && tiles->size() == 2) {
    rule.base = (*tiles)[0].value_or(-1.0);
    rule.tile = (*tiles)[1].value_or(-1.0);
  } else {
    return usage_error("neither 'tiles' nor 'patches' says how pictures are counted", where,
                       "add tiles = [85, 170] or patches = 1.62");
  }
  const auto sensible = [](double value) { return value >= 0 && value <= 1e6; };
  if (!sensible(rule.base) || !sensible(rule.tile) || !sensible(rule.patches))
    return usage_error("a picture cannot cost that many tokens", where);
  return rule;
}

/// A day written as a date or in quotes; empty where there is none.
Result<std::string> day_of(const toml::table& table, const char* key, const std::string& where) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::string();
  std::string day = node->value_or(std::string());
  if (const auto date = node->value<toml::date>())
    day = fmt::format("{:04}-{:02}-{:02}", date->year, date->month, date->day);
  if (!days_until(day, {}))
    return usage_error(std::string("'") + key + "' is not a day", where,
                       std::string("write it as ") + key + " = 2026-01-31");
  return day;
}

int64_t tiles_of(int width, int height) {
  double w = width;
  double h = height;
  const auto shrink = [&](double scale) {
    if (scale >= 1) return;
    w *= scale;
    h *= scale;
  };
  shrink(2048 / std::max(w, h));
  shrink(768 / std::min(w, h));
  const auto across = [](double side) {
    return static_cast<int64_t>(std::ceil(std::max(1.0, std::floor(side)) / 512));
  };
  return across(w) * across(h);
}

int64_t patches_of(int width, int height) {
  constexpr double kPatch = 32;
  constexpr double kMost = 1536;
  double w = width;
  double h = height;
  const auto count = [&] { return std::ceil(w / kPatch) * std::ceil(h / kPatch); };
  if (count() <= kMost) return static_cast<int64_t>(count());
  double scale = std::sqrt(kPatch * kPatch * kMost / (w * h));
  const double across = w * scale / kPatch;
  const double down = h * scale / kPatch;
  scale *= std::min(std::floor(across) / across, std::floor(down) / down);
  w = std::floor(w * scale + 1e-6);
  h = std::floor(h * scale + 1e-6);
  return static_cast<int64_t>(std::min(count(), kMost));
}

}  // namespace

Result<Prices> parse_prices(std::string_view text, const std::string& path) {
  DEW_TRY(const toml::table table, store::parse_toml(text, path, "the prices"));
  DEW_TRY(const std::string true_on, day_of(table, "true_on", path));
  if (true_on.empty())
    return usage_error("'true_on' is missing: the day the prices were looked up", path,
                       "add true_on = \"2026-01-31\"");
  const double batch_share = table["batch_share"].value_or(1.0);
  if (!(batch_share >= 0 && batch_share <= 1)) return usage_error("'batch_share' must be from 0 to 1", path);
  for (const auto& [key, node] : table)
    if (key.str() != "true_on" && key.str() != "batch_share" && key.str() != "model")
      return usage_error("there is no setting '" + printable(key.str(), 60) + "'", path,
                         "a model's prices go under [model.\"NAME\"]");
  Prices prices;
  const toml::table* models = table["model"].as_table();
  if (models == nullptr) return usage_error("no model has a price", path, "add [model.\"NAME\"]");
  for (const auto& [name, node] : *models) {
    const std::string where = path + ": model " + printable(name.str(), 60);
    const toml::table* model = node.as_table();
    if (model == nullptr) return usage_error("not a table of prices", where);
    Price price;
    DEW_TRY(price.input, amount(*model, "input", where));
    DEW_TRY(price.output, amount(*model, "output", where));
    DEW_TRY(price.image, image_rule(*model, where));
    price.batch_share = batch_share;
    DEW_TRY(price.true_on, day_of(*model, "true_on", where));
    if (price.true_on.empty()) price.true_on = true_on;
    DEW_TRY(price.ends_on, day_of(*model, "shutdown", where));
    prices.emplace(std::string(name.str()), std::move(price));
  }
  return prices;
}

Result<Prices> read_prices(const fs::path& file) {
  DEW_TRY(Prices known, parse_prices(builtin::prices, "built-in prices"));
  std::error_code code;
  if (file.empty() || !fs::exists(file, code)) return known;
  DEW_TRY(const std::string text, read_file(file, kFileLimit));
  DEW_TRY(Prices own, parse_prices(text, file.string()));
  for (auto& [name, price] : own) known[name] = std::move(price);
  return known;
}

std::optional<Price> find_price(const Prices& prices, std::string_view model) {
  const Price* best = nullptr;
  size_t longest = 0;
  for (const auto& [name, price] : prices) {
    // "gpt-4o" is not gpt-4omni: what follows begins with a dash, or nothing does.
    const bool fits = model.starts_with(name) && (model.size() == name.size() || model[name.size()] == '-');
    if (!fits || name.size() < longest) continue;
    best = &price;
    longest = name.size();
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

int64_t image_tokens(const ImageRule& rule, std::string_view detail, int width, int height) {
  if (width <= 0 || height <= 0) return 0;
  if (rule.patches > 0)
    return static_cast<int64_t>(std::ceil(static_cast<double>(patches_of(width, height)) * rule.patches));
  if (detail == "low") return static_cast<int64_t>(rule.base);
  return static_cast<int64_t>(rule.base + rule.tile * static_cast<double>(tiles_of(width, height)));
}

int64_t text_tokens(std::string_view text) {
  // A word with the blank before it is a token, long ones more; digits go in threes; marks one by one, a few
  // frequent pairs together; bytes beyond ASCII about two a token.
  constexpr int64_t kLongWord = 8;
  int64_t tokens = 0;
  for (size_t at = 0; at < text.size();) {
    const auto run = [&](auto belongs) {
      const size_t from = at;
      while (at < text.size() && belongs(static_cast<unsigned char>(text[at]))) ++at;
      return static_cast<int64_t>(at - from);
    };
    const auto byte = static_cast<unsigned char>(text[at]);
    if (std::isalpha(byte) != 0)
      tokens += 1 + (run([](unsigned char c) { return std::isalpha(c) != 0; }) - 1) / kLongWord;
    else if (std::isdigit(byte) != 0)
      tokens += (run([](unsigned char c) { return std::isdigit(c) != 0; }) + 2) / 3;
    else if (byte >= 0x80)
      tokens += (run([](unsigned char c) { return c >= 0x80; }) + 1) / 2;
    else if (std::isspace(byte) != 0)
      run([](unsigned char c) { return std::isspace(c) != 0; });
    else
      tokens += (run([](unsigned char c) { return std::ispunct(c) != 0; }) + 1) / 2;
    if (at < text.size() && std::iscntrl(static_cast<unsigned char>(text[at])) != 0) ++at;
  }
  return tokens;
}

}  // namespace dew::teacher
