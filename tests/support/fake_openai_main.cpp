// fake_openai SCRIPT.json PORT_FILE
//
// Runs the fake server until SIGTERM or SIGINT. Writes its port to PORT_FILE once it listens.
// GET /count tells {"requests": n, "most_at_once": n}.
#include <csignal>
#include <iostream>

#include "base/base.h"
#include "tests/support/fake_openai.h"

namespace {

int fail(const std::string& message) {
  std::cerr << "fake_openai: " << message << "\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fail("usage: fake_openai SCRIPT.json PORT_FILE");
  const auto text = dew::read_file(argv[1]);
  if (!text) return fail(text.error().where + ": " + text.error().what);
  nlohmann::json script = nlohmann::json::parse(*text, nullptr, false);
  if (!script.is_object()) return fail(std::string(argv[1]) + ": is not a JSON object");

  sigset_t ends;  // blocked before the server's threads start, so that they inherit it
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const dew::testing::FakeOpenAi server(std::move(script));
  if (const auto written = dew::write_file(argv[2], std::to_string(server.port()) + "\n"); !written)
    return fail(written.error().where + ": " + written.error().what);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
