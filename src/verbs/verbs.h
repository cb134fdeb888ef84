// verbs: what each verb of Dewdrop does, without a terminal. Arguments go in, a typed outcome comes out;
// progress, warnings and cancelling go through a Watch.
//
//     Watch watch;
//     const auto added = verbs::add({.project = "person", .files = {"vtest.avi"}}, watch);
//
// A verb returns an Error where nothing was done. Where it ended half-way, the outcome holds what was done
// and, in `stopped`, why it went no further. `to_json(outcome)` makes the object that `--json` prints
// (docs/cli.md). The command line, the studio and programs of your own call the same functions.
//
// Folders are stages; each has one door, the header of its own name. This header is all of them.
#pragma once

#include "verbs/backbone/backbone.h"
#include "verbs/boards/boards.h"
#include "verbs/cascade/cascade.h"
#include "verbs/common/model.h"
#include "verbs/demo/demo.h"
#include "verbs/deploy/deploy.h"
#include "verbs/doctor/doctor.h"
#include "verbs/export/export.h"
#include "verbs/label/label.h"
#include "verbs/measure/measure.h"
#include "verbs/project/project.h"
#include "verbs/review/review.h"
#include "verbs/train/train.h"
