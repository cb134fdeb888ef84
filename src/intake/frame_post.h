// frame_post: boards post JPEGs to /frames/<camera> of a small HTTP server.
#pragma once

#include <string>

#include "intake/intake.h"

namespace dew::intake {

struct PostAddress {
  std::string host;  ///< an address of this machine; "0.0.0.0" is all
  int port = 0;
  /// Whether nobody but this machine can reach it.
  [[nodiscard]] bool loopback() const;
};

/// "127.0.0.1:8080", "[::1]:8080" or ":8080", which is 127.0.0.1. Error (usage): it is none of these.
Result<PostAddress> parse_post_address(const std::string& text);

/// Listens. POST /frames/<camera> with a JPEG as its body is answered with 202 once it waits to be looked at;
/// what is wrong with a 4xx and a JSON object {"error", "next"}: 400 the camera's name, 401 the token, 404
/// another path, 413 more bytes or pixels than the limits, 415 no JPEG, 429 too many cameras. `token`: every
/// request has the header "Authorization: Bearer <token>"; it may be empty on loopback only. Error (usage):
/// no token beyond loopback; (work): the port is taken.
Result<std::unique_ptr<Intake>> open_frame_post(const PostAddress& address, const std::string& token,
                                                const MediaLimits& limits, Host host);

/// DEWDROP_LISTEN_TOKEN; empty where it is not set.
std::string post_token();

}  // namespace dew::intake
