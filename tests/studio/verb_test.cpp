// The verb `studio` as it is typed: it says where it is, and Ctrl-C is its proper end.
#include "tests/support/command.h"

namespace dew::testing {
namespace {

TEST(StudioVerb, SaysWhereItIsAndEndsByCtrlC) {
  const Command command;
  ASSERT_EQ(command.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no"}).status, 0);
  const auto serve = [&command](const std::string& words) {
    return command.shell(
        "$DEWDROP studio -C p --no-open " + words +
        " & child=$!; for i in $(seq 200); do grep -q token= told && break; sleep 0.05; done;"
        "kill -INT $child; wait $child");
  };
  EXPECT_EQ(serve(">told").status, 0) << "a pipe is told at once, too";
  const Ran ran = serve("--json 2>told");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto told = read_file(command.folder() / "told").value_or("");
  EXPECT_NE(told.find("http://127.0.0.1:"), std::string::npos) << told;
  EXPECT_EQ(ran.json()["address"].get<std::string>().find("token"), std::string::npos) << ran.out;
  EXPECT_TRUE(ran.json()["seconds"].is_number());
}

TEST(StudioVerb, WrongCommands) {
  const Command command;
  ASSERT_EQ(command.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no"}).status, 0);
  expect_error(command.run({"studio", "--no-open"}), 2, "dewdrop.toml");
  expect_error(command.run({"studio", "-C", "p", "--no-open", "--listen", "203.0.113.7"}), 2,
               "no address of this machine");
  expect_error(command.run({"studio", "-C", "p", "--no-open", "--port", "0"}), 2, "--port");
}

}  // namespace
}  // namespace dew::testing
