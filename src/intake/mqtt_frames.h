// mqtt_frames: JPEG frames that boards publish. A topic is a camera.
#pragma once

#include "base/backoff.h"
#include "intake/intake.h"
#include "intake/mqtt_address.h"

namespace dew::intake {

/// Subscribes to the address's topic; with wildcards each topic that speaks is a camera, named by its address
/// without the user. What the broker kept from earlier (retained) is no frame: it is old. Error (usage): the
/// topic is none.
Result<std::unique_ptr<Intake>> open_mqtt_frames(const MqttAddress& address, Host host, Backoff backoff = {});

}  // namespace dew::intake
