// Sources whose pictures are pushed: MQTT, Frigate, folders that fill, HTTP. Their cameras come while the
// program watches.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "intake/intake.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/inbox.h"
#include "verbs/cascade/watching.h"

namespace dew::verbs {

/// Whether pictures of such a source are pushed; others are opened and read.
bool is_pushed(const std::string& source);

/// Takes those out of `sources`, and gives them back.
std::vector<WatchSource> take_pushed(std::vector<WatchSource>& sources);

/// The running intakes. What they bring goes to the inbox, and never waits for room in it.
class Pushing {
 public:
  static constexpr int kMostCameras = 64;

  /// With those that `args` names: an address to listen on. Error (usage): an address that is none; (work): a
  /// folder or a port that cannot be had. Nothing runs then.
  static Result<std::unique_ptr<Pushing>> open(const CascadeArgs& args,
                                               const std::vector<WatchSource>& sources,
                                               const MediaLimits& limits, Inbox<Sight>& inbox);
  /// What they saw until now, one a source.
  [[nodiscard]] std::vector<intake::IntakeFigures> figures() const;

 private:
  explicit Pushing(Inbox<Sight>& inbox) : inbox_(inbox) {}
  Result<std::unique_ptr<intake::Intake>> open_one(const WatchSource& source, const CascadeArgs& args);
  intake::Host host_for(const WatchSource& source);

  Inbox<Sight>& inbox_;
  std::atomic<int> cameras_ = 0;
  std::vector<std::unique_ptr<intake::Intake>> intakes_;
};

}  // namespace dew::verbs
