// curl: the one way in which libcurl is set up. For the rooms that send requests of their own; whoever only
// fetches a file uses http.h.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/watch.h"

namespace dew {

struct CleanUpEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeHeaders {
  void operator()(curl_slist* headers) const { curl_slist_free_all(headers); }
};
using CurlEasy = std::unique_ptr<CURL, CleanUpEasy>;
using CurlHeaders = std::unique_ptr<curl_slist, FreeHeaders>;

/// Initialises libcurl, once for the process.
Result<void> start_curl();

/// A handle for one request after the other; starts libcurl where that has not been done.
Result<CurlEasy> open_easy();

/// What the requests differ in.
struct CurlLimits {
  std::chrono::milliseconds connect{15'000};  ///< until the connection stands
  std::chrono::milliseconds whole{0};         ///< from the start to the last byte; 0: no limit
  std::chrono::seconds silence{0};            ///< without a byte; 0: no limit
  long redirects = 0;                         ///< to follow; from https only to https
};

/// http and https only, certificates verified (by CURL_CA_BUNDLE's where that is set, as the curl tool does),
/// no signals, our user agent. Where there is a watch, an interrupt ends the request with
/// CURLE_ABORTED_BY_CALLBACK; the watch must outlive the request.
void set_up(CURL* easy, const std::string& url, const CurlLimits& limits, const Watch* watch = nullptr);

}  // namespace dew
