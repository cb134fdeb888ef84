#include "verbs/boards/boards.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "compiler/compiler.h"
#include "verbs/common/device_figures.h"

namespace dew::verbs {
namespace {

/// "512K", "8M"; "-" for none.
std::string size_text(int64_t bytes) {
  constexpr int64_t kKiB = 1 << 10;
  constexpr int64_t kMiB = 1 << 20;
  if (bytes == 0) return "-";
  return bytes % kMiB == 0 ? fmt::format("{}M", bytes / kMiB) : fmt::format("{}K", bytes / kKiB);
}

std::string kernels_of(const target::Target& one) {
  return std::string(compiler::isa_name(compiler::isa_of(one.board.core)));
}

/// "as cortex-m55" where another core's emulator stands in.
std::string emulator_of(const target::Target& one) {
  return one.stands_in() ? "none; as " + one.board.core : one.board.name;
}

std::vector<target::Target> everything() {
  std::vector<target::Target> all;
  for (const target::Device& device : target::devices().devices)
    if (const auto one = target::find_target(device.name)) all.push_back(*one);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const target::Board& board : target::boards())
    if (const auto one = target::find_target(board.core)) all.push_back(*one);
  return all;
}

bool has_in_it(const target::Target& one, const std::string& word) {
  std::vector<std::string> texts{one.name, one.core.name};
  if (one.device) {
    texts.insert(texts.end(), {one.device->chip, lower(one.device->title)});
    texts.insert(texts.end(), one.device->aliases.begin(), one.device->aliases.end());
  }
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text.find(word) != std::string::npos; });
}

std::vector<std::string> row_of(const target::Target& one) {
  const target::Device none;
  const target::Device& device = one.device ? *one.device : none;
  return {one.name,
          device.chip,
          one.core.name,
          one.device ? fmt::format("{:.0f}", device.mhz) : "",
          one.device ? size_text(device.ram_bytes) : "",
          device.external_ram_bytes > 0 ? "+" + size_text(device.external_ram_bytes) : "",
          one.device ? size_text(device.flash_bytes) : "",
          device.camera,
          kernels_of(one),
          emulator_of(one)};
}

std::string details(const target::Target& one) {
  std::string text;
  if (one.device) {
    text += fmt::format("\n{}\n", one.device->title);
    if (!one.device->aliases.empty()) text += "also called " + join(one.device->aliases) + "\n";
    if (!one.device->note.empty()) text += "note: " + one.device->note + "\n";
    text += "figures from " + one.device->source + "\n";
  }
  if (const auto& cycles = one.core.cycles)
    text += fmt::format("cycles an instruction: {} to {} ({})\n", cycles->from, cycles->to, one.core.basis);
  const std::string& flags = one.stands_in() ? one.core.flags : join(one.board.compiler_flags, " ");
  if (!flags.empty()) text += "flags: " + flags + "\n";
  if (one.stands_in()) text += stand_in_text(one) + "\n";
  return text;
}

}  // namespace

Result<BoardsOutcome> boards(const BoardsArgs& args) {
  BoardsOutcome outcome;
  if (!args.name.empty())
    if (auto exact = target::find_target(args.name)) outcome.exact = *std::move(exact);
  for (target::Target& one : everything()) {
    const bool is_exact = outcome.exact && outcome.exact->name == one.name;
    if (is_exact || has_in_it(one, lower(args.name))) outcome.found.push_back(std::move(one));
  }
  if (outcome.exact && outcome.found.empty()) outcome.found.push_back(*outcome.exact);
  if (outcome.found.empty()) return tl::unexpected(target::find_target(args.name).error());
  return outcome;
}

std::string to_text(const BoardsOutcome& outcome) {
  std::vector<std::vector<std::string>> rows{
      {"name", "chip", "core", "MHz", "RAM", "", "flash", "camera", "kernels", "emulator"}};
  for (const target::Target& one : outcome.found) rows.push_back(row_of(one));
  std::string text = text_table(rows);
  if (outcome.exact)
    text += details(*outcome.exact);
  else if (outcome.found.size() == 1)
    text += details(outcome.found.front());
  return text;
}

Json to_json(const BoardsOutcome& outcome) {
  Json list = Json::array();
  for (const target::Target& one : outcome.found) {
    Json json{{"name", one.name}, {"kernels", kernels_of(one)}};
    json.update(to_json(one));
    list.push_back(json);
  }
  return Json{{"boards", list}};
}

}  // namespace dew::verbs
