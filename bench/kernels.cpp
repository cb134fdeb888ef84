// Runs MobileNetV2 (0.35, 96x96, random weights) RUNS times on this machine, with one set of kernels:
//
//   bench_kernels ISA none|avx2|vnni RUNS
//
// for a tool that compares the times of two processes: `bench_kernels generic none 200` against
// `bench_kernels lanes vnni 200`. Prints the output bytes, which are the same for all kernels.
#include <fmt/core.h>

#include <cstdlib>

#include "target/target.h"
#include "tests/compiler/nets.h"

int main(int argc, char** argv) {
  using namespace dew;
  if (argc != 4) return 2;
  const auto isa = compiler::find_isa(argv[1]);
  const std::string_view wanted = argv[2];
  const auto vectors = wanted == "vnni"   ? kernels::Vectors::kVnni
                       : wanted == "avx2" ? kernels::Vectors::kAvx2
                                          : kernels::Vectors::kNone;
  if (!isa) return 2;
  const auto plan = compiler::compile(test::mobilenet_v2(0.35, 96, 2, 1280, 1), {.isa = *isa}).value();
  test::Net inputs(9);
  inputs.input(96, 96, 3);
  const std::vector<target::Bytes> images(static_cast<size_t>(std::atoi(argv[3])), inputs.random_input());
  Watch watch;
  const auto outputs = target::run_on_host(plan, images, watch, vectors).value();
  fmt::print("{} {}\n", outputs.back()[0], outputs.back()[1]);
  return 0;
}
