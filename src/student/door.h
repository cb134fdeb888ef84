// The room's door: LibTorch and the standard library throw, this room's entrances return.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "base/base.h"

namespace dew::student {

/// The error for an exception's text, thrown while `doing` something ("training the net").
Error thrown_error(const std::string& doing, const std::string& text);

/// Lets LibTorch and the room's own kernels use every core, unless the variable OMP_NUM_THREADS says how
/// many.
void use_all_cores();

/// Runs `work`, which returns a Result; what it throws becomes an error. `doing` is a phrase such as
/// "training the net".
template <typename Work>
auto guarded(const std::string& doing, Work&& work) -> decltype(work()) {
  try {
    use_all_cores();
    return work();
  } catch (const std::bad_alloc&) {
    return tl::unexpected(thrown_error(doing, "not enough memory"));
  } catch (const std::exception& exception) {
    return tl::unexpected(thrown_error(doing, exception.what()));
  }
}

}  // namespace dew::student
