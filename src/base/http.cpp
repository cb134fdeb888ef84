#include "base/http.h"

#include <algorithm>

#include "base/curl.h"
#include "base/text.h"

namespace dew {
namespace {

struct Transfer {
  std::string body;
  int64_t limit;
  bool too_long = false;
  Watch& watch;
};

size_t receive(char* bytes, size_t one, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (static_cast<int64_t>(transfer.body.size() + one * count) > transfer.limit) {
    transfer.too_long = true;
    return 0;
  }
  transfer.body.append(bytes, one * count);
  transfer.watch.advance(static_cast<int64_t>(transfer.body.size()) / 1024);
  return one * count;
}

bool is_web_address(const std::string& url) {
  const std::string start = lower(url.substr(0, 8));
  return start.starts_with("https://") || start.starts_with("http://");
}

}  // namespace

std::string shown_url(const std::string& url) {
  constexpr size_t kShown = 300;
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return printable(url, kShown);
  const size_t host = scheme + 3;
  const size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const size_t at = url.substr(0, end).rfind('@');
  return printable(at == std::string::npos || at < host ? url : url.substr(0, host) + url.substr(at + 1),
                   kShown);
}

Result<std::string> download(const std::string& url, int64_t limit, Watch& watch) {
  const std::string where = shown_url(url);
  if (!is_web_address(url))
    return usage_error("this is not an http or https address", where, "begin it with https://");
  DEW_TRY(const CurlEasy easy, open_easy());
  Transfer transfer{{}, limit, false, watch};
  CurlLimits limits;
  limits.connect = std::chrono::seconds(30);
  limits.whole = std::chrono::hours(1);
  limits.silence = std::chrono::minutes(1);
  limits.redirects = 5;
  set_up(easy.get(), url, limits, &watch);
  curl_easy_setopt(easy.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &receive);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &transfer);
  watch.begin("downloading, KiB", 0);
  const CURLcode code = curl_easy_perform(easy.get());
  watch.end();
  if (code == CURLE_OK) return std::move(transfer.body);
  if (code == CURLE_ABORTED_BY_CALLBACK) return interrupted_error();
  if (transfer.too_long)
    return work_error("the file is larger than " + with_commas(limit) + " bytes", where,
                      "check that the address is the file's own");
  if (code == CURLE_HTTP_RETURNED_ERROR) {
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    return work_error("the server answers with status " + std::to_string(status), where,
                      "check the address in a browser");
  }
  return work_error(std::string("cannot download: ") + curl_easy_strerror(code), where,
                    "check the address and the network; nothing was kept");
}

}  // namespace dew
