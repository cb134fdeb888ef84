// A message of Frigate's events: an error, or names that are levels of a topic; and what a desk does with it
// and with any topic.
#include "intake/frigate.h"

#include "fuzz/expect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace dew::intake;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto event = parse_frigate_event(text))
    for (const std::string& name : {event->id, event->camera, event->label})
      FUZZ_EXPECT(is_topic(name) && name.find('/') == std::string::npos);
  int64_t cameras = 0;
  FrigateDesk desk(*parse_mqtt_address("frigate://hub", "frigate"),
                   {[&](const auto& frames) {
                      FUZZ_EXPECT(is_topic(frames->name().substr(11)));
                      return ++cameras < 3;
                    },
                    [](const std::string&) {}});
  desk.take("frigate/events", std::string(text), false, 1);
  desk.take("frigate/events", std::string(text), false, 2);
  desk.take(std::string("frigate/") + std::string(text.substr(0, 100)), "x", false, 3);
  desk.take(text, "x", false, 4);
  return 0;
}
