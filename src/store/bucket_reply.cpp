// S3's error replies: read leniently, never trusted.
#include "store/bucket_reply.h"

#include <array>
#include <utility>

namespace dew::store {
namespace {

constexpr size_t kShown = 300;

std::string without_entities(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
  std::string plain;
  while (!text.empty()) {
    size_t used = 1;
    char c = text.front();
    for (const auto& [entity, meaning] : kEntities)
      if (text.starts_with(entity)) used = entity.size(), c = meaning;
    plain += c;
    text.remove_prefix(used);
  }
  return plain;
}

constexpr const char* kKeys =
    "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN if the keys came with one";

}  // namespace

std::string xml_text(std::string_view body, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const size_t begin = body.find(open);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = body.substr(begin + open.size());
  const size_t end = rest.find("</" + std::string(name) + ">");
  if (end == std::string_view::npos) return {};
  // Cut first: the rest of a long one need not be read.
  return printable(without_entities(rest.substr(0, std::min(end, 2 * kShown))), kShown);
}

bool is_passing(const BucketReply& reply) {
  return reply.status == 408 || reply.status == 429 || (reply.status >= 500 && reply.status != 501) ||
         xml_text(reply.body, "Code") == "RequestTimeout";
}

tl::unexpected<Error> explain(const BucketReply& reply, const std::string& where) {
  const std::string code = xml_text(reply.body, "Code");
  const std::string message = xml_text(reply.body, "Message");
  const std::string status = "status " + std::to_string(reply.status) + (code.empty() ? "" : ", " + code);
  const std::string said = status + (message.empty() ? "" : ": " + message);
  if (code == "NoSuchBucket")
    return work_error("there is no such bucket (" + status + ")", where,
                      "correct `media` in dewdrop.toml, or make the bucket; check media_endpoint too");
  if (code == "RequestTimeTooSkewed")
    return work_error(
        "the clocks of this machine and of the bucket's server differ too much (" + status + ")", where,
        "set this machine's clock: it says " + utc_now());
  if (code == "SignatureDoesNotMatch")
    return work_error("the bucket's server rejects the signature (" + status + ")", where,
                      "check AWS_SECRET_ACCESS_KEY, the region (" + printable(reply.region_used, 64) +
                          ", by media_region or AWS_REGION) and this machine's clock");
  if (code == "AuthorizationHeaderMalformed" || code == "PermanentRedirect" || reply.status / 100 == 3) {
    const std::string region = reply.region.empty() ? xml_text(reply.body, "Region") : reply.region;
    return work_error("the bucket is in another region or on another server (" + said + ")", where,
                      region.empty() ? "check media_region and media_endpoint in dewdrop.toml; redirections "
                                       "are not followed, for the keys' sake"
                                     : "write media_region = \"" + printable(region, 64) +
                                           "\" into dewdrop.toml; the request named " +
                                           printable(reply.region_used, 64));
  }
  if (code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired")
    return work_error("the session token is wrong or has expired (" + status + ")", where,
                      "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to new ones");
  if (code == "InvalidAccessKeyId")
    return work_error("the bucket's server does not know the access key (" + status + ")", where, kKeys);
  if (reply.status == 401 || reply.status == 403)
    return work_error("the bucket's server refuses access (" + said + ")", where,
                      std::string(kKeys) + "; they need the permissions GetObject and PutObject there");
  if (reply.status == 404)
    return work_error("the bucket does not have this file (" + status + ")", where,
                      "add the file again: dewdrop add <file>");
  if (is_passing(reply))
    return work_error("the bucket's server is busy (" + said + ")", where,
                      "run the same command again later: it continues where it stopped");
  return work_error("the bucket's server refuses (" + said + ")", where,
                    "check media, media_endpoint and media_region in dewdrop.toml");
}

}  // namespace dew::store
