// bucket_reply: the errors of a bucket's server, in words for people.
#pragma once

#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::store {

/// What is kept of a reply that may be an error.
struct BucketReply {
  int status = 0;
  std::string body;    ///< the first 16 KiB; S3's errors are XML
  std::string region;  ///< x-amz-bucket-region, where the server tells it
  std::string region_used;
};

/// The text of the first <name> element, XML's five entities decoded; printable, at most 300 bytes. Empty:
/// there is none.
std::string xml_text(std::string_view body, std::string_view name);

/// Whether the same request may succeed a moment later: 408, 429, 5xx except 501, and RequestTimeout.
bool is_passing(const BucketReply& reply);

/// What happened and what to do. The server's own words are shortened and made printable; `where` is the
/// object.
tl::unexpected<Error> explain(const BucketReply& reply, const std::string& where);

}  // namespace dew::store
