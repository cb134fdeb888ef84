// base: what every room stands on. Errors as values, progress, files, hashes, child processes, text.
//
// Nothing in here knows about pictures or nets. The library never prints and never exits: it returns a
// Result, reports through a Watch, and the command line decides what a person sees.
#pragma once

#include "base/files.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/result.h"
#include "base/text.h"
#include "base/watch.h"
