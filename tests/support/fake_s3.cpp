// The fake bucket, on cpp-httplib; HMAC by OpenSSL.
#include "tests/support/fake_s3.h"

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <sstream>

namespace dew::testing {
namespace {

std::string hex(const unsigned char* bytes, size_t size) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string hash_of(const std::string& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return hex(digest.data(), digest.size());
}

std::string hmac(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

/// "name=value, ..." of an Authorization header.
std::string part(const std::string& authorization, const std::string& name) {
  const size_t at = authorization.find(name + "=");
  if (at == std::string::npos) return {};
  const size_t begin = at + name.size() + 1;
  return authorization.substr(begin, authorization.find(',', begin) - begin);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string one; std::getline(stream, one, separator);) parts.push_back(one);
  return parts;
}

std::string without_blanks(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// S3's name of what is wrong with the request's signature; empty: nothing.
std::string fault_of(const httplib::Request& request, const S3Keys& keys, const std::string& region) {
  const std::string authorization = request.get_header_value("Authorization");
  const std::string date = request.get_header_value("X-Amz-Date");
  const std::string payload = request.get_header_value("x-amz-content-sha256");
  if (authorization.rfind("AWS4-HMAC-SHA256 ", 0) != 0 || date.size() != 16) return "AccessDenied";
  if (payload.size() != 64) return "MissingContentSHA256";
  const auto scope = split(part(authorization, "Credential"), '/');
  if (scope.size() != 5 || scope[0] != keys.access) return "InvalidAccessKeyId";
  if (scope[2] != region) return "AuthorizationHeaderMalformed";
  if (scope[1] != date.substr(0, 8) || scope[3] != "s3" || scope[4] != "aws4_request") return "AccessDenied";
  if (request.get_header_value("x-amz-security-token") != keys.token) return "InvalidToken";
  const std::string names = part(authorization, "SignedHeaders");
  const auto list = split(names, ';');
  if (!std::is_sorted(list.begin(), list.end())) return "SignatureDoesNotMatch";
  // S3 wants these signed: the host, and every x-amz- header.
  std::vector<std::string> needed{"host"};
  for (const auto& header : request.headers) {
    std::string name = header.first;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name.rfind("x-amz-", 0) == 0) needed.push_back(name);
  }
  for (const std::string& name : needed)
    if (std::find(list.begin(), list.end(), name) == list.end()) return "AccessDenied";

  std::string canonical = request.method + "\n" + request.path + "\n\n";
  for (const std::string& name : list)
    canonical += name + ":" + without_blanks(request.get_header_value(name.c_str())) + "\n";
  canonical += "\n" + names + "\n" + payload;
  const std::string day = scope[1];
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + day + "/" + region + "/s3/aws4_request\n" + hash_of(canonical);
  const std::string key = hmac(hmac(hmac(hmac("AWS4" + keys.secret, day), region), "s3"), "aws4_request");
  const std::string signature = hmac(key, to_sign);
  if (hex(reinterpret_cast<const unsigned char*>(signature.data()), signature.size()) !=
      part(authorization, "Signature"))
    return "SignatureDoesNotMatch";
  if (payload != hash_of(request.body)) return "XAmzContentSHA256Mismatch";
  return {};
}

void refuse(httplib::Response& response, int status, const std::string& code, const std::string& message,
            const std::string& more = {}) {
  response.status = status;
  response.set_content("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code +
                           "</Code><Message>" + message + "</Message>" + more + "</Error>",
                       "application/xml");
}

}  // namespace

struct FakeS3::Http {
  httplib::Server server;
};

FakeS3::FakeS3(S3Keys keys, std::string region, std::string bucket)
    : keys_(std::move(keys)),
      region_(std::move(region)),
      bucket_(std::move(bucket)),
      http_(std::make_unique<Http>()) {
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    serve(&request, &response);
    const std::lock_guard lock(mutex_);
    log_.push_back(request.method + " " + request.path + " " + std::to_string(response.status));
  };
  http_->server.Get(".*", handler);  // and HEAD
  http_->server.Put(".*", handler);
  port_ = http_->server.bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { http_->server.listen_after_bind(); });
  while (!http_->server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

FakeS3::~FakeS3() {
  http_->server.stop();
  thread_.join();
}

std::string FakeS3::endpoint() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::map<std::string, std::string> FakeS3::objects() const {
  const std::lock_guard lock(mutex_);
  return objects_;
}

void FakeS3::set(const std::string& key, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  objects_[key] = bytes;
}

std::vector<std::string> FakeS3::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

int FakeS3::count(const std::string& beginning) const {
  const auto lines = log();
  return static_cast<int>(std::count_if(
      lines.begin(), lines.end(), [&](const std::string& line) { return line.rfind(beginning, 0) == 0; }));
}

void FakeS3::be(Mood mood, int times, const std::string& method) {
  const std::lock_guard lock(mutex_);
  mood_ = mood;
  times_ = times;
  method_ = method;
}

FakeS3::Mood FakeS3::mood_for(const std::string& method) {
  const std::lock_guard lock(mutex_);
  if (times_ == 0 || (!method_.empty() && method != method_)) return Mood::kGood;
  if (times_ > 0) --times_;
  return mood_;
}

void FakeS3::serve(const void* request_, void* response_) {
  const auto& request = *static_cast<const httplib::Request*>(request_);
  auto& response = *static_cast<httplib::Response*>(response_);
  response.status = 200;
  if (const std::string fault = fault_of(request, keys_, region_); !fault.empty())
    return refuse(response, fault == "AuthorizationHeaderMalformed" || fault[0] == 'X' ? 400 : 403, fault,
                  "Wrong: " + fault, "<Region>" + region_ + "</Region>");
  const Mood mood = mood_for(request.method);
  if (mood == Mood::kBusy) return refuse(response, 503, "SlowDown", "Please reduce your request rate.");
  if (mood == Mood::kForbid) return refuse(response, 403, "AccessDenied", "Go \x1b[31maway &amp; stay\x07");
  if (mood == Mood::kSkewed)
    return refuse(response, 403, "RequestTimeTooSkewed", "The difference is too large.");
  if (mood == Mood::kElsewhere) {
    response.set_header("Location", "http://127.0.0.2:" + std::to_string(port_) + request.path);
    response.set_header("x-amz-bucket-region", "eu-west-1");
    return refuse(response, 301, "PermanentRedirect", "Go there.");
  }
  const std::string inside = "/" + bucket_ + "/";
  if (request.path.rfind(inside, 0) != 0) return refuse(response, 404, "NoSuchBucket", "No such bucket");
  const std::string key = request.path.substr(inside.size());
  const std::lock_guard lock(mutex_);
  if (request.method == "PUT") {
    objects_[key] = request.body;
    return;
  }
  const auto found = objects_.find(key);
  if (found == objects_.end())
    return mood == Mood::kHideMissing ? refuse(response, 403, "AccessDenied", "Access Denied")
                                      : refuse(response, 404, "NoSuchKey", "No such key");
  std::string body = found->second;
  if (mood == Mood::kCorrupt) body[body.size() / 2] = static_cast<char>(body[body.size() / 2] ^ 1);
  if (mood == Mood::kEndless) body += std::string(100'000, 'x');
  if (mood == Mood::kTruncate) {
    const size_t half = body.size() / 2;
    response.set_content_provider(body.size(), "application/octet-stream",
                                  [body, half](size_t offset, size_t, httplib::DataSink& sink) {
                                    return offset == 0 && sink.write(body.data(), half);
                                  });
    return;
  }
  response.set_content(body, "application/octet-stream");
}

}  // namespace dew::testing
