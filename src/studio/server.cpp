#include "studio/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>

#include "base/serving.h"

namespace dew::studio {
namespace {

using httplib::Request;
using httplib::Response;

constexpr size_t kThreads = 64;  // each answers one request, or feeds one page with events
constexpr time_t kPatience = 5;  // seconds without a byte of a request
constexpr size_t kMostDrained = size_t{8}
                                << 20;  // read of a body that is refused, so that the answer is seen

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src "
    "'self'; "
    "media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self'; base-uri 'none'; frame-ancestors "
    "'none'; form-action "
    "'none'";

void set_safe_headers(Response& response) {
  response.set_header("Content-Security-Policy", kPolicy);
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Cross-Origin-Resource-Policy", "same-origin");
  response.set_header("Cross-Origin-Opener-Policy", "same-origin");
}

bool is_api(const Request& request) {
  return request.path == "/api" || request.path.starts_with("/api/");
}

void say(const Request& request, Response& response, int status, const std::string& what,
         const std::string& next) {
  if (is_api(request)) return answer(response, Failure(status, {Fault::kUsage, what, {}, next}));
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(what + ".\n" + next + "\n", "text/plain; charset=utf-8");
}

/// Why a request is refused, whoever sent it.
struct Foreign {
  const char* what;
  const char* next;
};
std::optional<Foreign> foreign(const Request& request, const Guard& guard) {
  const std::string host = request.get_header_value("Host");
  if (request.get_header_value_count("Host") != 1 || !guard.is_own_host(host))
    return Foreign{"this studio does not go by that name", "open the address that dewdrop studio printed"};
  const std::string origin = request.get_header_value("Origin");
  const bool from_page = request.get_header_value_count("Origin") == 1 && guard.is_own_origin(origin, host);
  const bool needs_origin = request.method == "POST" || request.has_header("Origin");
  const std::string site = request.get_header_value("Sec-Fetch-Site");
  const bool from_elsewhere = is_api(request) && (site == "cross-site" || site == "same-site");
  if ((needs_origin && !from_page) || from_elsewhere)
    return Foreign{"the request comes from another page than the studio's", "use the studio's own page"};
  return std::nullopt;
}

bool has_type(const Request& request, const std::string& type) {
  const std::string said = lower(request.get_header_value("Content-Type"));
  return trim(said.substr(0, said.find(';'))) == type;
}

void drain(const Request& request, const httplib::ContentReader& read) {
  size_t drained = 0;
  const auto take = [&drained](const char*, size_t size) { return (drained += size) <= kMostDrained; };
  if (request.is_multipart_form_data())  // which httplib reads in parts, or not at all
    read([](const httplib::MultipartFormData&) { return true; }, take);
  else
    read(take);
}

Reply<Json> read_json(const Request& request, const httplib::ContentReader& read) {
  if (!has_type(request, "application/json")) {
    drain(request, read);
    return refuse(415, "the body must be JSON", {}, "send Content-Type: application/json");
  }
  std::string text;
  size_t size = 0;
  const bool whole = read([&](const char* data, size_t count) {
    size += count;
    if (size <= Server::kMostJson) text.append(data, count);
    return size <= Server::kMostJson + kMostDrained;
  });
  if (size > Server::kMostJson)
    return refuse(413, fmt::format("the body has more than {} bytes", Server::kMostJson), {},
                  "send less at a time");
  if (!whole) return refuse(400, "the body could not be read to its end", {}, "send it again");
  Json body = Json::parse(text, nullptr, false);
  if (body.is_discarded()) return refuse(400, "the body is no JSON", request.path, "send it whole, in UTF-8");
  return body;
}

void give(const Request& request, Response& response, const Bytes& found) {
  if (found.etag.empty()) {
    response.set_header("Cache-Control", "no-store");
  } else {
    response.set_header("ETag", found.etag);
    response.set_header("Cache-Control", "private, no-cache");
    if (request.get_header_value("If-None-Match") == found.etag) {
      response.status = 304;
      return;
    }
  }
  if (!found.policy.empty()) {
    response.headers.erase("Content-Security-Policy");  // two of them would both hold
    response.set_header("Content-Security-Policy", found.policy);
  }
  if (!found.file_name.empty())
    response.set_header("Content-Disposition", "attachment; filename=\"" + found.file_name + "\"");
  set_body(response, found.bytes, found.type);
}

}  // namespace

Server::Server(Page page, std::unique_ptr<httplib::Server> http)
    : page_(std::move(page)), http_(std::move(http)) {}

Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::open(const std::string& address, int port, Page page,
                                             const std::string& session, const verbs::LocalIdentity* own) {
  auto plain_or_not = own == nullptr ? std::make_unique<httplib::Server>()
                                     : std::make_unique<httplib::SSLServer>(own->identity.certificate.get(),
                                                                            own->identity.key.get());
  std::unique_ptr<Server> made(new Server(std::move(page), std::move(plain_or_not)));
  httplib::Server& http = *made->http_;
  http.set_socket_options(keep_port);
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_payload_max_length(kMostUpload);
  http.set_read_timeout(kPatience, 0);
  http.set_write_timeout(kPatience, 0);
  http.set_tcp_nodelay(true);
  // A connection a request: the rest of a body that was refused is never taken for the next request.
  http.set_keep_alive_max_count(1);
  made->port_ = port == 0 ? http.bind_to_any_port(address) : http.bind_to_port(address, port) ? port : -1;
  if (made->port_ <= 0)
    return work_error("cannot listen there: the port is taken, or the address is not this machine's",
                      fmt::format("{}:{}", printable(address), port),
                      "choose another: dewdrop studio --port 8485");
  DEW_TRY(Guard guard,
          Guard::create(address, made->port_, own == nullptr ? "" : own->host, own != nullptr, session));
  made->guard_ = std::make_unique<Guard>(std::move(guard));
  Server* const self = made.get();
  http.set_pre_routing_handler([self](const Request& request, Response& response) {
    using Next = httplib::Server::HandlerResponse;
    set_safe_headers(response);
    if (self->refuse_stranger(request, response)) return Next::Handled;
    if (is_api(request)) return Next::Unhandled;
    self->give_page(request, response);
    return Next::Handled;
  });
  http.set_error_handler([](const Request& request, Response& response) {
    if (!response.body.empty() || response.status == 304) return;
    if (!response.has_header("Content-Security-Policy")) set_safe_headers(response);
    const bool large = response.status == 413;
    say(request, response, response.status, large ? "the request is too large" : "nothing is here",
        large ? "send less at a time" : "the studio's page is at /");
  });
  http.set_exception_handler([](const Request&, Response& response, const std::exception_ptr&) {
    // No room throws in use: what comes here is a mistake of ours, or memory has run out.
    answer(response, Failure(500, {Fault::kWork, "unexpected failure", {}, "please report this as a bug"}));
  });
  return made;
}

bool Server::refuse_stranger(const Request& request, Response& response) const {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") {
    say(request, response, 405, "there is no such method here", "use GET or POST");
    return true;
  }
  if (request.ranges.size() > 1) {
    say(request, response, 416, "several ranges at once are not given", "ask for one");
    return true;
  }
  if (const auto fault = foreign(request, *guard_)) {
    say(request, response, 403, fault->what, fault->next);
    return true;
  }
  if (request.path == "/" && request.has_param("token") && guard_->admits(request.get_param_value("token"))) {
    response.set_header("Set-Cookie", guard_->cookie());
    response.set_header("Cache-Control", "no-store");
    response.set_redirect("/", 303);
    return true;
  }
  if (request.get_header_value_count("Cookie") == 1 && guard_->knows(request.get_header_value("Cookie")))
    return false;
  say(request, response, 401, "this browser has not been let in, or the studio was started again",
      "open the address that dewdrop studio printed, with its token");
  return true;
}

void Server::give_page(const Request& request, Response& response) const {
  if (request.method == "POST") return say(request, response, 405, "nothing can be sent there", "see /api");
  if (page_.empty() && request.path == "/") {
    response.status = 503;
    response.set_content(page_is_missing(page_folder()), "text/plain; charset=utf-8");
    return;
  }
  const PageFile* const file = page_.find(request.path);
  if (file == nullptr) return say(request, response, 404, "nothing is here", "the studio's page is at /");
  response.status = 200;
  give(request, response, {file->bytes, file->type, file->etag, {}});
}

void Server::get(const std::string& pattern, std::function<Reply<Json>(const Request&)> handle) {
  http_->Get(pattern, [handle = std::move(handle)](const Request& request, Response& response) {
    const auto reply = handle(request);
    if (!reply) return answer(response, reply.error());
    answer(response, 200, *reply);
  });
}

void Server::get_bytes(const std::string& pattern, std::function<Reply<Bytes>(const Request&)> handle) {
  http_->Get(pattern, [handle = std::move(handle)](const Request& request, Response& response) {
    const auto reply = handle(request);
    if (!reply) return answer(response, reply.error());
    response.status = 200;
    give(request, response, *reply);
  });
}

void Server::get_stream(const std::string& pattern, std::function<void(const Request&, Response&)> handle) {
  http_->Get(pattern, std::move(handle));
}

void Server::post(const std::string& pattern, int status,
                  std::function<Reply<Json>(const Request&, const Json&)> handle) {
  http_->Post(pattern, [status, handle = std::move(handle)](const Request& request, Response& response,
                                                            const httplib::ContentReader& read) {
    const auto body = read_json(request, read);
    if (!body) return answer(response, body.error());
    const auto reply = handle(request, *body);
    if (!reply) return answer(response, reply.error());
    answer(response, status, *reply);
  });
}

void Server::post_bytes(const std::string& pattern, int status,
                        std::function<Reply<Json>(const Request&, const ReadBody&)> handle) {
  http_->Post(pattern, [status, handle = std::move(handle)](const Request& request, Response& response,
                                                            const httplib::ContentReader& read) {
    if (!has_type(request, "application/octet-stream")) {
      drain(request, read);
      return answer(response, Failure(415, {Fault::kUsage,
                                            "the body must be a file's bytes",
                                            {},
                                            "send Content-Type: application/octet-stream"}));
    }
    const ReadBody body = [&read](const auto& take) { return read(take); };
    const auto reply = handle(request, body);
    if (!reply) return answer(response, reply.error());
    answer(response, status, *reply);
  });
}

void Server::start() {
  // What no handler takes is not read into memory, as httplib would.
  http_->Post(".*", [](const Request& request, Response& response, const httplib::ContentReader& read) {
    drain(request, read);
    answer(response, Failure(404, {Fault::kUsage, "nothing is here", {}, "the studio's page is at /"}));
  });
  thread_ = std::thread([this] { http_->listen_after_bind(); });
  while (!http_->is_running())
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // stop() needs that
}

void Server::stop() {
  http_->stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace dew::studio
