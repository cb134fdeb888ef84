// Firmware around one of the headers that run on the host and on boards alike, and the budget of what it
// costs.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "target/firmware.h"

namespace dew::target {

struct HeaderFirmware {
  std::string symbol;
  std::vector<std::string> headers;  ///< of the kernels; the last is included
  int arena_bytes = 0;               ///< zero at the start
  int64_t input_bytes = 0;
  int64_t output_bytes = 0;
};

/// A model in name only: `body` is C that turns `input` into `output`, with `m->arena` to keep things in.
inline Firmware firmware_around(const HeaderFirmware& one, const std::string& body) {
  const std::string name = "dew_" + one.symbol;
  std::string upper = one.symbol;
  for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
  const std::string signatures[] = {
      fmt::format("void {0}_init({0}_t *m, uint8_t *arena)", name),
      fmt::format("void {0}_run_tensor({0}_t *m, const void *input, void *output)", name)};
  const std::string header = fmt::format(
      "#include <stdint.h>\n#define DEW_{0}_ARENA_BYTES {1}\n#define DEW_{0}_INPUT_BYTES {2}\n"
      "#define DEW_{0}_OUTPUT_BYTES {3}\ntypedef struct {{ uint8_t *arena; }} {4}_t;\n{5};\n{6};\n",
      upper, one.arena_bytes, one.input_bytes, one.output_bytes, name, signatures[0], signatures[1]);
  const std::string source = fmt::format(
      "#include \"{0}.h\"\n#include \"{1}\"\n#include <stddef.h>\nvoid *memset(void *, int, size_t);\n"
      "void *memcpy(void *, const void *, size_t);\n{2} {{\n  m->arena = arena;\n  memset(arena, 0, "
      "{3});\n}}\n{4} {{\n",
      name, one.headers.back(), signatures[0], one.arena_bytes, signatures[1]);
  Firmware firmware;
  firmware.symbol = one.symbol;
  firmware.sources = {{name + ".h", header}, {name + ".c", source + body + "}\n"}};
  for (const std::string& file : one.headers) firmware.sources[file] = std::string(kernels::text(file));
  firmware.input_bytes = one.input_bytes;
  firmware.output_bytes = one.output_bytes;
  return firmware;
}

/// tests/budgets/NAME.json: figures that may not grow, and are lowered when they are beaten.
class Budget {
 public:
  explicit Budget(const std::string& name)
      : figures_(nlohmann::json::parse(
            read_file(DEWDROP_SOURCE_DIR "/tests/budgets/" + name + ".json").value(), nullptr, false)) {}
  void expect_within(const char* key, int64_t figure) const {
    const auto most = figures_.at(key).get<int64_t>();
    EXPECT_LE(figure, most) << key;
    EXPECT_GT(figure, most * 9 / 10) << key << ": lower the budget";
  }

 private:
  nlohmann::json figures_;
};

}  // namespace dew::target
