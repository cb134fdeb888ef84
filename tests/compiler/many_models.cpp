// Puts what follows the kernels in many emitted files behind one copy of the kernels; see many_models.h.
#include "tests/compiler/many_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <regex>

#include "compiler/emit.h"

namespace dew::test {
namespace {

using compiler::Plan;

/// Only sizes; a group of models takes the largest.
constexpr std::array kSizes = {"DEW_MAX_TAPS", "DEW_STACK_TAPS"};

bool is_size(const std::string& define) {
  return std::find(kSizes.begin(), kSizes.end(), define) != kSizes.end();
}

/// What a model defines for the kernels.
std::map<std::string, int> defines_of(const Plan& plan) {
  std::map<std::string, int> defines;
  const std::string text = compiler::kernel_defines(plan);
  static const std::regex define("#define (\\w+) (\\d+)\n");
  for (std::sregex_iterator it(text.begin(), text.end(), define), end; it != end; ++it)
    defines[(*it)[1]] = std::stoi((*it)[2]);
  return defines;
}

/// One file for all models that define the same for the kernels.
struct Group {
  std::map<std::string, int> sizes;
  Plan all;  ///< only the kernels of its program are used
  std::string headers;
  std::string models;

  void add(const Plan& plan, const std::map<std::string, int>& defines) {
    if (headers.empty()) all = plan;
    all.program.insert(all.program.end(), plan.program.begin(), plan.program.end());
    for (const auto& [define, value] : defines)
      if (is_size(define)) sizes[define] = std::max(sizes[define], value);
    headers += fmt::format("#include \"dew_{}.h\"\n", plan.symbol);
    models += compiler::model_text(plan);
  }
};

constexpr const char* kHeader = R"(#include <stdint.h>
#define DEW_TABLE_ARENA_BYTES {arena}
#define DEW_TABLE_INPUT_BYTES {input}
#define DEW_TABLE_OUTPUT_BYTES {output}
typedef struct {{ uint8_t *arena; uint32_t state[{state}]; }} dew_table_t;
void dew_table_init(dew_table_t *m, uint8_t *arena);
void dew_table_run_tensor(dew_table_t *m, const void *input, void *output);
)";

constexpr const char* kSource = R"(#include "dew_table.h"
#include <string.h>
enum {{ GUARD = 64, MARK = 0xA5 }};
#ifdef DEW_TABLE_POISON /* under AddressSanitizer not even a read may touch the guards */
void __asan_poison_memory_region(void const volatile *bytes, size_t count);
void __asan_unpoison_memory_region(void const volatile *bytes, size_t count);
#define POISON(bytes) __asan_poison_memory_region(bytes, GUARD)
#define UNPOISON(bytes) __asan_unpoison_memory_region(bytes, GUARD)
#else
#define POISON(bytes) (void)(bytes)
#define UNPOISON(bytes) (void)(bytes)
#endif
{declarations}
typedef struct {{ void (*run)(void *, uint8_t *, const uint8_t *, uint8_t *, int); uint32_t arena, output; }} model;
static const model models[] = {{
{models}}};
static int marked(const uint8_t *bytes, uint32_t count) {{
  while (count > 0) if (bytes[--count] != MARK) return 0;
  return 1;
}}
void dew_table_init(dew_table_t *m, uint8_t *arena) {{ m->arena = arena; }}
void dew_table_run_tensor(dew_table_t *m, const void *input, void *output) {{
  const uint8_t *in = (const uint8_t *)input;
  uint8_t *out = (uint8_t *)output;
  uint32_t head[2], status = 0;
  const model *one;
  uint8_t *arena;
  int again;
  memcpy(head, in, 8);
  again = head[1] >> 31 != 0;
  head[1] &= 0x7FFFFFFF;
  one = &models[head[0]];
  arena = m->arena + GUARD + 4 * head[1];
  memset(arena - GUARD, MARK, GUARD);
  memset(arena + one->arena, MARK, GUARD);
  memset(out, MARK, DEW_TABLE_OUTPUT_BYTES);
  POISON(arena - GUARD);
  POISON(arena + one->arena);
  one->run(m->state, arena, in + 8 + head[1] % 4, out + 4, again);
  UNPOISON(arena - GUARD);
  UNPOISON(arena + one->arena);
  if (!marked(arena - GUARD, GUARD) || !marked(arena + one->arena, GUARD)) status = 1;
  if (!marked(out, 4) || !marked(out + 4 + one->output, DEW_TABLE_OUTPUT_BYTES - 4 - one->output)) status = 2;
  memcpy(out, &status, 4);
}}
)";

constexpr const char* kRun =
    "void dew_{0}_enter(void *m, uint8_t *arena, const uint8_t *in, uint8_t *out, int again);\n"
    "void dew_{0}_enter(void *m, uint8_t *arena, const uint8_t *in, uint8_t *out, int again) {{\n"
    "  if (!again) dew_{0}_init((dew_{0}_t *)m, arena);\n"
    "  dew_{0}_run_tensor((dew_{0}_t *)m, in, out);\n"
    "}}\n";

}  // namespace

ManyModels::ManyModels(const std::vector<Plan>& plans) {
  std::map<std::string, Group> groups;
  int64_t arena = 0;
  size_t steps = 0;
  std::string declarations;
  std::string models;
  for (const Plan& plan : plans) {
    const auto defines = defines_of(plan);
    std::string key;
    for (const auto& [define, value] : defines)
      if (!is_size(define)) key += fmt::format("#define {} {}\n", define, value);
    groups[key].add(plan, defines);
    groups[key].models += fmt::format(fmt::runtime(kRun), plan.symbol);
    sources["dew_" + plan.symbol + ".h"] = compiler::header_text(plan);
    declarations += fmt::format(
        "void dew_{}_enter(void *m, uint8_t *arena, const uint8_t *in, uint8_t *out, int again);\n",
        plan.symbol);
    models +=
        fmt::format("    {{dew_{}_enter, {}, {}}},\n", plan.symbol, plan.arena_bytes, plan.output_bytes());
    arena = std::max(arena, plan.arena_bytes);
    steps = std::max(steps, plan.program.size());
    input_bytes = std::max(input_bytes, plan.input.bytes());
    output_bytes = std::max(output_bytes, plan.output_bytes());
  }
  input_bytes += 8 + 3;
  output_bytes += 4 + 16;
  for (const auto& [key, group] : groups) {
    const std::string file = fmt::format("models_{}.c", sources.size());
    std::string sizes;
    for (const auto& [define, value] : group.sizes) sizes += fmt::format("#define {} {}\n", define, value);
    sources[file] = group.headers + "#include <string.h>\n" + key + sizes + compiler::kernel_text(group.all) +
                    group.models;
  }
  using fmt::arg;
  // The state has a pointer and two bytes per step.
  sources["dew_table.h"] =
      fmt::format(fmt::runtime(kHeader), arg("arena", arena + 128 + 4 * kMostShift),
                  arg("input", input_bytes), arg("output", output_bytes), arg("state", steps / 2 + 8));
  sources["dew_table.c"] =
      fmt::format(fmt::runtime(kSource), arg("declarations", declarations), arg("models", models));
}

Bytes ManyModels::input(size_t model, uint32_t shift, const Bytes& own, bool again) const {
  Bytes bytes(static_cast<size_t>(input_bytes));
  const auto number = static_cast<uint32_t>(model);
  std::memcpy(bytes.data(), &number, 4);
  const uint32_t second = shift | (again ? kAgain : 0);
  std::memcpy(bytes.data() + 4, &second, 4);
  std::copy(own.begin(), own.end(), bytes.begin() + 8 + shift % 4);
  return bytes;
}

uint32_t table_status(const Bytes& output) {
  uint32_t status = 0;
  std::memcpy(&status, output.data(), 4);
  return status;
}

Bytes table_output(const Bytes& output, int64_t bytes) {
  return {output.begin() + 4, output.begin() + 4 + bytes};
}

}  // namespace dew::test
