// One file over HTTP by libcurl.
#include "verbs/backbone/download.h"

#include <curl/curl.h>

#include <memory>

namespace dew {
namespace {

struct Transfer {
  std::string body;
  int64_t limit = 0;
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

int progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->watch.interrupted() ? 1 : 0;
}

}  // namespace

std::string shown_url(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return printable(url, 300);
  const size_t host = scheme + 3;
  const size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const size_t at = url.substr(0, end).rfind('@');
  return printable(at == std::string::npos || at < host ? url : url.substr(0, host) + url.substr(at + 1),
                   300);
}

Result<std::string> download(const std::string& url, int64_t limit, Watch& watch) {
  const std::string where = shown_url(url);
  if (url.rfind("https://", 0) != 0 && url.rfind("http://", 0) != 0)
    return usage_error("this is no http or https address", where);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), curl_easy_cleanup);
  if (!easy) return work_error("libcurl cannot begin", where);
  Transfer transfer{{}, limit, false, watch};
  watch.begin("fetching, KiB", 0);
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_REDIR_PROTOCOLS_STR,
                   url.rfind("https://", 0) == 0 ? "https" : "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(easy.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, 3600L);
  curl_easy_setopt(easy.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy.get(), CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(easy.get(), CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl_easy_perform(easy.get());
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  watch.end();
  if (code == CURLE_ABORTED_BY_CALLBACK) return interrupted_error();
  if (transfer.too_long)
    return work_error("the file is larger than " + with_commas(limit) + " bytes", where,
                      "give the address of a backbone");
  if (code == CURLE_HTTP_RETURNED_ERROR)
    return work_error("the server answers with status " + std::to_string(status), where,
                      "check the address in a browser");
  if (code != CURLE_OK)
    return work_error(std::string("cannot fetch it: ") + curl_easy_strerror(code), where,
                      "check address and network; nothing was kept");
  return std::move(transfer.body);
}

}  // namespace dew
