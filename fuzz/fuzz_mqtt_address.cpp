// An address of a broker, a filter and a topic, one a line.
#include "fuzz/expect.h"
#include "intake/frame_post.h"
#include "intake/mqtt_address.h"

namespace {

std::string_view take_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace dew::intake;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  const std::string_view address = take_line(rest);
  const std::string_view filter = take_line(rest);
  const std::string_view topic = take_line(rest);
  for (const char* scheme : {"mqtt", "frigate"})
    if (const auto parsed = parse_mqtt_address(address, scheme)) {
      FUZZ_EXPECT(!parsed->host.empty() && parsed->port >= 1 && parsed->port <= 65'535);
      FUZZ_EXPECT(parsed->user.find(':') == std::string::npos);
      const auto again = parse_mqtt_address(parsed->shown(parsed->topic));
      FUZZ_EXPECT(!again || (again->port == parsed->port && again->user.empty()));
    }
  if (const auto parsed = parse_post_address(std::string(address))) FUZZ_EXPECT(parsed->port >= 1);
  if (is_topic(topic)) {
    FUZZ_EXPECT(topic_matches(topic, topic));
    FUZZ_EXPECT(topic_matches("#", topic) != topic.starts_with('$'));
  }
  if (is_topic_filter(filter) && is_topic(topic)) (void)topic_matches(filter, topic);
  return 0;
}
