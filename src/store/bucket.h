// bucket: files in an S3-compatible bucket, uploaded whole, downloaded whole and checked.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/backoff.h"
#include "base/clock.h"
#include "store/bucket_address.h"

namespace dew::store {

/// What is done when the server is busy or the connection breaks.
struct BucketRetries {
  int tries = 7;  ///< of one request, the first included
  Backoff pauses{std::chrono::milliseconds(150)};
  Chance chance = random_chance();  ///< of the pauses' jitter
  Clock* clock = &system_clock();   ///< outlives the bucket
};

/// A file in the bucket.
struct Stored {
  std::string key;     ///< after the prefix: letters, digits, '.'
  std::string sha256;  ///< lower-case hex
  int64_t bytes = 0;
};

/// Requests are signed by libcurl (AWS Signature Version 4). Redirects are not followed, so that the keys go
/// only to the server they are for. Memory does not grow with the files. Calls from several threads wait for
/// each other. Errors of all calls: the server cannot be reached, is busy for too long, refuses; interrupted.
class Bucket {
 public:
  explicit Bucket(BucketAddress address, BucketRetries retries = {});
  Bucket(const Bucket&) = delete;
  Bucket& operator=(const Bucket&) = delete;
  ~Bucket();

  /// Uploads the file unless one of that key and size is there; true: it was uploaded. The server gets the
  /// hash and refuses other bytes. Error: the file is larger than 5 GiB, the most that one upload can take.
  Result<bool> put(const Stored& file, const fs::path& from, const Watch& watch);

  /// Downloads to a temporary name, checks size and hash, and renames to `to`, which is whole or absent. A
  /// wrong download is repeated. Error: it is wrong each time, or the bucket does not have the file.
  Result<void> get(const Stored& file, const fs::path& to, const Watch& watch);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew::store
