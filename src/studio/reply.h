// reply: what a handler gives back, and the reading of what it was asked.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "verbs/common/outcome.h"

namespace httplib {
struct Request;
struct Response;
}  // namespace httplib

namespace dew::studio {

using verbs::Json;

/// An HTTP status, and what people are told.
struct Failure {
  /// A verb's: 400 where the request was wrong, 413 where something is too large, else 500.
  Failure(Error failed);  // NOLINT(google-explicit-constructor): a verb's error is passed on by DEW_TRY
  Failure(int http_status, Error failed) : status(http_status), error(std::move(failed)) {}
  int status = 500;
  Error error;
};

template <typename T>
using Reply = tl::expected<T, Failure>;

[[nodiscard]] tl::unexpected<Failure> refuse(int status, std::string what, std::string where = {},
                                             std::string next = {});

/// The body of a success, as it is. httplib would compress it with Brotli at its slowest, 2 MB in seconds,
/// and spare nothing between two programs of one machine.
void set_body(httplib::Response& response, std::string body, const std::string& type);

/// {"error": {"what", "where", "next"}}.
void answer(httplib::Response& response, const Failure& failure);
/// Bytes from outside that are not UTF-8 are replaced.
void answer(httplib::Response& response, int status, const Json& json);

/// The keys of a URL's query. Each may stand once; a key that is not known is an error that names the known
/// ones.
class Query {
 public:
  static Reply<Query> of(const httplib::Request& request, std::initializer_list<const char*> known);
  /// Empty where it is absent.
  [[nodiscard]] std::string text(const std::string& key) const;
  /// Error: no whole number from `least` to `most`.
  [[nodiscard]] Reply<int64_t> integer(const std::string& key, int64_t otherwise, int64_t least,
                                       int64_t most) const;

 private:
  explicit Query(const httplib::Request& request) : request_(&request) {}
  const httplib::Request* request_;
};

/// The keys of a JSON object in a request's body, as Query.
class Fields {
 public:
  static Reply<Fields> of(const Json& body, const std::vector<std::string>& known);
  /// Error: it is absent, or no text.
  [[nodiscard]] Reply<std::string> text(const std::string& key) const;
  [[nodiscard]] Reply<std::string> text_or(const std::string& key, const std::string& otherwise) const;
  [[nodiscard]] Reply<int64_t> integer(const std::string& key) const;
  /// Error: none of them is a number above 0, or it is no number.
  [[nodiscard]] Reply<std::optional<int64_t>> count(const std::string& key) const;
  [[nodiscard]] Reply<std::optional<double>> amount(const std::string& key) const;
  [[nodiscard]] Reply<bool> flag(const std::string& key) const;  ///< false where it is absent
  /// Error: it is absent, no list of texts, or one of more than `most`.
  [[nodiscard]] Reply<std::vector<std::string>> texts(const std::string& key, size_t most) const;
  /// Error: it is absent, no list of whole numbers, or one of more than `most`.
  [[nodiscard]] Reply<std::vector<int64_t>> ids(const std::string& key, size_t most) const;

 private:
  explicit Fields(const Json& body) : body_(&body) {}
  [[nodiscard]] const Json* find(const std::string& key) const;
  const Json* body_;
};

/// A number in a path: "/api/samples/17". Error (404): it is none.
Reply<int64_t> id_in(const std::string& text);

Json or_null(const std::optional<double>& value);

}  // namespace dew::studio
