// Reads teacher specs, base URLs and the key's environment variable.
#include "teacher/spec.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>

#include "teacher/headers.h"

namespace dew::teacher {
namespace {

constexpr std::string_view kForms =
    "name it as openai:gpt-6-luna, batch:gpt-6-luna, azure:DEPLOYMENT, http://127.0.0.1:8080/v1#model or "
    "replay:answers.jsonl";
constexpr std::string_view kOpenAi = "https://api.openai.com/v1";
constexpr std::string_view kEndpoint = "/chat/completions";
constexpr size_t kWorthHiding = 8;  ///< shorter ones ("none", "ollama") are placeholders, and words

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return trim(value != nullptr ? value : "");
}

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

bool is_url(std::string_view text) {
  return begins(lower(text), "http://") || begins(lower(text), "https://");
}

Result<Spec> openai_spec(std::string model, const TeacherOptions& options) {
  if (model.empty()) model = options.model;
  if (model.empty()) return usage_error("no model is named", "openai:", std::string(kForms));
  if (!options.base_url.empty()) return OpenAiSpec{model, options.base_url, false};
  if (std::string url = environment("OPENAI_BASE_URL"); !url.empty()) return OpenAiSpec{model, url, true};
  return OpenAiSpec{model, std::string(kOpenAi), false};
}

Result<Spec> url_spec(const std::string& spec, const TeacherOptions& options) {
  const size_t hash = spec.find('#');
  const std::string url = spec.substr(0, hash);
  const std::string model = hash == std::string::npos ? options.model : spec.substr(hash + 1);
  // Without `where`: the URL has not been looked at, and may hold a password.
  if (model.empty())
    return usage_error("the server's URL does not name a model", {},
                       "append the model's name: http://127.0.0.1:8080/v1#model");
  return OpenAiSpec{model, url, false};
}

Result<Spec> azure_spec(const std::string& deployment, const TeacherOptions& options) {
  const bool plain = std::all_of(deployment.begin(), deployment.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (deployment.empty() || !plain)
    return usage_error("'" + printable(deployment, 60) + "' is not the name of a deployment",
                       "azure:", "write azure:NAME, as the deployment is called in Azure");
  if (!options.base_url.empty()) return OpenAiSpec{deployment, options.base_url, false, true};
  std::string endpoint = environment("AZURE_OPENAI_ENDPOINT");
  if (endpoint.empty())
    return usage_error("AZURE_OPENAI_ENDPOINT is not set", "azure:" + deployment,
                       "export AZURE_OPENAI_ENDPOINT=https://NAME.openai.azure.com, or give --base-url");
  return OpenAiSpec{deployment, std::move(endpoint), true, true};
}

struct UrlParts {
  std::string scheme;
  std::string host;
};

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string result(text);
  curl_free(text);
  return result;
}

Result<UrlParts> split_url(const std::string& text) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || !is_url(text) || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return usage_error("the server's address is not a URL", {},
                       "write it as http://127.0.0.1:8080/v1 or https://host/v1");
  if (!part_of(url.get(), CURLUPART_USER).empty() || !part_of(url.get(), CURLUPART_PASSWORD).empty())
    return usage_error("the server's URL contains a user name or password", {},
                       "leave it out: a key comes from OPENAI_API_KEY only");
  if (!part_of(url.get(), CURLUPART_QUERY).empty())
    return usage_error("the server's URL has a query ('?...')", {},
                       "give the base URL only: http://127.0.0.1:8080/v1");
  return UrlParts{lower(part_of(url.get(), CURLUPART_SCHEME)), lower(part_of(url.get(), CURLUPART_HOST))};
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "[::1]" || begins(host, "127.");
}

/// What may stand in a header: a line break in the variable would end it.
bool could_be_key(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// https://learn.microsoft.com/azure/ai-services/openai/reference
std::string azure_endpoint(std::string base, const std::string& deployment) {
  constexpr std::string_view kVersion = "2024-10-21";
  while (!base.empty() && base.back() == '/') base.pop_back();
  std::string version = environment("OPENAI_API_VERSION");
  if (version.empty() || !std::all_of(version.begin(), version.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; }))
    version = kVersion;
  return base + "/openai/deployments/" + deployment + std::string(kEndpoint) + "?api-version=" + version;
}

std::string endpoint(std::string base) {
  while (!base.empty() && base.back() == '/') base.pop_back();
  if (base.size() >= kEndpoint.size() && base.substr(base.size() - kEndpoint.size()) == kEndpoint)
    return base;
  return base + std::string(kEndpoint);
}

/// OpenAI's two headers that say whose quota is used, by the names that its own libraries read.
Result<void> add_account(std::vector<ExtraHeader>& headers) {
  struct Account {
    const char* header;
    const char* variable;
    const char* other;
  };
  for (const Account& one : {Account{"OpenAI-Organization", "OPENAI_ORG_ID", "OPENAI_ORGANIZATION"},
                             Account{"OpenAI-Project", "OPENAI_PROJECT_ID", "OPENAI_PROJECT"}}) {
    const char* named = environment(one.variable).empty() ? one.other : one.variable;
    std::string value = environment(named);
    if (value.empty()) continue;
    if (!could_be_key(value))
      return usage_error(std::string(named) +
                             " contains a blank, a line break or another character that "
                             "its values do not have",
                         {}, "set it again, without quotes or line breaks");
    headers.push_back({one.header, std::move(value), {}, {}});
  }
  return {};
}

const char* key_variable(bool azure) {
  return azure ? "AZURE_OPENAI_API_KEY" : "OPENAI_API_KEY";
}

/// An Authorization header of dewdrop.toml takes the key's place.
bool sends_key(const Server& server) {
  return !server.key.empty() &&
         std::none_of(server.headers.begin(), server.headers.end(),
                      [](const ExtraHeader& header) { return lower(header.name) == "authorization"; });
}

void hide(const std::string& secret, std::string& text, std::string_view instead) {
  if (secret.size() < kWorthHiding) return;
  for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + instead.size()))
    text.replace(at, secret.size(), instead);
}

}  // namespace

std::vector<std::string> headers_of(const Server& server) {
  std::vector<std::string> lines = {"Content-Type: application/json"};
  for (const ExtraHeader& header : server.headers) lines.push_back(header.name + ": " + header.value);
  if (sends_key(server))
    lines.push_back((server.azure ? "api-key: " : "Authorization: Bearer ") + server.key);
  return lines;
}

std::vector<std::string> key_variables(const Server& server) {
  std::vector<std::string> variables;
  if (sends_key(server)) variables.emplace_back(key_variable(server.azure));
  for (const ExtraHeader& header : server.headers)
    variables.insert(variables.end(), header.variables.begin(), header.variables.end());
  if (variables.empty()) variables.emplace_back(key_variable(server.azure));
  return variables;
}

void hide_secrets(const Server& server, std::string& text) {
  hide(server.key, text, "[key]");
  for (const ExtraHeader& header : server.headers)
    for (const std::string& secret : header.secrets) hide(secret, text, "[secret]");
}

Result<Spec> parse_spec(const std::string& spec, const TeacherOptions& options) {
  if (begins(spec, "replay:")) {
    const std::string file = spec.substr(7);
    if (file.empty()) return usage_error("no answers file is named", spec, "write replay:answers.jsonl");
    return ReplaySpec{file};
  }
  if (begins(spec, "azure:")) return azure_spec(trim(spec.substr(6)), options);
  if (begins(spec, "batch:")) {
    if (!options.batches) return usage_error("the Batch API can only be used in a project", "batch:");
    return openai_spec(trim(spec.substr(6)), options);
  }
  if (begins(spec, "openai:")) return openai_spec(trim(spec.substr(7)), options);
  if (is_url(spec)) return url_spec(spec, options);
  return usage_error("there is no teacher '" + printable(spec) + "'", {}, std::string(kForms));
}

Result<Server> server_without_keys(const OpenAiSpec& spec) {
  DEW_CHECK(split_url(spec.base_url));
  Server server;
  server.azure = spec.azure;
  server.url = spec.azure ? azure_endpoint(spec.base_url, spec.model) : endpoint(spec.base_url);
  return server;
}

Result<Server> find_server(const OpenAiSpec& spec, const std::vector<std::string>& headers) {
  DEW_TRY(const auto parts, split_url(spec.base_url));
  const std::string variable = key_variable(spec.azure);
  std::string key = environment(variable.c_str());
  if (!could_be_key(key))
    return usage_error(
        variable + " contains a blank, a line break or another character that keys do not have", {},
        "set it again, without quotes or line breaks");
  if (key.empty() && parts.host == "api.openai.com")
    return usage_error("OPENAI_API_KEY is not set", spec.base_url,
                       "export OPENAI_API_KEY=..., or use a server of your own "
                       "(http://127.0.0.1:8080/v1#model) or recorded answers (replay:answers.jsonl)");
  DEW_TRY(auto extra, read_headers(headers));
  const bool here = is_this_machine(parts.host);
  const bool private_way = parts.scheme == "https" || here || spec.from_environment;
  DEW_TRY(Server server, server_without_keys(spec));
  if (!private_way && !key.empty()) server.withheld.push_back(variable);
  if (private_way) server.key = std::move(key);
  for (ExtraHeader& header : extra)
    if (private_way || header.secrets.empty())
      server.headers.push_back(std::move(header));
    else
      server.withheld.insert(server.withheld.end(), header.variables.begin(), header.variables.end());
  if (!spec.azure && (spec.from_environment || parts.host == "api.openai.com"))
    DEW_CHECK(add_account(server.headers));
  server.direct = here;
  return server;
}

}  // namespace dew::teacher
