// studio: a page that shows every stage of a project, served to this machine's browser. It calls the verbs,
// as the command line does, and decides nothing itself.
#pragma once

#include <memory>
#include <string>

#include "base/base.h"
#include "verbs/common/outcome.h"

namespace dew::studio {

struct StudioArgs {
  fs::path project;                   ///< any folder inside it
  std::string address = "127.0.0.1";  ///< to listen on, an address of this machine
  int port = 0;                       ///< 0: 8484, or any other where that is taken
  bool insecure = false;              ///< beyond loopback without TLS: others can read what is sent
  fs::path authority;                 ///< whose certificate is shown beyond loopback; empty: the user's own
  bool open_browser = true;
  fs::path page;                ///< folder of the built page; empty: where it lies beside the program
  std::string by = "somebody";  ///< who decides, for labels' origin
};

/// A server that runs in threads of its own while this object lives. Its end asks running jobs to stop, and
/// waits for them; the verbs go on where they stopped.
class Studio {
 public:
  /// Beyond loopback it speaks https, with a certificate of this machine's own authority. Error (usage): no
  /// project there, no address; (work): the port is taken.
  static Result<std::unique_ptr<Studio>> open(const StudioArgs& args, Watch& watch);
  Studio(const Studio&) = delete;
  Studio& operator=(const Studio&) = delete;
  ~Studio();

  /// "http://127.0.0.1:8484/?token=...": whoever has it is let in.
  [[nodiscard]] std::string url() const;
  /// The same for one use. Error: no random numbers.
  [[nodiscard]] Result<std::string> opening_url() const;

 private:
  struct Inside;
  explicit Studio(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

struct StudioOutcome : verbs::Outcome {
  std::string address;  ///< "http://127.0.0.1:8484/", without the token
  double seconds = 0;   ///< that it ran
};

/// Serves until the watch is interrupted, which is its proper end. The address to open is told to the watch.
/// Errors as Studio::open().
Result<StudioOutcome> serve(const StudioArgs& args, Watch& watch);

verbs::Json to_json(const StudioOutcome& outcome);

}  // namespace dew::studio
