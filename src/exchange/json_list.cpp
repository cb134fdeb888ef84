#include "exchange/json_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "exchange/json_fault.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;
using Event = Json::parse_event_t;

constexpr int kDeepest = 64;
constexpr int64_t kMostValues = 4 << 20;
constexpr int64_t kElementsBetweenLooks = 1024;

bool opens(Event event) {
  return event == Event::object_start || event == Event::array_start;
}

/// What the parser calls: hands over elements and lets go of them.
class Elements {
 public:
  using Take = std::function<Result<void>(const Json&, int64_t)>;
  Elements(const std::string& shown, const Take& take, Watch& watch)
      : shown_(shown), take_(take), watch_(watch) {}

  /// Whether the value is kept.
  bool operator()(int depth, Event event, const Json& value) {
    if (error_) return false;
    if (depth == 0 && opens(event)) level_ = event == Event::array_start ? 1 : 0;
    if (opens(event) && depth > kDeepest) return fail("this is nested too deeply");
    if (++values_ > kMostValues) return fail("this entry is too large");
    if (depth != level_) return true;
    if (event == Event::value) return fail("this is not an object");
    if (event == Event::array_start) return fail("this is not an object");
    if (event != Event::object_end) return true;
    values_ = 0;
    auto taken = take_(value, index_++);
    if (index_ % kElementsBetweenLooks == 0) watch_.advance(index_, shown_);
    if (taken && watch_.interrupted()) taken = interrupted_error();
    if (!taken) error_ = std::move(taken).error();
    return false;
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  bool fail(std::string what) {
    error_ = Error{Fault::kUsage, std::move(what), fmt::format("{}, key [{}]", shown_, index_),
                   "check what wrote the file"};
    return false;
  }

  const std::string& shown_;
  const Take& take_;
  Watch& watch_;
  int level_ = 0;  ///< of the elements
  int64_t index_ = 0;
  int64_t values_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<void> read_json_list(const fs::path& file, const std::string& shown,
                            const std::function<Result<void>(const Json&, int64_t)>& take, Watch& watch) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return work_error("the file cannot be read", shown, "check who may read it");
  Elements elements(shown, take, watch);
  try {
    [[maybe_unused]] const Json nothing = Json::parse(
        stream, [&](int depth, Event event, Json& value) { return elements(depth, event, value); });
  } catch (const Json::parse_error& error) {
    if (!elements.error())
      return usage_error("this is not JSON: " + json_reason(error),
                         fmt::format("{}:{}", shown, json_line(file, error.byte)),
                         "export the file again, or mend that line");
  } catch (const Json::exception& error) {  // a number beyond all bounds
    return usage_error("this JSON cannot be read: " + printable(error.what()), shown,
                       "check what wrote the file");
  }
  if (elements.error()) return tl::unexpected(*elements.error());
  return {};
}

Result<Json> parse_json(std::string_view text, const std::string& where) {
  bool too_deep = false;
  const auto keep = [&](int depth, Event event, const Json&) {
    too_deep = too_deep || (opens(event) && depth > kDeepest);
    return !too_deep;
  };
  try {
    Json value = Json::parse(text, keep);
    if (!too_deep) return value;
    return usage_error("this is nested too deeply", where, "check what wrote the file");
  } catch (const Json::parse_error& error) {
    return usage_error("this is not JSON: " + json_reason(error), where, "mend that line");
  } catch (const Json::exception& error) {
    return usage_error("this JSON cannot be read: " + printable(error.what()), where, "mend that line");
  }
}

Result<void> read_json_lines(
    std::string_view text, const std::string& shown,
    const std::function<Result<void>(const nlohmann::json& object, const std::string& where)>& take,
    Watch& watch) {
  constexpr int64_t kLinesBetweenLooks = 4096;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (int64_t line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (line % kLinesBetweenLooks == 0) watch.advance(line);
    if (line % kLinesBetweenLooks == 0 && watch.interrupted()) return interrupted_error();
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = fmt::format("{}:{}", shown, line);
    DEW_TRY(const nlohmann::json object, parse_json(one, where));
    if (!object.is_object())
      return usage_error("this line is not an object in JSON", where, "write one object a line");
    DEW_CHECK(take(object, where));
  }
  return {};
}

}  // namespace dew::exchange
