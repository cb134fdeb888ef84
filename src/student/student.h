// student: the nets, their training and their quantisation. LibTorch stays in here: no type of it shows.
//
// This header includes the room's doors by subject; include the one you need. Four more stand on their own:
// look.h (what a net says about each place of a picture), architecture.h (the nets), backbone.h and
// backbone_store.h (backbones as values and by name).
#pragma once

#include "student/features.h"
#include "student/out_of_fold.h"
#include "student/predict.h"
#include "student/pretrain.h"
#include "student/quantise.h"
#include "student/strangers.h"
#include "student/thresholds.h"
#include "student/train.h"
