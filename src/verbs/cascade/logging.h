// What the watching threads tell becomes events in the log, their pictures files, and their lines text.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "verbs/cascade/cascade.h"
#include "verbs/cascade/mqtt_out.h"
#include "verbs/cascade/watching.h"
#include "verbs/cascade/webhook.h"

namespace dew::verbs {

/// Keeps the log. An event is in the database before anything is said about it.
class EventKeeper {
 public:
  EventKeeper(EventLog& log, const CascadeArgs& args, const std::vector<WatchSource>& sources,
              const std::vector<EventClass>& events, CascadeOutcome& outcome);
  /// Lines go there too.
  void post_to(Webhook* webhook) { webhook_ = webhook; }
  /// And to a broker, which has the events' pictures, too.
  void publish_to(MqttOut* mqtt) { mqtt_ = mqtt; }
  /// What it was about where its pictures are settled now: to be asked about. Error: the log or a picture
  /// cannot be written.
  Result<std::optional<Event>> keep(const SawHappening& saw);
  /// Adds a line about an answer.
  Result<void> say_answer(const SawAnswer& saw);

 private:
  using Key = std::pair<std::pair<size_t, size_t>, int64_t>;  ///< source and region, number

  [[nodiscard]] Event event_of(const SawHappening& saw) const;
  Result<Event> begin(const SawHappening& saw);
  Result<void> write_pictures(Event& event, const std::vector<cascade::Candidate>& pictures);
  Result<void> say_event(const Event& event);
  Result<void> say(const Json& object);

  EventLog& log_;
  const CascadeArgs& args_;
  const std::vector<WatchSource>& sources_;
  const std::vector<EventClass>& events_;
  CascadeOutcome& outcome_;
  Webhook* webhook_ = nullptr;
  MqttOut* mqtt_ = nullptr;
  std::map<Key, Event> open_;
  std::set<int64_t> known_;  ///< events that were in the log before
};

}  // namespace dew::verbs
