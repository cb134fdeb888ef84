#include "studio/reply.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

namespace dew::studio {
namespace {

/// As the store says it.
bool is_locked(const Error& error) {
  return error.what == "the project is locked by another process";
}

int status_of(const Error& error) {
  if (error.exceeded != Limit::kNone) return 413;
  if (is_locked(error)) return 503;
  return error.fault == Fault::kUsage ? 400 : 500;
}

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  return code == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// To those who see what only a program can have sent.
constexpr const char* kOldPage = "load the page again: it may be older than the studio";

tl::unexpected<Failure> unknown_key(const std::string& key, const std::vector<std::string>& known) {
  return refuse(400, "there is no key '" + printable(key, 60) + "' here", {},
                known.empty() ? "leave it out" : "the keys are " + join(known));
}

tl::unexpected<Failure> wrong(const std::string& key, const std::string& wanted) {
  return refuse(400, fmt::format("'{}' must be {}", key, wanted), key, kOldPage);
}

}  // namespace

Failure::Failure(Error failed) : status(status_of(failed)), error(std::move(failed)) {
  // No command was given that could be run again.
  if (is_locked(error))
    error.next = "another dewdrop command is writing to this project: wait until it is done, then try again";
}

tl::unexpected<Failure> refuse(int status, std::string what, std::string where, std::string next) {
  const Fault fault = status < 500 ? Fault::kUsage : Fault::kWork;
  return tl::unexpected<Failure>(
      Failure(status, Error{fault, std::move(what), std::move(where), std::move(next)}));
}

void set_body(httplib::Response& response, std::string body, const std::string& type) {
  if (body.empty()) return response.set_content(body, type);
  const auto held = std::make_shared<const std::string>(std::move(body));
  response.set_content_provider(held->size(), type,
                                [held](size_t offset, size_t length, httplib::DataSink& sink) {
                                  return sink.write(held->data() + offset, length);
                                });
}

void answer(httplib::Response& response, int status, const Json& json) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  // An error is looked for in the body by those who come after it.
  if (status >= 400) return response.set_content(text, "application/json");
  set_body(response, std::move(text), "application/json");
}

void answer(httplib::Response& response, const Failure& failure) {
  const Error& error = failure.error;
  answer(response, failure.status,
         Json{{"error", {{"what", error.what}, {"where", error.where}, {"next", error.next}}}});
}

Reply<Query> Query::of(const httplib::Request& request, std::initializer_list<const char*> known) {
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [key, value] : request.params) {
    if (std::find(names.begin(), names.end(), key) == names.end()) return unknown_key(key, names);
    if (request.get_param_value_count(key.c_str()) > 1) return wrong(key, "given once");
  }
  return Query(request);
}

std::string Query::text(const std::string& key) const {
  return request_->get_param_value(key.c_str());
}

Reply<int64_t> Query::integer(const std::string& key, int64_t otherwise, int64_t least, int64_t most) const {
  if (!request_->has_param(key.c_str())) return otherwise;
  const auto number = whole_number(text(key));
  if (!number || *number < least || *number > most)
    return wrong(key, fmt::format("a whole number from {} to {}", least, most));
  return *number;
}

Reply<Fields> Fields::of(const Json& body, const std::vector<std::string>& known) {
  if (!body.is_object()) return refuse(400, "the body is no JSON object", {}, kOldPage);
  for (const auto& [key, value] : body.items())
    if (std::find(known.begin(), known.end(), key) == known.end()) return unknown_key(key, known);
  return Fields(body);
}

const Json* Fields::find(const std::string& key) const {
  const auto found = body_->find(key);
  return found == body_->end() || found->is_null() ? nullptr : &*found;
}

Reply<std::string> Fields::text(const std::string& key) const {
  const Json* const found = find(key);
  if (found == nullptr || !found->is_string()) return wrong(key, "a text");
  return found->get<std::string>();
}

Reply<std::string> Fields::text_or(const std::string& key, const std::string& otherwise) const {
  if (find(key) == nullptr) return otherwise;
  return text(key);
}

Reply<int64_t> Fields::integer(const std::string& key) const {
  const Json* const found = find(key);
  if (found == nullptr || !found->is_number_integer()) return wrong(key, "a whole number");
  return found->get<int64_t>();
}

Reply<std::optional<int64_t>> Fields::count(const std::string& key) const {
  if (find(key) == nullptr) return std::optional<int64_t>();
  DEW_TRY(const int64_t number, integer(key));
  if (number < 1) return wrong(key, "a whole number above 0");
  return std::optional(number);
}

Reply<std::optional<double>> Fields::amount(const std::string& key) const {
  const Json* const found = find(key);
  if (found == nullptr) return std::optional<double>();
  if (!found->is_number() || !std::isfinite(found->get<double>()) || found->get<double>() <= 0)
    return wrong(key, "a number above 0");
  return std::optional(found->get<double>());
}

Reply<bool> Fields::flag(const std::string& key) const {
  const Json* const found = find(key);
  if (found == nullptr) return false;
  if (!found->is_boolean()) return wrong(key, "true or false");
  return found->get<bool>();
}

Reply<std::vector<std::string>> Fields::texts(const std::string& key, size_t most) const {
  const Json* const found = find(key);
  if (found == nullptr || !found->is_array()) return wrong(key, "a list of texts");
  if (found->size() > most)
    return wrong(key, fmt::format("a list of {} at most", with_commas(static_cast<int64_t>(most))));
  std::vector<std::string> texts;
  for (const Json& one : *found) {
    if (!one.is_string()) return wrong(key, "a list of texts");
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

Reply<std::vector<int64_t>> Fields::ids(const std::string& key, size_t most) const {
  const Json* const found = find(key);
  if (found == nullptr || !found->is_array()) return wrong(key, "a list of whole numbers");
  if (found->size() > most)
    return wrong(key, fmt::format("a list of {} at most", with_commas(static_cast<int64_t>(most))));
  std::vector<int64_t> numbers;
  for (const Json& one : *found) {
    if (!one.is_number_integer()) return wrong(key, "a list of whole numbers");
    numbers.push_back(one.get<int64_t>());
  }
  return numbers;
}

Reply<int64_t> id_in(const std::string& text) {
  const auto number = whole_number(text);
  if (!number || *number < 0)
    return refuse(404, "there is nothing of that number", printable(text, 40), kOldPage);
  return *number;
}

Json or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

}  // namespace dew::studio
