// What a bucket's server answers, and what may stand in `media`: an error is short and has no control
// characters in it, and what passes for a bucket's name needs no escaping in a URL.
#include <algorithm>
#include <cctype>

#include "fuzz/expect.h"
#include "store/bucket_address.h"
#include "store/bucket_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace dew::store;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const int status : {200, 301, 307, 400, 401, 403, 404, 408, 411, 429, 500, 501, 503}) {
    const BucketReply reply{status, text, {}, "us-east-1"};
    is_passing(reply);
    const auto error = explain(reply, "s3://bucket/key").value();
    for (const std::string& part : {error.what, error.next}) {
      FUZZ_EXPECT(!part.empty() && part.size() < 3000);
      for (const char c : part) FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    }
  }
  if (const auto name = parse_bucket(text))
    for (const char c : name->bucket + name->prefix)
      FUZZ_EXPECT(std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  std::string_view("-._~/").find(c) != std::string_view::npos);
  is_endpoint(text);
  is_region(text);
  return 0;
}
