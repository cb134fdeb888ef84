#include "exchange/json_pieces.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <optional>
#include <utility>

#include "exchange/json_fault.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

constexpr size_t kDeepest = 32;
constexpr int64_t kMostValuesInPiece = 4 << 20;
constexpr int64_t kLargestFile = int64_t{8} << 30;
constexpr int64_t kPiecesBetweenLooks = 4096;

/// nlohmann's SAX interface: follows the nesting, and builds what stands inside lists.
class Pieces {
 public:
  using Take = std::function<Result<void>(const JsonPiece&)>;
  Pieces(const LabelFile& file, const std::set<std::string>& unread, const Take& take, Watch& watch)
      : file_(file), unread_(unread), take_(take), watch_(watch) {}

  bool null() { return value(nullptr, false); }
  bool boolean(bool flag) { return value(flag, true); }
  bool number_integer(int64_t number) { return value(number, true); }
  bool number_unsigned(uint64_t number) { return value(number, true); }
  bool number_float(double number, const std::string&) { return value(number, true); }
  bool string(std::string& text) {
    const bool any = !text.empty();
    return value(Json(std::move(text)), any);
  }
  bool binary(Json::binary_t&) { return false; }  // not in JSON's text

  bool start_object(size_t) { return open(Json::object()); }
  bool start_array(size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (skipped_ > 0) return true;
    if (depth_ == 1) {
      list_ = std::move(name);
      index_ = 0;
      key_.clear();
    } else if (open_.empty()) {
      key_ = std::move(name);
    } else {
      open_.back().key = std::move(name);
    }
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) {
    if (error_) return false;
    return fail("this is not JSON: " + json_reason(error),
                fmt::format("{}:{}", file_.shown, json_line(file_.path, position)),
                "export the file again, or mend that line");
  }

  [[nodiscard]] std::optional<Error> error() && { return std::move(error_); }

 private:
  struct Open {
    Json value;
    std::string key;  ///< of the member that comes
  };

  bool fail(std::string what, std::string where, std::string next) {
    error_ = Error{Fault::kUsage, std::move(what), std::move(where), std::move(next)};
    return false;
  }

  /// Whether the value that comes belongs to a key that nobody reads.
  [[nodiscard]] bool unread() const {
    return !open_.empty() && open_.back().value.is_object() && unread_.contains(open_.back().key);
  }

  bool value(Json value, bool holds_anything) {
    if (depth_ == 0) return not_an_object();
    if (skipped_ > 0) {
      skipped_anything_ = true;
      return true;
    }
    if (!open_.empty()) return unread() ? put(holds_anything) : put(std::move(value));
    return deliver(value, depth_ == 1 ? -1 : index_);
  }

  bool open(Json container) {
    if (depth_ == 0 && !container.is_object()) return not_an_object();
    ++depth_;
    if (skipped_ > 0 || unread()) {
      skipped_anything_ = skipped_ > 0;
      ++skipped_;
      return true;
    }
    if (depth_ <= 2) return true;  // the object itself, and its lists
    if (open_.size() >= kDeepest)
      return fail("this is nested too deeply", fmt::format("{}, key {}", file_.shown, printable(list_)),
                  "check what wrote the file");
    open_.push_back({std::move(container), {}});
    return true;
  }

  bool close() {
    --depth_;
    if (skipped_ > 0) return --skipped_ > 0 || put(std::exchange(skipped_anything_, false));
    if (open_.empty()) return true;
    Json whole = std::move(open_.back().value);
    open_.pop_back();
    return open_.empty() ? deliver(whole, index_) : put(std::move(whole));
  }

  bool put(Json value) {
    if (++values_ > kMostValuesInPiece)
      return fail("this entry is too large",
                  fmt::format("{}, key {}[{}]", file_.shown, printable(list_), index_),
                  "check what wrote the file");
    Open& parent = open_.back();
    if (parent.value.is_array())
      parent.value.push_back(std::move(value));
    else
      parent.value[parent.key] = std::move(value);
    return true;
  }

  bool deliver(const Json& value, int64_t index) {
    values_ = 0;
    auto taken = take_({list_, index, key_, value});
    ++index_;
    if (++delivered_ % kPiecesBetweenLooks == 0) {
      watch_.advance(delivered_);
      if (watch_.interrupted()) taken = interrupted_error();
    }
    if (taken) return true;
    error_ = taken.error();
    return false;
  }

  bool not_an_object() {
    return fail("this is not an object in JSON", file_.shown + ":1", "check which file it is");
  }

  const LabelFile& file_;
  const std::set<std::string>& unread_;
  const Take& take_;
  Watch& watch_;
  size_t depth_ = 0;
  size_t skipped_ = 0;             ///< open containers below an unread key
  bool skipped_anything_ = false;  ///< they hold something
  std::string list_;
  std::string key_;
  int64_t index_ = 0;
  std::vector<Open> open_;  ///< containers of the piece, outermost first
  int64_t values_ = 0;      ///< of the piece
  int64_t delivered_ = 0;
  std::optional<Error> error_;
};

/// nlohmann's SAX interface: what stands at the top, and the keys of each list's first element.
class Outline {
 public:
  explicit Outline(JsonOutline& outline) : outline_(outline) {}

  bool null() { return plain(); }
  bool boolean(bool) { return plain(); }
  bool number_integer(int64_t) { return plain(); }
  bool number_unsigned(uint64_t) { return plain(); }
  bool number_float(double, const std::string&) { return plain(); }
  bool binary(Json::binary_t&) { return false; }
  bool string(std::string& text) {
    if (depth_ == 1) member_->text = std::move(text);
    return plain();
  }
  bool key(std::string& name) {
    if (depth_ == 1) member_ = &outline_.members[name];
    if (depth_ == 3 && in_list_ && elements_ == 1) member_->keys_of_first.insert(std::move(name));
    return true;
  }
  bool start_object(size_t) { return open(false); }
  bool start_array(size_t) { return depth_ > 0 && open(true); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

 private:
  bool plain() {
    elements_ += depth_ == 2 ? 1 : 0;
    return depth_ > 0;
  }
  bool open(bool list) {
    if (depth_ == 1) {
      (list ? member_->list : member_->object) = true;
      in_list_ = list;
      elements_ = 0;
    }
    if (depth_ == 2) ++elements_;
    ++depth_;
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  JsonOutline& outline_;
  JsonOutline::Member* member_ = nullptr;
  size_t depth_ = 0;
  bool in_list_ = false;
  int64_t elements_ = 0;
};

}  // namespace

std::string JsonPiece::name() const {
  if (index < 0) return printable(list);
  return key.empty() ? fmt::format("{}[{}]", printable(list), index)
                     : fmt::format("{}[{}]", printable(list), printable(key));
}

Result<void> read_json_pieces(const LabelFile& file, const std::set<std::string>& unread,
                              const std::function<Result<void>(const JsonPiece&)>& take, Watch& watch) {
  std::error_code code;
  const auto bytes = fs::file_size(file.path, code);
  std::ifstream stream(file.path, std::ios::binary);
  if (code || !stream) return work_error("the file cannot be read", file.shown, "check who may read it");
  if (bytes > static_cast<uintmax_t>(kLargestFile))
    return usage_error("the file is larger than 8 GiB", file.shown, "export the data set in parts");
  watch.begin("reading labels", 0);
  Pieces pieces(file, unread, take, watch);
  const bool whole = Json::sax_parse(stream, &pieces);
  watch.end();
  if (auto error = std::move(pieces).error()) return tl::unexpected(*std::move(error));
  if (!whole) return usage_error("this is not JSON", file.shown + ":1", "export the file again");
  return {};
}

const nlohmann::json* member(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

std::optional<std::string> text_of(const nlohmann::json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get_ref<const std::string&>();
  if (value->is_number_unsigned()) return std::to_string(value->get<uint64_t>());
  if (value->is_number_integer()) return std::to_string(value->get<int64_t>());
  if (!value->is_number_float()) return std::nullopt;
  constexpr double kExact = 1LL << 53;
  const double number = value->get<double>();
  if (number == std::floor(number) && std::abs(number) <= kExact)
    return std::to_string(static_cast<int64_t>(number));
  return value->dump();
}

bool JsonOutline::has_list(const std::string& name) const {
  const auto at = members.find(name);
  return at != members.end() && at->second.list;
}

bool JsonOutline::list_has(const std::string& name, const std::string& key) const {
  const auto at = members.find(name);
  return at != members.end() && at->second.keys_of_first.contains(key);
}

JsonOutline json_outline(std::string_view head) {
  JsonOutline outline;
  Outline reader(outline);
  Json::sax_parse(head.begin(), head.end(), &reader);
  return outline;
}

}  // namespace dew::exchange
