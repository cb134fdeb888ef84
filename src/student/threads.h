// How many processors the room's work takes.
#pragma once

namespace dew::student {

/// While this lives, each call into this room takes at most `threads` processors, so that several trainings
/// can run beside each other in threads of their own; otherwise a call takes all, or what OMP_NUM_THREADS
/// says. One at a time; a net's numbers do not depend on it.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads);
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;
  ~ThreadLimit();
};

}  // namespace dew::student
