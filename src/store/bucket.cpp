// HEAD, PUT and GET of one object, on libcurl.
#include "store/bucket.h"

#include <curl/curl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>

#include "store/bucket_reply.h"

namespace dew::store {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kMostBytes = int64_t{5} << 30;  // of one PUT, by S3
constexpr size_t kMostBody = 16 << 10;            // of an error
constexpr long kConnectSeconds = 15;
constexpr long kSilentSeconds = 30;  // without a byte, then the connection is taken for broken

struct FileDeleter {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileDeleter>;
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

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

int look_at_watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(user)->watch.interrupted() ? 1 : 0;
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

/// A file beside `path`, gone with this object unless it was renamed.
class Beside {
 public:
  static Result<Beside> create(const fs::path& path) {
    DEW_CHECK(make_folders(path.parent_path()));
    std::string pattern = path.string() + ".XXXXXX";
    const int descriptor = ::mkstemp(pattern.data());
    std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w+b");
    if (file == nullptr)
      return work_error("cannot keep what comes from the bucket", path.parent_path().string(),
                        "check who may write there, and that the disk has room");
    return Beside(pattern, file);
  }
  Beside(Beside&& other) noexcept : path_(std::move(other.path_)), file_(std::move(other.file_)) {
    other.path_.clear();
  }
  Beside& operator=(Beside&&) = delete;
  ~Beside() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  [[nodiscard]] std::FILE* file() const { return file_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  bool rewind() { return fseeko(file_.get(), 0, SEEK_SET) == 0 && ::ftruncate(fileno(file_.get()), 0) == 0; }
  bool settle() { return std::fflush(file_.get()) == 0 && ::fsync(fileno(file_.get())) == 0; }
  bool rename_to(const fs::path& to) {
    if (::fchmod(fileno(file_.get()), 0644) != 0 || ::rename(path_.c_str(), to.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  Beside(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  File file_;
};

}  // namespace

struct Bucket::Inside {
  BucketAddress address;
  Patience patience;
  std::mutex one_at_a_time;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy{nullptr, curl_easy_cleanup};
  std::chrono::steady_clock::time_point doubted_until;  ///< see keep_trying()
  std::mt19937 dice{std::random_device{}()};

  [[nodiscard]] std::string where(const Stored& file) const { return address.shown + file.key; }

  CURLcode perform(Exchange& exchange);
  /// Until the server has answered, whatever it says; then the reply's status is set.
  Result<void> exchange_once(Exchange& exchange, bool& again);
  /// Whether to try once more, and if so, after a pause. Who asks for one picture after the other of a server
  /// that is down waits for the first: for half a minute each of the next is tried once.
  Result<bool> keep_trying(int failed, const Watch& watch);
};

Bucket::Bucket(BucketAddress address, Patience patience) : inside_(std::make_unique<Inside>()) {
  inside_->address = std::move(address);
  inside_->patience = patience;
}
Bucket::~Bucket() = default;

CURLcode Bucket::Inside::perform(Exchange& exchange) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return ready;
  if (!easy) easy.reset(curl_easy_init());
  if (!easy) return CURLE_FAILED_INIT;
  CURL* handle = easy.get();
  curl_easy_reset(handle);  // keeps the connection
  exchange.easy = handle;
  // Always said: libcurl signs what this header says, and S3 wants it in each request.
  static const std::string kOfNothing = sha256("");
  const std::string& hash = exchange.method == Method::kPut ? exchange.file.sha256 : kOfNothing;
  std::unique_ptr<curl_slist, ListDeleter> headers(
      curl_slist_append(nullptr, ("x-amz-content-sha256: " + hash).c_str()));
  if (!address.session_token.empty())
    curl_slist_append(headers.get(), ("x-amz-security-token: " + address.session_token).c_str());
  const std::string url = address.url + exchange.file.key;
  const std::string scheme = "aws:amz:" + address.region + ":s3";
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, scheme.c_str());
  curl_easy_setopt(handle, CURLOPT_USERNAME, address.access_key.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, address.secret_key.c_str());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "dewdrop");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
  if (const char* bundle = std::getenv("CURL_CA_BUNDLE"); bundle != nullptr && *bundle != '\0')
    curl_easy_setopt(handle, CURLOPT_CAINFO, bundle);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &look_at_watch);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
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
    return work_error("cannot read or write the file that goes to the bucket or comes from it", place,
                      "free some space on the disk of .dewdrop, then run the same command again");
  if (code == CURLE_ABORTED_BY_CALLBACK) return interrupted_error();
  if (exchange.too_long) {
    again = true;
    return work_error("the bucket has other bytes under this name: more of them", place,
                      "add the file again: dewdrop add <file>");
  }
  if (code == CURLE_OK) {
    again = is_passing(exchange.reply);
    return again ? Result<void>(explain(exchange.reply, place)) : Result<void>();
  }
  again = is_passing_failure(code);
  // An answer that came before the end of an upload tells more than that the connection then broke.
  if (exchange.reply.status >= 300) return explain(exchange.reply, place);
  return work_error(
      std::string("cannot reach the bucket's server: ") + curl_easy_strerror(code), place,
      "check media_endpoint or AWS_ENDPOINT_URL, and the network; the same command goes on where "
      "it was");
}

Result<bool> Bucket::Inside::keep_trying(int failed, const Watch& watch) {
  constexpr std::chrono::seconds kDoubt{30};
  if (std::chrono::steady_clock::now() < doubted_until) return false;
  if (failed >= patience.tries) {
    doubted_until = std::chrono::steady_clock::now() + kDoubt;
    return false;
  }
  const double whole = static_cast<double>(patience.first.count()) * static_cast<double>(1 << (failed - 1));
  std::uniform_real_distribution<double> upper_half(whole / 2, whole);
  const auto until = std::chrono::steady_clock::now() + milliseconds(static_cast<int64_t>(upper_half(dice)));
  while (std::chrono::steady_clock::now() < until) {
    if (watch.interrupted()) return interrupted_error();
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

Result<bool> Bucket::put(const Stored& file, const fs::path& from, const Watch& watch) {
  const std::lock_guard lock(inside_->one_at_a_time);
  if (file.bytes > kMostBytes)
    return work_error("the file is larger than 5 GiB, what a bucket takes in one upload", from.string(),
                      "cut it into shorter parts, or keep media in a folder");
  const File local(std::fopen(from.c_str(), "rb"));
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
      // Not there, or hidden from those who may not list the bucket: the upload's reply tells, with a body.
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
  DEW_TRY(Beside beside, Beside::create(to));
  for (int failed = 0;;) {
    if (!beside.rewind()) return work_error("cannot write what comes from the bucket", to.string());
    Exchange exchange{Method::kGet, file, beside.file(), watch, nullptr, {}};
    bool again = false;
    auto done = inside_->exchange_once(exchange, again);
    if (done && exchange.reply.status != 200) return explain(exchange.reply, inside_->where(file));
    if (done && !beside.settle())
      return work_error("cannot write what comes from the bucket", to.string(),
                        "free some space on that disk, then run the same command again");
    if (done) {
      DEW_TRY(const std::string hash, sha256_file(beside.path()));
      if (hash == file.sha256) {
        inside_->doubted_until = {};
        if (beside.rename_to(to)) return {};
        return work_error("cannot rename what came from the bucket into place", to.string());
      }
      again = true;
      done = work_error("what comes from the bucket is not what was added: its SHA-256 is another",
                        inside_->where(file), "delete that object from the bucket, then add the file again");
    }
    if (!again) return tl::unexpected(std::move(done).error());
    DEW_TRY(const bool more, inside_->keep_trying(++failed, watch));
    if (!more) return tl::unexpected(std::move(done).error());
  }
}

}  // namespace dew::store
