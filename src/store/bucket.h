// Files in an S3-compatible bucket: put there whole, fetched whole and checked.
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

/// A file as the bucket has it.
struct Stored {
  std::string key;     ///< behind the prefix: letters, digits, '.'
  std::string sha256;  ///< lower-case hex
  int64_t bytes = 0;
};

/// Requests are signed by libcurl (AWS Signature Version 4) and follow no redirection: keys count for the
/// server they were meant for. Memory does not grow with files. Calls of several threads wait for one
/// another. Errors common to all: the server cannot be reached, is busy for too long, refuses; interrupted.
class Bucket {
 public:
  explicit Bucket(BucketAddress address, BucketRetries retries = {});
  Bucket(const Bucket&) = delete;
  Bucket& operator=(const Bucket&) = delete;
  ~Bucket();

  /// Uploads the file unless one of that key and size is there; true: it was uploaded. The server is told the
  /// hash and refuses other bytes. Error: the file is larger than 5 GiB, what one upload can take.
  Result<bool> put(const Stored& file, const fs::path& from, const Watch& watch);

  /// Downloads to a name beside `to`, checks size and hash, and renames: `to` is whole or not there. What
  /// comes wrong is fetched again. Error: it is wrong each time, or the bucket does not have it.
  Result<void> get(const Stored& file, const fs::path& to, const Watch& watch);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew::store
