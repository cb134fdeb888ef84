// spec: which teacher a person means, and its key.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/base.h"
#include "teacher/teacher.h"

namespace dew::teacher {

/// A header of dewdrop.toml or of OpenAI's variables.
struct ExtraHeader {
  std::string name;
  std::string value;
  std::vector<std::string> secrets;  ///< the parts of the value that variables named in dewdrop.toml hold
  std::vector<std::string> variables = {};  ///< the names of these
};

/// A chat-completions server. `key` is for the Authorization header and for nothing else.
struct Server {
  std::string url;  ///< of the endpoint, ".../v1/chat/completions"; shown in errors, so never with a key
  std::string key;  ///< empty: none is sent
  std::vector<std::string> withheld = {};  ///< variables that would be sent unencrypted, and are not
  bool direct = false;                     ///< it is this machine: no proxy
  bool azure = false;                      ///< the key goes into Azure's own header
  std::vector<ExtraHeader> headers = {};   ///< sent with each request
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

/// The headers of a request to `server`, "Name: value"; with its key where it has one. An Authorization
/// header of dewdrop.toml takes the key's place.
std::vector<std::string> headers_of(const Server& server);

/// The variables that are to open the server, as they are sent to it: that of the key, or of what takes its
/// place, and those of further headers. Where nothing is sent, the one that a key would come from.
std::vector<std::string> key_variables(const Server& server);

/// Replaces the key and the secrets of headers in what a server sent: a server may echo the request, and its
/// reply is stored and shown.
void hide_secrets(const Server& server, std::string& text);

using Spec = std::variant<OpenAiSpec, ReplaySpec>;

/// `openai:gpt-6-luna`, `azure:DEPLOYMENT`, `http://127.0.0.1:8080/v1#model`, `replay:answers.jsonl`. Errors
/// (usage) say which forms there are.
Result<Spec> parse_spec(const std::string& spec, const TeacherOptions& options);

/// The server with its key from OPENAI_API_KEY; Azure's from AZURE_OPENAI_API_KEY, its endpoint from
/// AZURE_OPENAI_ENDPOINT and its version from OPENAI_API_VERSION. The key goes to https servers, to this
/// machine, and to the server in OPENAI_BASE_URL; never unencrypted to a host that only the command line
/// names. The same holds for headers with a variable in them. OPENAI_ORG_ID (or OPENAI_ORGANIZATION) and
/// OPENAI_PROJECT_ID (or OPENAI_PROJECT) go to api.openai.com and to the server in OPENAI_BASE_URL.
/// `headers` are "Name: text with $VARIABLES". Errors (usage): not a URL, a password or a query in it,
/// api.openai.com without a key, an invalid key, a header that cannot be sent or holds a secret itself, a
/// variable that is not set.
Result<Server> find_server(const OpenAiSpec& spec, const std::vector<std::string>& headers = {});

/// The same for those who send nothing: neither key nor headers are looked for. Errors (usage): not a URL, a
/// password or a query in it.
Result<Server> server_without_keys(const OpenAiSpec& spec);

}  // namespace dew::teacher
