#include "teacher/lifetime.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "teacher/teacher.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr Milliseconds kTimeout{3000};
constexpr Milliseconds kLook{50};
constexpr int64_t kWarnedBefore = 90;  ///< days

std::optional<std::chrono::sys_days> read_day(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const auto number = [&](size_t from, size_t length, auto& into) {
    const char* end = text.data() + from + length;
    return std::from_chars(text.data() + from, end, into).ptr == end;
  };
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

/// A day from "2027-01-14", "2027-01-14T00:00:00Z" or seconds since 1970; empty: it is neither.
std::string day_of(const Json& value) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    return read_day(text) ? text.substr(0, 10) : std::string();
  }
  constexpr int64_t kYear2100 = 4'102'444'800;
  if (!value.is_number()) return {};
  const auto seconds = value.get<double>();
  if (!(seconds > 0 && seconds < static_cast<double>(kYear2100))) return {};
  const Clock::utc_point at{std::chrono::seconds(static_cast<int64_t>(seconds))};
  return utc_text(at).substr(0, 10);
}

}  // namespace

std::string end_in_list(std::string_view body, const std::string& model) {
  constexpr std::array<const char*, 5> kKeys = {"shutdown_date", "deprecation_date", "deprecation",
                                                "retirement_date", "expiration_date"};
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json["data"].is_array()) return {};
  for (const Json& entry : json["data"]) {
    if (!entry.is_object() || entry.value("id", Json()) != model) continue;
    for (const char* key : kKeys)
      if (std::string day = day_of(entry.value(key, Json())); !day.empty()) return day;
  }
  return {};
}

std::string ask_for_end(Transport& transport, const Server& server, const std::string& model,
                        const Watch& watch) {
  HttpRequest request;
  request.url = server.url.substr(0, server.url.rfind("/chat/completions")) + "/models";
  request.headers = headers_of(server);
  request.get = true;
  request.timeout = kTimeout;
  request.reply_limit = size_t{4} << 20;
  request.direct = server.direct;
  if (!transport.start(0, std::move(request))) return {};
  const Clock::time_point until = transport.now() + kTimeout + kLook;
  std::string day;
  while (transport.now() < until && !watch.interrupted()) {
    const auto replies = transport.wait(transport.now() + kLook);
    if (!replies) break;
    if (replies->empty()) continue;
    const HttpReply& reply = replies->front();
    if (reply.delivery == Delivery::kReply && reply.status == 200) day = end_in_list(reply.body, model);
    break;
  }
  transport.drop_all();
  return day;
}

std::optional<int64_t> days_until(std::string_view day, Clock::utc_point now) {
  const auto date = day.size() == 10 ? read_day(day) : std::nullopt;
  if (!date) return std::nullopt;
  return (*date - std::chrono::floor<std::chrono::days>(now)).count();
}

std::string ending_warning(const std::string& model, const std::string& ends_on, Clock::utc_point now) {
  const auto days = days_until(ends_on, now);
  if (!days || *days > kWarnedBefore) return {};
  const std::string when =
      *days > 0 ? fmt::format("is no longer served from {}, in {}", ends_on, plural(*days, "day", "days"))
                : fmt::format("is no longer served since {}", ends_on);
  return fmt::format(
      "{} {}. Choose another teacher while both can be asked: `dewdrop label --gold --teacher "
      "openai:OTHER-MODEL` compares the two on what people labelled. The answers that are here stay valid",
      printable(model, 60), when);
}

}  // namespace dew::teacher
