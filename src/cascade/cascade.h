// cascade: the tiny model watches, and wakes a large one. The trigger that stands beside the net on a device
// and in a gateway alike, the few pictures that tell an event, and (in events.h of store) the log of both.
#pragma once

#include "cascade/key_pictures.h"
#include "cascade/motion.h"
#include "cascade/trigger.h"
#include "cascade/unsure_frames.h"
#include "cascade/watcher.h"
