#include "base/curl.h"

#include <cstdlib>

#include "base/text.h"

namespace dew {
namespace {

int stop_if_interrupted(void* watch, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Watch*>(watch)->interrupted() ? 1 : 0;
}

}  // namespace

Result<void> start_curl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return work_error(std::string("libcurl: ") + curl_easy_strerror(ready));
  return {};
}

Result<CurlEasy> open_easy() {
  DEW_CHECK(start_curl());
  CurlEasy easy(curl_easy_init());
  if (!easy) return work_error("libcurl cannot open a request");
  return easy;
}

void set_up(CURL* easy, const std::string& url, const CurlLimits& limits, const Watch* watch) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, limits.redirects > 0 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, limits.redirects);
  const bool tls = lower(url.substr(0, 6)) == "https:";
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "http,https");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "dewdrop");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.whole.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.silence.count()));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (const char* bundle = std::getenv("CURL_CA_BUNDLE"); bundle != nullptr && *bundle != '\0')
    curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
  if (watch == nullptr) return;
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &stop_if_interrupted);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, static_cast<const void*>(watch));
}

}  // namespace dew
