// Out of memory is an error that the room's entrances return, not an exception that they throw.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "tests/graph/builder.h"

namespace dew::graph {
namespace {

/// While it lives, this process may take no more than `more` bytes of address space beyond what it has.
class AddressSpaceLimit {
 public:
  explicit AddressSpaceLimit(rlim_t more) {
    ::getrlimit(RLIMIT_AS, &before_);
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit lowered = {pages * 4096 + more, before_.rlim_max};
    ::setrlimit(RLIMIT_AS, &lowered);
  }
  ~AddressSpaceLimit() { ::setrlimit(RLIMIT_AS, &before_); }
  AddressSpaceLimit(const AddressSpaceLimit&) = delete;
  AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;

 private:
  rlimit before_ = {};
};

class Memory : public testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "NOT TESTED: AddressSanitizer needs more address space than the test leaves";
#endif
  }
};

TEST_F(Memory, TheInterpreterReturnsAnErrorWhereATensorDoesNotFit) {
  Builder b(1);
  const int x = b.input({1, 8, 8, 1}, 0.02F, 0);
  b.output(b.pad(x, 0, 16376, 0, 16376));  // 256 MiB, the most that one tensor may have
  const auto input = b.random_input();
  ASSERT_TRUE(check(b.graph()));
  const AddressSpaceLimit limit(rlim_t{128} << 20);
  const auto values = interpret(b.graph(), input, Rounding::kDew);
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().fault, Fault::kWork);
  EXPECT_EQ(values.error().what.substr(0, 13), "out of memory");
}

TEST_F(Memory, TheReaderReturnsAnErrorWhereAFileDoesNotFit) {
  const std::string file(size_t{200} << 20, '\0');
  const AddressSpaceLimit limit(rlim_t{64} << 20);
  const auto graph = read_tflite(file, "large");
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().what, "out of memory while reading the model");
}

}  // namespace
}  // namespace dew::graph
