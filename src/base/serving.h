// What all that serve HTTP share; httplib stays with them.
#pragma once

#include <sys/socket.h>

#include <filesystem>
#include <string>

namespace dew {

/// For httplib's set_socket_options(), in place of its SO_REUSEPORT: with that a second program would share
/// the port, and get half of the requests.
inline void keep_port(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

/// The Content-Type of a page's file, by its name; application/octet-stream where it says nothing.
std::string content_type(const std::filesystem::path& file);

}  // namespace dew
