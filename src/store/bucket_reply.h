// What a bucket's server answers where it does not do what was asked, for people.
#pragma once

#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::store {

/// A reply without its good news.
struct BucketReply {
  int status = 0;
  std::string body;    ///< at most as much as was kept of it; S3's errors are XML
  std::string region;  ///< x-amz-bucket-region, where the server tells it
  std::string region_used;
};

/// The text between <name> and </name>, wherever it stands, with XML's five entities read; printable, at most
/// 300 bytes. Empty: there is none.
std::string xml_text(std::string_view body, std::string_view name);

/// Whether the same request may go well a moment later: 408, 429, all of 5xx but 501, and RequestTimeout.
bool is_passing(const BucketReply& reply);

/// What happened and what to do. What the server wrote is cut and made printable; `where` is the object.
tl::unexpected<Error> explain(const BucketReply& reply, const std::string& where);

}  // namespace dew::store
