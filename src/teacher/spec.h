// spec: which teacher a person means, and its key.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/base.h"
#include "teacher/teacher.h"

namespace dew::teacher {

/// A chat-completions server. `key` is for the Authorization header and for nothing else.
struct Server {
  std::string url;  ///< of the endpoint, ".../v1/chat/completions"; shown in errors, so never with a key
  std::string key;  ///< empty: none is sent
  bool key_withheld = false;  ///< there is one, but it would be sent unencrypted
  bool direct = false;        ///< it is this machine: no proxy
  bool azure = false;         ///< the key goes into Azure's own header
};

struct OpenAiSpec {
  std::string model;
  std::string base_url;           ///< "https://api.openai.com/v1"
  bool from_environment = false;  ///< the URL came from OPENAI_BASE_URL, beside the key
  bool azure = false;             ///< the model is a deployment there, and the URL the resource's endpoint
};

struct ReplaySpec {
  fs::path file;
};

/// The headers of a request to `server`, "Name: value"; with its key where it has one.
std::vector<std::string> headers_of(const Server& server);

using Spec = std::variant<OpenAiSpec, ReplaySpec>;

/// `openai:gpt-4o`, `azure:DEPLOYMENT`, `http://127.0.0.1:8080/v1#model`, `replay:answers.jsonl`. Errors
/// (usage) say which forms there are.
Result<Spec> parse_spec(const std::string& spec, const TeacherOptions& options);

/// The server with its key from OPENAI_API_KEY; Azure's from AZURE_OPENAI_API_KEY, its endpoint from
/// AZURE_OPENAI_ENDPOINT and its version from OPENAI_API_VERSION. The key goes to https servers, to this
/// machine, and to the server in OPENAI_BASE_URL; never unencrypted to a host that only the command line
/// names. Errors (usage): not a URL, a password or a query in it, api.openai.com without a key, an invalid
/// key.
Result<Server> find_server(const OpenAiSpec& spec);

}  // namespace dew::teacher
