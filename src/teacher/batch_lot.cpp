#include "teacher/batch_lot.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/base.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

std::string custom_id(const Ask& ask) {
  return ask.second == 1 ? fmt::format("s-{}", ask.first) : fmt::format("s-{}-{}", ask.first, ask.second);
}

std::optional<Ask> ask_of(std::string_view id) {
  if (!id.starts_with("s-")) return std::nullopt;
  const char* end = id.data() + id.size();
  Ask ask{0, 1};
  const auto [stop, wrong] = std::from_chars(id.data() + 2, end, ask.first);
  if (wrong != std::errc()) return std::nullopt;
  if (stop == end) return ask;
  const auto [last, odd] = std::from_chars(stop + 1, end, ask.second);
  return *stop == '-' && odd == std::errc() && last == end ? std::optional(ask) : std::nullopt;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string lot_line(const Ask& ask, std::string_view chat_body) {
  return fmt::format(R"({{"custom_id":"{}","method":"POST","url":"/v1/chat/completions","body":{}}})"
                     "\n",
                     custom_id(ask), chat_body);
}

std::optional<LotReply> read_lot_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("custom_id") || !json["custom_id"].is_string()) return std::nullopt;
  const auto ask = ask_of(json["custom_id"].get_ref<const std::string&>());
  if (!ask) return std::nullopt;
  const Json response = json.value("response", Json());
  LotReply result{*ask, {}};
  result.reply.status = 500;
  if (response.is_object() && response.contains("status_code") && response["status_code"].is_number_integer())
    result.reply.status = response["status_code"].get<int>();
  result.reply.body = response.is_object() && response.contains("body")
                          ? dump(response["body"])
                          : dump({{"error", json.value("error", Json())}});
  return result;
}

std::string lot_name(const Batch& lot) {
  // The server names each uploaded file anew, and `at` is the time of the upload.
  constexpr size_t kDigits = 32;
  return sha256(dump({lot.model, lot.prompt_hash, lot.input_file, lot.samples, lot.at})).substr(0, kDigits);
}

}  // namespace dew::teacher
