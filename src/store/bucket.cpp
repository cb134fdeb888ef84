// HEAD, PUT and GET of one object, on libcurl.
#include "store/bucket.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "base/curl.h"
#include "store/bucket_reply.h"

namespace dew::store {
namespace {

constexpr int64_t kMostBytes = int64_t{5} << 30;  // of one PUT, by S3
constexpr size_t kMostBody = 16 << 10;            // of an error
constexpr std::chrono::seconds kSilence{30};      // without a byte, then the connection counts as broken

enum class Method { kHead, kPut, kGet };

/// One request; libcurl's callbacks hold it.
struct Exchange {
  Method method;
  const Stored& file;
  std::FILE* local = nullptr;  ///< read for PUT, written for GET
  const Watch& watch;
  CURL* easy = nullptr;
  BucketReply reply;
  int64_t length = -1;  ///< Content-Length, -1: none
  int64_t received = 0;
  bool too_long = false;
  bool disk_failed = false;
};

size_t take_body(char* bytes, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const size_t all = size * count;
  long status = 0;
  curl_easy_getinfo(exchange.easy, CURLINFO_RESPONSE_CODE, &status);
  if (exchange.method != Method::kGet || status != 200) {
    std::string& body = exchange.reply.body;
    body.append(bytes, std::min(all, kMostBody - body.size()));
    exchange.received += static_cast<int64_t>(all);
    exchange.too_long = exchange.received > (int64_t{1} << 20);  // an error that does not end
    return exchange.too_long ? 0 : all;
  }
  exchange.received += static_cast<int64_t>(all);
  exchange.too_long = exchange.received > exchange.file.bytes;
  if (exchange.too_long) return 0;
  exchange.disk_failed = std::fwrite(bytes, 1, all, exchange.local) != all;
  return exchange.disk_failed ? 0 : all;
}

size_t give_body(char* bytes, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const size_t got = std::fread(bytes, 1, size * count, exchange.local);
  if (got == 0 && std::ferror(exchange.local) != 0) {
    exchange.disk_failed = true;
    return CURL_READFUNC_ABORT;
  }
  return got;
}

int seek_body(void* user, curl_off_t offset, int origin) {
  return fseeko(static_cast<Exchange*>(user)->local, offset, origin) == 0 ? CURL_SEEKFUNC_OK
                                                                          : CURL_SEEKFUNC_FAIL;
}

size_t take_header(char* bytes, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line(bytes, size * count);
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string name = lower(line.substr(0, std::min<size_t>(colon, 64)));
  const std::string value = colon < line.size() ? trim(line.substr(colon + 1).substr(0, 64)) : "";
  if (name == "x-amz-bucket-region" && is_region(value)) exchange.reply.region = value;
  if (name == "content-length") exchange.length = std::strtoll(value.c_str(), nullptr, 10);
  return size * count;
}

bool is_passing_failure(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Bucket::Inside {
  BucketAddress address;
  BucketRetries retries;
  std::mutex one_at_a_time;
  CurlEasy easy;
  Clock::time_point doubted_until;  ///< see keep_trying()

  [[nodiscard]] std::string where(const Stored& file) const { return address.shown + file.key; }

  CURLcode perform(Exchange& exchange);
  /// Repeats the request until the server answers, whatever it says; then the reply's status is set.
  Result<void> exchange_once(Exchange& exchange, bool& again);
  /// Whether to try once more; pauses first if so. When a server is down, only the first of many pictures
  /// waits for it: for the next half minute, each further one is tried once.
  Result<bool> keep_trying(int failed, const Watch& watch);
};

Bucket::Bucket(BucketAddress address, BucketRetries retries) : inside_(std::make_unique<Inside>()) {
  inside_->address = std::move(address);
  inside_->retries = std::move(retries);
}
Bucket::~Bucket() = default;

CURLcode Bucket::Inside::perform(Exchange& exchange) {
  if (!easy) {
    auto opened = open_easy();
    if (!opened) return CURLE_FAILED_INIT;
    easy = *std::move(opened);
  }
  CURL* handle = easy.get();
  curl_easy_reset(handle);  // keeps the connection
  exchange.easy = handle;
  // Always set: libcurl signs this header, and S3 requires it in each request.
  static const std::string kOfNothing = sha256("");
  const std::string& hash = exchange.method == Method::kPut ? exchange.file.sha256 : kOfNothing;
  const CurlHeaders headers(curl_slist_append(nullptr, ("x-amz-content-sha256: " + hash).c_str()));
  if (!address.session_token.empty())
    curl_slist_append(headers.get(), ("x-amz-security-token: " + address.session_token).c_str());
  const std::string url = address.url + exchange.file.key;
  const std::string scheme = "aws:amz:" + address.region + ":s3";
  CurlLimits limits;
  limits.silence = kSilence;
  set_up(handle, url, limits, &exchange.watch);
  curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, scheme.c_str());
  curl_easy_setopt(handle, CURLOPT_USERNAME, address.access_key.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, address.secret_key.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  if (exchange.method == Method::kHead) curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  if (exchange.method == Method::kPut) {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(exchange.file.bytes));
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(handle, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, &seek_body);
    curl_easy_setopt(handle, CURLOPT_SEEKDATA, &exchange);
  }
  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  exchange.reply.status = static_cast<int>(status);
  exchange.reply.region_used = address.region;
  return code;
}

Result<void> Bucket::Inside::exchange_once(Exchange& exchange, bool& again) {
  const CURLcode code = perform(exchange);
  again = false;
  const std::string place = where(exchange.file);
  if (exchange.disk_failed)
    return work_error("cannot read or write the local copy of a file in the bucket", place,
                      "free some space on the disk of .dewdrop, then run the same command again");
  if (code == CURLE_ABORTED_BY_CALLBACK) return interrupted_error();
  if (exchange.too_long) {
    again = true;
    return work_error("the bucket has a different, longer file under this name", place,
                      "add the file again: dewdrop add <file>");
  }
  if (code == CURLE_OK) {
    again = is_passing(exchange.reply);
    return again ? Result<void>(explain(exchange.reply, place)) : Result<void>();
  }
  again = is_passing_failure(code);
  // An answer that came before the end of an upload says more than the broken connection after it.
  if (exchange.reply.status >= 300) return explain(exchange.reply, place);
  return work_error(std::string("cannot reach the bucket's server: ") + curl_easy_strerror(code), place,
                    "check media_endpoint or AWS_ENDPOINT_URL, and the network; the same command continues "
                    "where it stopped");
}

Result<bool> Bucket::Inside::keep_trying(int failed, const Watch& watch) {
  constexpr std::chrono::seconds kDoubt{30};
  Clock& clock = *retries.clock;
  if (clock.now() < doubted_until) return false;
  if (failed >= retries.tries) {
    doubted_until = clock.now() + kDoubt;
    return false;
  }
  if (!pause(clock, pause_after(retries.pauses, failed, retries.chance()), watch)) return interrupted_error();
  return true;
}

Result<bool> Bucket::put(const Stored& file, const fs::path& from, const Watch& watch) {
  const std::lock_guard lock(inside_->one_at_a_time);
  if (file.bytes > kMostBytes)
    return work_error("the file is larger than 5 GiB, the most a bucket takes in one upload", from.string(),
                      "cut it into shorter parts, or keep media in a folder");
  const FilePtr local(std::fopen(from.c_str(), "rb"));
  if (!local) return work_error("cannot read the file to upload", from.string());
  bool asked = false;
  for (int failed = 0;;) {
    Exchange exchange{asked ? Method::kPut : Method::kHead, file, local.get(), watch, nullptr, {}};
    std::rewind(local.get());
    bool again = false;
    auto done = inside_->exchange_once(exchange, again);
    if (done) {
      const int status = exchange.reply.status;
      inside_->doubted_until = {};
      if (asked && status / 100 == 2) return true;
      if (asked) return explain(exchange.reply, inside_->where(file));
      if (status == 200 && exchange.length == file.bytes) return false;
      // Not there, or hidden from users who may not list the bucket: the upload's reply will tell, with a
      // body.
      asked = true;
      continue;
    }
    if (!again) return tl::unexpected(std::move(done).error());
    DEW_TRY(const bool more, inside_->keep_trying(++failed, watch));
    if (!more) return tl::unexpected(std::move(done).error());
  }
}

Result<void> Bucket::get(const Stored& file, const fs::path& to, const Watch& watch) {
  const std::lock_guard lock(inside_->one_at_a_time);
  DEW_TRY(ReplacementFile fetched, ReplacementFile::create(to));
  for (int failed = 0;;) {
    DEW_CHECK(fetched.clear());
    Exchange exchange{Method::kGet, file, fetched.file(), watch, nullptr, {}};
    bool again = false;
    auto done = inside_->exchange_once(exchange, again);
    if (done && exchange.reply.status != 200) return explain(exchange.reply, inside_->where(file));
    if (done) {
      DEW_CHECK(fetched.sync());
      DEW_TRY(const std::string hash, sha256_file(fetched.path()));
      if (hash == file.sha256) {
        inside_->doubted_until = {};
        return fetched.commit();
      }
      again = true;
      done = work_error("the bucket has a different file under this name: its SHA-256 differs",
                        inside_->where(file), "delete that object from the bucket, then add the file again");
    }
    if (!again) return tl::unexpected(std::move(done).error());
    DEW_TRY(const bool more, inside_->keep_trying(++failed, watch));
    if (!more) return tl::unexpected(std::move(done).error());
  }
}

}  // namespace dew::store
