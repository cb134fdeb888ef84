#include "cli/keys.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "cli/console.h"

namespace dew::cli {
namespace {

constexpr unsigned kHungSeconds = 20;

/// In a process of its own: exits with 0 if `interrupt` ended the wait for a key that never comes.
[[noreturn]] void wait_for_a_key(void (*interrupt)()) {
  alarm(kHungSeconds);
  int silent[2];
  if (pipe(silent) != 0 || dup2(silent[0], STDIN_FILENO) < 0) _exit(2);
  listen_for_interrupts();
  interrupt();
  Keys keys;
  _exit(keys.next() ? 1 : 0);
}

TEST(Keys, AnInterruptBeforeTheWaitEndsIt) {
  EXPECT_EXIT(wait_for_a_key([] { raise(SIGINT); }), ::testing::ExitedWithCode(0), "");
}

TEST(Keys, AnInterruptThatAnotherThreadGetsEndsTheWait) {
  const auto of_another_thread = [] {
    std::thread([] {
      usleep(100'000);
      pthread_kill(pthread_self(), SIGINT);
      ::pause();
    }).detach();
  };
  EXPECT_EXIT(wait_for_a_key(of_another_thread), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace dew::cli
