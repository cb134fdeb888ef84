// Work beside this thread's.
#pragma once

#include <future>
#include <system_error>
#include <utility>

namespace dew {

/// Starts the work in a thread of its own; where no thread can be had (a container's limit, say) it is done
/// when its result is asked for. What it refers to must live until then.
template <typename Work>
auto beside(Work&& work) -> std::future<decltype(work())> {
  try {
    return std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, std::forward<Work>(work));
  }
}

}  // namespace dew
