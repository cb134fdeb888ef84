// fake_openai SCRIPT.json PORT_FILE
//
// Runs the fake server until its stdin closes or a signal ends it. Writes its port to PORT_FILE once it
// listens. GET /count tells {"requests": n, "most_at_once": n}.
#include <cstdio>
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
  const dew::testing::FakeOpenAi server(std::move(script));
  if (const auto written = dew::write_file(argv[2], std::to_string(server.port()) + "\n"); !written)
    return fail(written.error().where + ": " + written.error().what);
  while (std::getchar() != EOF) {
  }
  return 0;
}
