// From settings and environment to the address of a bucket and the keys to it.
#include "store/bucket_address.h"

#include <algorithm>
#include <cstdlib>

namespace dew::store {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr size_t kLongestPrefix = 512;
constexpr size_t kLongestKey = 8192;  // a session token may be long

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_alphanumeric(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}
/// RFC 3986, 2.3: characters that are never escaped.
bool is_unreserved(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool is_bucket_name(std::string_view name) {
  if (name.size() < 3 || name.size() > 63) return false;
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_lower_or_digit(c) || c == '.' || c == '-'; });
}

/// Whether no part between slashes is empty, "." or "..", which servers and libraries remove.
bool is_plain_path(std::string_view path) {
  while (true) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || !std::all_of(part.begin(), part.end(), is_unreserved))
      return false;
    if (slash == path.size()) return true;
    path.remove_prefix(slash + 1);
  }
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The first variable that is set and not empty.
std::string first_of(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (std::string value = from_environment(name); !value.empty()) return value;
  return {};
}

Result<std::string> read_key(const char* name) {
  std::string value = from_environment(name);
  // These go into headers, where a line break would begin another header.
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (plain && value.size() <= kLongestKey) return value;
  return usage_error(std::string(name) + " contains a blank or another character that keys do not have", {},
                     "set it again, without quotes and line breaks");
}

}  // namespace

bool is_bucket(std::string_view media) {
  return media.starts_with(kScheme);
}

std::optional<BucketName> parse_bucket(std::string_view media) {
  if (!is_bucket(media)) return std::nullopt;
  media.remove_prefix(kScheme.size());
  const size_t slash = std::min(media.find('/'), media.size());
  BucketName name{std::string(media.substr(0, slash)), {}};
  if (!is_bucket_name(name.bucket)) return std::nullopt;
  std::string_view prefix = media.substr(std::min(slash + 1, media.size()));
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.empty()) return name;
  if (prefix.size() > kLongestPrefix || !is_plain_path(prefix)) return std::nullopt;
  name.prefix = std::string(prefix) + "/";
  return name;
}

bool is_endpoint(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    const size_t slash = std::min(url.find('/'), url.size());
    const std::string_view host = url.substr(0, slash);
    const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
      return is_alphanumeric(c) || c == '-' || c == '.' || c == ':' || c == '[' || c == ']' || c == '_';
    });
    return plain && !host.empty() && host.size() < 300 &&
           (slash == url.size() || is_plain_path(url.substr(slash + 1)));
  }
  return false;
}

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

Result<BucketAddress> bucket_address(const Settings& settings) {
  const auto name = parse_bucket(settings.media);
  if (!name) return usage_error("media is not the name of a bucket", {}, kBucketAdvice);
  BucketAddress address;
  address.shown = std::string(kScheme) + name->bucket + "/" + name->prefix;

  std::string endpoint = settings.media_endpoint;
  if (endpoint.empty()) endpoint = first_of({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  if (!endpoint.empty() && !is_endpoint(endpoint))
    return usage_error("AWS_ENDPOINT_URL is not the address of a server", {}, kEndpointAdvice);
  if (endpoint.ends_with('/')) endpoint.pop_back();
  address.region = settings.media_region;
  if (address.region.empty()) address.region = first_of({"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (address.region.empty()) address.region = "us-east-1";
  if (!is_region(address.region))
    return usage_error("AWS_REGION is not the name of a region", {}, "it looks like eu-west-1");

  const std::string amazon = "s3." + address.region + ".amazonaws.com";
  if (!endpoint.empty())
    address.url = endpoint + "/" + name->bucket;
  else if (name->bucket.find('.') != std::string::npos)  // no certificate is for names with a dot more
    address.url = "https://" + amazon + "/" + name->bucket;
  else
    address.url = "https://" + name->bucket + "." + amazon;
  address.url += "/" + name->prefix;

  DEW_TRY(address.access_key, read_key("AWS_ACCESS_KEY_ID"));
  DEW_TRY(address.secret_key, read_key("AWS_SECRET_ACCESS_KEY"));
  DEW_TRY(address.session_token, read_key("AWS_SESSION_TOKEN"));
  if (!address.access_key.empty() && !address.secret_key.empty()) return address;
  return usage_error("the keys to the bucket are missing", address.shown,
                     std::string("set ") +
                         (address.access_key.empty() && address.secret_key.empty()
                              ? "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                          : address.access_key.empty() ? "AWS_ACCESS_KEY_ID"
                                                       : "AWS_SECRET_ACCESS_KEY") +
                         " in the environment");
}

}  // namespace dew::store
