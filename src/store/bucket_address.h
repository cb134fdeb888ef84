// bucket_address: where an S3-compatible bucket is ("s3://bucket/prefix", server, region) and the keys to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/store.h"

namespace dew::store {

/// The two parts of "s3://bucket/prefix". `prefix` is empty, or ends with a '/'.
struct BucketName {
  std::string bucket;
  std::string prefix;
};

inline constexpr const char* kBucketAdvice =
    "it looks like s3://bucket/prefix: a bucket's name has 3 to 63 of a-z, 0-9, '.' and '-', a prefix "
    "letters, "
    "digits, '-', '.', '_', '~' and '/'";
inline constexpr const char* kEndpointAdvice =
    "it looks like https://minio.example:9000; keys belong in the environment, not here";

bool is_bucket(std::string_view media);  ///< begins with "s3://"
/// nullopt: not of this form. Only characters are allowed that need no escaping in URLs and signatures.
std::optional<BucketName> parse_bucket(std::string_view media);
/// "http(s)://host[:port][/path]", without user, password, query and fragment.
bool is_endpoint(std::string_view url);
bool is_region(std::string_view text);

/// What a request needs. The last three are secret: they appear in no error and no output.
struct BucketAddress {
  std::string shown;  ///< "s3://bucket/prefix/" for people
  std::string url;    ///< of the prefix, on the server; an object's key follows
  std::string region;
  std::string access_key;
  std::string secret_key;
  std::string session_token;  ///< empty: none
};

/// From the settings, else from the environment; the keys from the environment only. Servers other than
/// Amazon's get path-style addresses (http://host/bucket/key), Amazon's bucket.s3.region.amazonaws.com. Error
/// (usage): a variable is missing or not valid; it is named, but its value is not shown.
Result<BucketAddress> bucket_address(const Settings& settings);

}  // namespace dew::store
