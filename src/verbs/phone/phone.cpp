#include "verbs/phone/phone.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "base/loopback.h"
#include "base/secret.h"
#include "base/serving.h"
#include "verbs/deploy/deploy.h"
#include "verbs/phone/addresses.h"
#include "verbs/phone/local_identity.h"
#include "verbs/phone/qr_code.h"
#include "verbs/phone/returned.h"
#include "verbs/phone/trust.h"

namespace dew::verbs {
namespace {

constexpr size_t kThreads = 32;
constexpr time_t kPatience = 5;        ///< seconds without a byte
constexpr size_t kSecretLetters = 32;  ///< 128 bits: the QR code stays small
constexpr const char* kEverywhere = "0.0.0.0";

void say(httplib::Response& response, int status, const Json& body) {
  response.status = status;
  response.set_content(body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n", "application/json");
}

/// A server and the thread that it runs in.
class Serving {
 public:
  explicit Serving(std::unique_ptr<httplib::Server> server) : server_(std::move(server)) {
    server_->set_socket_options(keep_port);
    server_->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_->set_payload_max_length(ReturnedPictures::kLargest);
    server_->set_read_timeout(kPatience, 0);
    server_->set_write_timeout(kPatience, 0);
    server_->set_keep_alive_timeout(kPatience);
    server_->set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      const bool large = response.status == 413;
      say(response, response.status,
          {{"error", large ? fmt::format("the picture has more than {} MiB: send a smaller one",
                                         ReturnedPictures::kLargest >> 20U)
                           : "nothing is here"}});
    });
    server_->set_default_headers({{"X-Content-Type-Options", "nosniff"},
                                  {"Referrer-Policy", "no-referrer"},
                                  {"Cache-Control", "no-cache"}});
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;
  ~Serving() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }

  /// The port that it got.
  Result<int> start(const std::string& host, int port) {
    const int got = port == 0                           ? server_->bind_to_any_port(host)
                    : server_->bind_to_port(host, port) ? port
                                                        : -1;
    if (got <= 0)
      return work_error("cannot listen there: the port is taken, or the address is not this machine's",
                        fmt::format("{}:{}", host, port),
                        "choose another port (--port 9443), or an address of this machine (--listen)");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return got;
  }
  httplib::Server& server() { return *server_; }

 private:
  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
};

/// Whether the Host of a request is one that the page was opened by: a name of somebody else's that leads
/// here (DNS rebinding) is the way of another site's page to this one. What is written as a number leads
/// nowhere else.
bool is_own_host(const std::string& header, const Authority* authority) {
  const bool has_port = header.find(':') != std::string::npos && !header.ends_with(']');
  std::string name = lower(has_port ? header.substr(0, header.rfind(':')) : header);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  in6_addr any{};
  const bool number =
      ::inet_pton(AF_INET, name.c_str(), &any) == 1 || ::inet_pton(AF_INET6, name.c_str(), &any) == 1;
  return number || is_loopback(name) || (authority != nullptr && authority->vouches_for(name));
}

void refuse_foreign_names(httplib::Server& server, const Authority* authority) {
  server.set_pre_routing_handler([authority](const httplib::Request& request, httplib::Response& response) {
    using Next = httplib::Server::HandlerResponse;
    if (request.get_header_value_count("Host") == 1 &&
        is_own_host(request.get_header_value("Host"), authority))
      return Next::Unhandled;
    say(response, 403, {{"error", "this page does not go by that name: open it by its QR code"}});
    return Next::Handled;
  });
}

/// The page's files, and pictures that come back.
class Page {
 public:
  Page(deploy::Files files, std::string secret, ReturnedPictures* returned)
      : files_(std::move(files)), secret_(std::move(secret)), returned_(returned) {}

  void serve_on(httplib::Server& server) {
    server.Get(R"(/([^/]*))", [this](const httplib::Request& request, httplib::Response& response) {
      const std::string asked = request.matches[1];
      const auto file = files_.find(asked.empty() ? "index.html" : asked);
      if (file == files_.end()) return say(response, 404, {{"error", "nothing is here"}});
      response.set_content(file->second, content_type(file->first));
    });
    server.Post("/back", [this](const auto& request, auto& response) { take(request, response); });
  }
  [[nodiscard]] int64_t refused() const { return refused_; }

 private:
  void take(const httplib::Request& request, httplib::Response& response) {
    const auto refuse = [&](int status, const std::string& error) {
      ++refused_;
      say(response, status, {{"error", error}});
    };
    if (returned_ == nullptr) return refuse(409, "this net is no project's: nothing takes pictures back");
    if (!same_secret(request.get_header_value("X-Dewdrop-Secret"), secret_))
      return refuse(401, "open the page by its QR code: its address holds the secret that this needs");
    if (const auto taken = returned_->take(request.body); !taken)
      return refuse(taken.error().fault == Fault::kUsage ? 415 : 507, taken.error().what);
    say(response, 202, {{"pictures", returned_->taken()}});
  }

  deploy::Files files_;
  std::string secret_;
  ReturnedPictures* returned_;
  std::atomic<int64_t> refused_ = 0;
};

void serve_trust(httplib::Server& server, const Authority& authority, const std::string& home) {
  const auto give = [&server](const std::string& path, std::string bytes, std::string type) {
    server.Get(path, [bytes = std::move(bytes), type = std::move(type)](
                         const auto&, httplib::Response& response) { response.set_content(bytes, type); });
  };
  give("/trust", trust_page(authority, home), "text/html; charset=utf-8");
  give("/dewdrop.crt", authority.der(), "application/x-x509-ca-cert");
  give("/dewdrop.mobileconfig", mobile_config(authority), "application/x-apple-aspen-config");
  server.Get(".*", [](const auto&, httplib::Response& response) { response.set_redirect("/trust"); });
}

struct Servers {
  std::unique_ptr<LocalIdentity> own;  ///< null: the page is for this machine alone
  std::unique_ptr<Serving> page;
  std::unique_ptr<Serving> trust;  ///< null as well
};

Result<Servers> open_servers(const PhoneArgs& args, Page& page, const std::string& secret, PhoneDoor& door,
                             Watch& watch) {
  Servers servers;
  if (is_loopback(args.listen)) {
    servers.page = std::make_unique<Serving>(std::make_unique<httplib::Server>());
    refuse_foreign_names(servers.page->server(), nullptr);
    page.serve_on(servers.page->server());
    DEW_TRY(const int port, servers.page->start(args.listen, args.port));
    door.home = fmt::format("http://{}:{}/#back={}", args.listen, port, secret);
    return servers;
  }
  DEW_TRY(LocalIdentity own, local_identity(args.listen, args.authority, watch));
  servers.own = std::make_unique<LocalIdentity>(std::move(own));
  const auto& [authority, identity, host] = *servers.own;
  servers.page = std::make_unique<Serving>(
      std::make_unique<httplib::SSLServer>(identity.certificate.get(), identity.key.get()));
  refuse_foreign_names(servers.page->server(), &authority);
  page.serve_on(servers.page->server());
  const std::string listen = args.listen.empty() ? kEverywhere : args.listen;
  DEW_TRY(const int port, servers.page->start(listen, args.port));
  door.home = fmt::format("https://{}:{}/#back={}", host, port, secret);
  servers.trust = std::make_unique<Serving>(std::make_unique<httplib::Server>());
  // Without the secret: everybody in the network can read this page.
  serve_trust(servers.trust->server(), authority, door.home.substr(0, door.home.find('#')));
  DEW_TRY(const int trust, servers.trust->start(listen, args.port == 0 ? 0 : args.port + 1));
  door.trust = fmt::format("http://{}:{}/trust", host, trust);
  door.fingerprint = authority.fingerprint();
  return servers;
}

}  // namespace

Result<PhoneOutcome> serve_phone(const PhoneArgs& args, Watch& watch) {
  DEW_CHECK(check_own_address(args.listen));  // before anything is made for it
  DEW_TRY(Packed packed, pack(args.model, "web"));
  std::unique_ptr<ReturnedPictures> returned;
  if (packed.net) {
    DEW_TRY(Project project, project_of(args.model));
    returned = std::make_unique<ReturnedPictures>(std::move(project));
  }
  DEW_TRY(std::string secret, random_secret());
  secret.resize(kSecretLetters);
  Page page(std::move(packed.files), secret, returned.get());
  PhoneDoor door;
  PhoneOutcome outcome;
  {
    DEW_TRY(const Servers servers, open_servers(args, page, secret, door, watch));
    door.code = qr_code(door.home);
    args.open(door);
    while (!watch.interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  outcome.net = packed.net;
  outcome.refused = page.refused();
  if (returned) {
    Watch quiet;  // the interrupt ended the serving, and not this
    DEW_CHECK(returned->finish(quiet));
    outcome.pictures = returned->taken();
  }
  if (outcome.pictures > 0) outcome.next = "label";
  return outcome;
}

Json to_json(const PhoneOutcome& outcome) {
  Json keys = net_keys(outcome.net);
  keys["pictures"] = outcome.pictures;
  keys["refused"] = outcome.refused;
  return keys;
}

}  // namespace dew::verbs
