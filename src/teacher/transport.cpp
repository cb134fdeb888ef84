// The transport on libcurl's multi interface: one event loop, any number of requests.
#include "teacher/transport.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <string_view>

#include "base/curl.h"

namespace dew::teacher {
namespace {

constexpr Milliseconds kConnectTimeout{15'000};
/// A connection that was idle for longer is not used again: uvicorn and Node close theirs after 5 s, and a
/// request that crosses the closing counts as sent.
constexpr long kMostIdleSeconds = 4;
constexpr size_t kHeaderLimit = 1024;  ///< of a header value that is kept
constexpr size_t kMostRateHeaders = 16;

struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// One request in flight; libcurl holds pointers into it, so it stays where it is.
struct Flight {
  CurlEasy easy;
  CurlHeaders headers;
  std::unique_ptr<curl_mime, MimeDeleter> form;
  FilePtr file;  ///< the body's, where it is downloaded
  size_t received = 0;
  HttpRequest request;
  HttpReply reply;
  size_t taken = 0;  ///< bytes of the request's body that libcurl has taken
  bool too_long = false;
  bool sent_once = false;  ///< libcurl would have sent it again
  std::array<char, CURL_ERROR_SIZE> trouble{};
};

size_t give_body(char* bytes, size_t size, size_t count, void* user) {
  auto& flight = *static_cast<Flight*>(user);
  const std::string& body = flight.request.body;
  const size_t length = std::min(size * count, body.size() - flight.taken);
  std::memcpy(bytes, body.data() + flight.taken, length);
  flight.taken += length;
  return length;
}

/// libcurl begins a body again when a connection that it used before breaks without a byte of reply. The
/// server may have worked on the request, and bills it: whether it is sent again is not libcurl's decision.
int refuse_to_begin_again(void* user, curl_off_t, int) {
  static_cast<Flight*>(user)->sent_once = true;
  return CURL_SEEKFUNC_FAIL;
}

size_t take_body(char* bytes, size_t size, size_t count, void* user) {
  auto& flight = *static_cast<Flight*>(user);
  flight.received += size * count;
  if (flight.received > flight.request.reply_limit) {
    flight.too_long = true;
    return 0;
  }
  if (flight.file) return std::fwrite(bytes, size, count, flight.file.get()) * size;
  flight.reply.body.append(bytes, size * count);
  return size * count;
}

size_t take_header(char* bytes, size_t size, size_t count, void* user) {
  auto& reply = static_cast<Flight*>(user)->reply;
  const std::string_view line(bytes, size * count);
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string name = lower(line.substr(0, std::min(colon, kHeaderLimit)));
  std::string value = colon < line.size() ? trim(line.substr(colon + 1).substr(0, kHeaderLimit)) : "";
  if (name == "retry-after")
    reply.retry_after = std::move(value);
  else if (name == "location")
    reply.location = std::move(value);
  else if ((name.starts_with("x-ratelimit-") || name == "retry-after-ms") &&
           reply.rate.size() < kMostRateHeaders)
    reply.rate[name] = std::move(value);
  return size * count;
}

/// OpenSSL's words, and those of GnuTLS, where the first bytes are not TLS. Other failures of the handshake
/// may pass.
bool speaks_no_tls(std::string_view trouble) {
  const std::string words = lower(trouble);
  return words.find("wrong version number") != std::string::npos ||
         words.find("packet length too long") != std::string::npos ||
         words.find("unexpected tls packet") != std::string::npos ||
         words.find("http request") != std::string::npos;
}

/// Whether all of a POST has left.
bool is_sent(const Flight& flight) {
  // libcurl's own count begins again with the request.
  if (flight.sent_once) return flight.taken == flight.request.body.size();
  curl_off_t sent = 0;
  curl_easy_getinfo(flight.easy.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  return !flight.request.get && sent > 0 && sent >= static_cast<curl_off_t>(flight.request.body.size());
}

Delivery delivery_of(CURLcode code, const Flight& flight) {
  switch (code) {
    case CURLE_OK:
      return Delivery::kReply;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return Delivery::kUnreachable;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return Delivery::kUntrusted;
    case CURLE_SSL_CONNECT_ERROR:
      return speaks_no_tls(flight.trouble.data()) ? Delivery::kNoTls : Delivery::kUnreachable;
    case CURLE_OPERATION_TIMEDOUT: {
      // The first is 0 on a connection that is used again, the second while TLS is being agreed on.
      curl_off_t connected = 0;
      curl_off_t sending = 0;
      curl_easy_getinfo(flight.easy.get(), CURLINFO_CONNECT_TIME_T, &connected);
      curl_easy_getinfo(flight.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &sending);
      return connected > 0 || sending > 0 ? Delivery::kTimeout : Delivery::kUnreachable;
    }
    default:
      return flight.too_long ? Delivery::kTooLong : Delivery::kBroken;
  }
}

void set_options(Flight& flight) {
  CURL* easy = flight.easy.get();
  const HttpRequest& request = flight.request;
  CurlLimits limits;
  limits.connect = std::min(request.timeout, kConnectTimeout);
  limits.whole = request.timeout;
  set_up(easy, request.url, limits);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // With TLS the handshake tells whether a connection carries many requests: waiting for it saves opening a
  // connection for each. Without TLS the wait would be for the whole first reply.
  const bool tls = lower(request.url.substr(0, 6)) == "https:";
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, tls ? 1L : 0L);
  if (request.direct) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight.headers.get());
  if (request.get) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else if (flight.form) {
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, flight.form.get());
  } else {
    // Not CURLOPT_POSTFIELDS, which libcurl sends again as it likes.
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, &flight);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &refuse_to_begin_again);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, &flight);
  }
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kMostIdleSeconds);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");  // what curl can decode; some send gzip unasked
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &flight);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &flight);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight.trouble.data());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &flight);
}

class CurlTransport : public Transport {
 public:
  CurlTransport(std::unique_ptr<CURLM, MultiDeleter> multi, int epoll)
      : epoll_(epoll), multi_(std::move(multi)) {
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &watch_socket);
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &set_timer);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  }
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override {
    forget();
    multi_.reset();  // closes its connections, and tells watch_socket() of each
    ::close(epoll_);
  }

  [[nodiscard]] Clock::time_point now() const override { return std::chrono::steady_clock::now(); }

  Result<void> start(uint64_t ticket, HttpRequest request) override {
    auto flight = std::make_unique<Flight>();
    flight->request = std::move(request);
    flight->reply.ticket = ticket;
    DEW_TRY(flight->easy, open_easy());
    // "Expect:" empty: large posts do not wait a second for a "100 Continue" that few servers send.
    flight->headers.reset(curl_slist_append(nullptr, "Expect:"));
    DEW_CHECK(open_files(*flight));
    for (const std::string& header : flight->request.headers)
      // A form brings its own type.
      if (!flight->form || !header.starts_with("Content-Type:"))
        curl_slist_append(flight->headers.get(), header.c_str());
    set_options(*flight);
    if (const CURLMcode code = curl_multi_add_handle(multi_.get(), flight->easy.get()); code != CURLM_OK)
      return failure(code);
    flights_.emplace(flight.get(), std::move(flight));
    // On its way now, not with the next wait(): many may be started before that.
    return act(CURL_SOCKET_TIMEOUT, 0);
  }

  Result<std::vector<HttpReply>> wait(Clock::time_point until) override {
    while (true) {
      DEW_CHECK(look(Clock::time_point::min()));
      std::vector<HttpReply> ended = collect();
      if (!ended.empty() || until <= now()) return ended;
      DEW_CHECK(look(until));
    }
  }

  void drop_all() override { forget(); }

 private:
  // Sockets are told to epoll and libcurl is told of those that are ready: with curl_multi_perform each turn
  // would cost a system call for every request in flight.
  static int watch_socket(CURL*, curl_socket_t socket, int what, void* user, void* known) {
    auto& self = *static_cast<CurlTransport*>(user);
    epoll_event event{};
    event.data.fd = socket;
    event.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(self.epoll_, EPOLL_CTL_DEL, socket, nullptr);
      return 0;
    }
    epoll_ctl(self.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    if (known == nullptr) curl_multi_assign(self.multi_.get(), socket, &self);
    return 0;
  }

  static int set_timer(CURLM*, long milliseconds, void* user) {
    auto& self = *static_cast<CurlTransport*>(user);
    self.timer_ = milliseconds < 0 ? Clock::time_point::max() : self.now() + Milliseconds(milliseconds);
    return 0;
  }

  Result<void> act(curl_socket_t socket, int events) {
    int running = 0;
    const CURLMcode code = curl_multi_socket_action(multi_.get(), socket, events, &running);
    if (code != CURLM_OK) return failure(code);
    return {};
  }

  /// Waits for sockets and libcurl's timer, until `until` at most, and lets libcurl go on with what is ready.
  Result<void> look(Clock::time_point until) {
    const auto left = std::chrono::ceil<Milliseconds>(std::min(until, timer_) - now());
    std::array<epoll_event, 64> events{};
    const auto most = static_cast<int>(events.size());
    const int wait = until == Clock::time_point::min()
                         ? 0
                         : static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
    const int ready = epoll_wait(epoll_, events.data(), most, wait);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<size_t>(i)];
      const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                       ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
      DEW_CHECK(act(event.data.fd, what));
    }
    if (now() < timer_) return {};
    timer_ = Clock::time_point::max();
    return act(CURL_SOCKET_TIMEOUT, 0);
  }

  static tl::unexpected<Error> failure(CURLMcode code) {
    return work_error(std::string("libcurl: ") + curl_multi_strerror(code));
  }

  static Result<void> open_files(Flight& flight) {
    const HttpRequest& request = flight.request;
    if (!request.download.empty()) {
      flight.file.reset(std::fopen(request.download.c_str(), "wb"));
      if (!flight.file)
        return work_error("cannot write the server's reply to a file", request.download.string());
    }
    if (request.upload.empty()) return {};
    flight.form.reset(curl_mime_init(flight.easy.get()));
    curl_mimepart* purpose = curl_mime_addpart(flight.form.get());
    curl_mime_name(purpose, "purpose");
    curl_mime_data(purpose, "batch", CURL_ZERO_TERMINATED);
    curl_mimepart* file = curl_mime_addpart(flight.form.get());
    curl_mime_name(file, "file");
    if (curl_mime_filedata(file, request.upload.c_str()) != CURLE_OK)
      return work_error("cannot read the file to upload", request.upload.string());
    return {};
  }

  void forget() {
    for (const auto& [key, flight] : flights_) curl_multi_remove_handle(multi_.get(), flight->easy.get());
    flights_.clear();
  }

  std::vector<HttpReply> collect() {
    std::vector<HttpReply> ended;
    int waiting = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &waiting)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Flight* flight = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
      curl_multi_remove_handle(multi_.get(), message->easy_handle);
      ended.push_back(finish(code, *flight));
      flights_.erase(flight);
    }
    return ended;
  }

  static HttpReply finish(CURLcode code, Flight& flight) {
    HttpReply reply = std::move(flight.reply);
    if (flight.file && std::fflush(flight.file.get()) != 0) flight.too_long = true;
    flight.file.reset();
    reply.delivery = delivery_of(code, flight);
    long status = 0;
    curl_easy_getinfo(flight.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    reply.sent = is_sent(flight);
    if (flight.sent_once)
      reply.trouble = "the server closed it without a reply";
    else if (code != CURLE_OK)
      reply.trouble = flight.trouble[0] != '\0' ? flight.trouble.data() : curl_easy_strerror(code);
    return reply;
  }

  int epoll_;
  Clock::time_point timer_ = Clock::time_point::max();
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::map<const Flight*, std::unique_ptr<Flight>> flights_;
};

}  // namespace

Result<std::unique_ptr<Transport>> make_transport() {
  DEW_CHECK(start_curl());
  std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
  if (!multi) return work_error("libcurl cannot start");
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return work_error(std::string("cannot watch sockets: ") + std::strerror(errno));
  return std::make_unique<CurlTransport>(std::move(multi), epoll);
}

}  // namespace dew::teacher
