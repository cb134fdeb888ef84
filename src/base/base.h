// base: what every room builds on. Errors as values, progress, the clock, files, hashes, child processes,
// text, statistics. HTTP has headers of its own: http.h (downloads), curl.h (setting up libcurl), backoff.h.
//
// Nothing in here knows about pictures or nets. The library never prints and never exits: it returns a
// Result, reports through a Watch, and the command line decides what a person sees.
#pragma once

#include "base/clock.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/result.h"
#include "base/statistics.h"
#include "base/text.h"
#include "base/watch.h"
