// server: HTTP on one address, with everything that holds for all requests: who may ask, limits, headers, the
// page's files. What is answered under /api is told by handlers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "studio/guard.h"
#include "studio/page.h"
#include "studio/reply.h"
#include "verbs/phone/local_identity.h"

namespace httplib {
class Server;
}

namespace dew::studio {

/// The bytes of a picture or a file.
struct Bytes {
  std::string bytes;
  std::string type;       ///< "image/jpeg"
  std::string etag;       ///< with its quotation marks; empty: it is not kept by browsers
  std::string file_name;  ///< to save it by; empty: it is shown
  /// The Content-Security-Policy it is shown under; empty: the studio's own.
  std::string policy = {};
};

/// Gives the body of a request piece by piece to `take`, until that says false. False: it was not read to its
/// end.
using ReadBody = std::function<bool(const std::function<bool(const char* data, size_t size)>& take)>;

class Server {
 public:
  static constexpr size_t kMostJson = size_t{1} << 20;    ///< bytes of a JSON body
  static constexpr size_t kMostUpload = size_t{4} << 30;  ///< bytes of an uploaded file

  /// Listens, and answers nothing yet. `port` 0: any that is free. `session`: the cookie's secret. `own`:
  /// what it shows by https; null: it speaks http. Error: the port is taken, or the address is none of this
  /// machine's.
  static Result<std::unique_ptr<Server>> open(const std::string& address, int port, Page page,
                                              const std::string& session, const verbs::LocalIdentity* own);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  ///< stop()

  // Patterns are regular expressions of the whole path; handlers run in many threads at once.
  void get(const std::string& pattern, std::function<Reply<Json>(const httplib::Request&)> handle);
  void get_bytes(const std::string& pattern, std::function<Reply<Bytes>(const httplib::Request&)> handle);
  /// `handle` writes the response itself.
  void get_stream(const std::string& pattern,
                  std::function<void(const httplib::Request&, httplib::Response&)> handle);
  void post(const std::string& pattern, int status,
            std::function<Reply<Json>(const httplib::Request&, const Json& body)> handle);
  /// A file's bytes, application/octet-stream.
  void post_bytes(const std::string& pattern, int status,
                  std::function<Reply<Json>(const httplib::Request&, const ReadBody& read)> handle);

  /// From now on it answers.
  void start();
  /// Waits for the requests that are being answered.
  void stop();
  [[nodiscard]] const Guard& guard() const { return *guard_; }
  [[nodiscard]] int port() const { return port_; }

 private:
  Server(Page page, std::unique_ptr<httplib::Server> http);
  bool refuse_stranger(const httplib::Request& request, httplib::Response& response) const;
  void give_page(const httplib::Request& request, httplib::Response& response) const;

  Page page_;
  std::unique_ptr<httplib::Server> http_;
  std::unique_ptr<Guard> guard_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace dew::studio
