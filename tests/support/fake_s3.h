// A server on loopback that keeps objects as S3 does (path-style), and does what it is told wrongly on
// purpose.
//
// Signatures are checked by code of its own, from AWS's description of Signature Version 4: whoever signs
// wrongly gets 403 as from Amazon.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dew::testing {

struct S3Keys {
  std::string access = "AKIADEWDROPTEST";
  std::string secret = "s3cret/of+the/bucket/1234567890";
  std::string token;  ///< a session's; empty: none is wanted
};

class FakeS3 {
 public:
  explicit FakeS3(S3Keys keys = {}, std::string region = "us-east-1", std::string bucket = "pictures");
  FakeS3(const FakeS3&) = delete;
  FakeS3& operator=(const FakeS3&) = delete;
  ~FakeS3();

  /// "http://127.0.0.1:PORT"
  [[nodiscard]] std::string endpoint() const;
  [[nodiscard]] const S3Keys& keys() const { return keys_; }

  [[nodiscard]] std::map<std::string, std::string> objects() const;
  void set(const std::string& key, const std::string& bytes);
  /// "PUT /bucket/key 200", in the order they were answered.
  [[nodiscard]] std::vector<std::string> log() const;
  [[nodiscard]] int count(const std::string& beginning) const;  ///< lines of log() that begin so

  enum class Mood {
    kGood,
    kBusy,        ///< 503 SlowDown
    kTruncate,    ///< the body ends early
    kCorrupt,     ///< a byte of the body is another
    kForbid,      ///< 403 AccessDenied, with control characters in its words
    kSkewed,      ///< 403 RequestTimeTooSkewed
    kElsewhere,   ///< 301 to another host, with a region
    kEndless,     ///< a body that is longer than the object
    kHideMissing  ///< 403 where there is no object, as for those who may not list
  };
  /// From now on, for so many requests of the method ("" : of any), -1: for all.
  void be(Mood mood, int times = -1, const std::string& method = {});

 private:
  struct Http;
  Mood mood_for(const std::string& method);
  void serve(const void* request, void* response);

  S3Keys keys_;
  std::string region_;
  std::string bucket_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
  std::vector<std::string> log_;
  Mood mood_ = Mood::kGood;
  int times_ = 0;
  std::string method_;
  int port_ = 0;
  std::unique_ptr<Http> http_;
  std::thread thread_;
};

}  // namespace dew::testing
