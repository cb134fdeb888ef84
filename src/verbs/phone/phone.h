// `run --on phone`: serves the page that `deploy --to web` makes to a phone beside this machine, over https
// with a certificate of the machine's own authority, and takes back the pictures that the net was unsure of.
#pragma once

#include <functional>
#include <string>

#include "verbs/common/model.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// How a phone gets in.
struct PhoneDoor {
  std::string home;         ///< https address of the page, with the secret that lets it send pictures back
  std::string trust;        ///< http address of the page that hands the authority over; empty: none is needed
  std::string fingerprint;  ///< of the authority, SHA-256
  std::string code;         ///< the page's address as a QR code, lines for a terminal
};

struct PhoneArgs {
  ModelArgs model;
  std::string listen;  ///< an address of this machine; empty: all of them. Loopback: plain http
  int port = 8443;     ///< the page's; the next one is the trust page's. 0: any that are free
  fs::path authority;  ///< its folder; empty: the user's, below user_data_folder()
  /// Called once, when phones may come.
  std::function<void(const PhoneDoor&)> open = [](const PhoneDoor&) {};
};

struct PhoneOutcome : Outcome {
  std::optional<NetOfRun> net;
  int64_t pictures = 0;  ///< samples that came back
  int64_t refused = 0;   ///< pictures that did not: no JPEG, too large, without the secret
};

/// Serves until `watch` interrupts: that is its end and no error. Pictures come back to the project's own net
/// alone, at most 2,000 a run. Error: no model, no clang to make the page with, an address or port that
/// cannot be had, a disk that is full.
Result<PhoneOutcome> serve_phone(const PhoneArgs& args, Watch& watch);

Json to_json(const PhoneOutcome& outcome);

}  // namespace dew::verbs
