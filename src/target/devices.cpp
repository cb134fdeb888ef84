// devices: reads the table and finds names in it.
#include "target/devices.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <map>

#include "embed/device_table.h"

namespace dew::target {
namespace {

/// What counts in a name: letters and digits, in lower case.
std::string key_of(std::string_view name) {
  std::string key;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return key;
}

/// "512K" in bytes. Error (usage): not a size.
Result<int64_t> size_of(const toml::table& table, const char* key, const std::string& where) {
  const std::string text = table[key].value_or(std::string("0"));
  int64_t value = 0;
  size_t at = 0;
  while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0 && at < 12)
    value = value * 10 + (text[at++] - '0');
  const std::string unit = text.substr(at);
  if (at == 0 || (!unit.empty() && unit != "K" && unit != "M"))
    return usage_error(fmt::format("'{}' is no size: {}", key, printable(text, 40)), where,
                       "write it as 512K or 2M");
  return value << (unit == "K" ? 10 : unit == "M" ? 20 : 0);
}

Result<Core> core_of(const std::string& name, const toml::table& table, const std::string& where) {
  Core core{name,
            table["counted_on"].value_or(name),
            table["flags"].value_or(std::string()),
            {},
            table["basis"].value_or(std::string())};
  if (const toml::array* range = table["cycles"].as_array()) {
    const Cycles cycles{range->size() == 2 ? (*range)[0].value_or(0.0) : 0.0,
                        range->size() == 2 ? (*range)[1].value_or(0.0) : 0.0};
    if (!(cycles.from > 0 && cycles.from <= cycles.to) || core.basis.empty())
      return usage_error("'cycles' is no range, or its basis is missing", where,
                         "write cycles = [1.2, 1.8] and basis = \"...\"");
    core.cycles = cycles;
  }
  return core;
}

/// What a chip and a board have in common, over what is known already.
Result<void> read_device(const toml::table& table, const std::string& where, Device& device) {
  device.title = table["title"].value_or(std::string());
  device.camera = table["camera"].value_or(std::string());
  device.source = table["source"].value_or(std::string());
  if (device.title.empty() || !device.source.starts_with("https://"))
    return usage_error("'title' or 'source' is missing", where,
                       "source is the page that the figures are from");
  if (const auto note = table["note"].value<std::string>())
    device.note += (device.note.empty() ? "" : "; ") + *note;
  if (const toml::array* aliases = table["aliases"].as_array())
    for (const toml::node& alias : *aliases) device.aliases.push_back(alias.value_or(std::string()));
  for (const auto& [key, field] :
       {std::pair("ram", &Device::ram_bytes), std::pair("external_ram", &Device::external_ram_bytes),
        std::pair("flash", &Device::flash_bytes)}) {
    if (!table.contains(key)) continue;
    DEW_TRY(device.*field, size_of(table, key, where));
  }
  return {};
}

Result<Device> chip_of(const std::string& name, const toml::table& table, const std::string& where) {
  Device chip;
  chip.name = name;
  chip.core = table["core"].value_or(std::string());
  chip.mhz = table["mhz"].value_or(0.0);
  DEW_CHECK(read_device(table, where, chip));
  if (chip.core.empty() || !(chip.mhz > 0) || chip.ram_bytes == 0)
    return usage_error("'core', 'mhz' or 'ram' is missing", where);
  return chip;
}

Result<Device> board_of(const std::string& name, const toml::table& table, const std::string& where,
                        const std::map<std::string, Device>& chips) {
  const std::string chip = table["chip"].value_or(std::string());
  const auto known = chips.find(chip);
  if (known == chips.end())
    return usage_error("there is no chip '" + printable(chip, 40) + "'", where, "add [chip.\"NAME\"]");
  Device board = known->second;
  board.name = name;
  board.chip = chip;
  board.aliases.clear();
  DEW_CHECK(read_device(table, where, board));
  return board;
}

Published published_of(const toml::table& table) {
  Published one;
  one.core = table["core"].value_or(std::string());
  one.board = table["board"].value_or(std::string());
  one.net = table["net"].value_or(std::string());
  one.stack = table["stack"].value_or(std::string());
  one.mhz = table["mhz"].value_or(0.0);
  one.milliseconds = table["milliseconds"].value_or(0.0);
  one.instructions = table["instructions"].value_or(0.0);
  one.counted = table["how"].value_or(std::string()) == "counted";
  one.source = table["source"].value_or(std::string());
  return one;
}

/// Calls `read(name, table, where)` for each [kind."name"].
template <typename Read>
Result<void> each(const toml::table& root, const char* kind, const std::string& path, const Read& read) {
  const toml::table* all = root[kind].as_table();
  if (all == nullptr) return usage_error(fmt::format("there is no [{}.\"NAME\"]", kind), path);
  for (const auto& [name, node] : *all) {
    const std::string where = fmt::format("{}: {} {}", path, kind, name.str());
    if (!node.is_table()) return usage_error("this is not a table", where);
    DEW_CHECK(read(std::string(name.str()), *node.as_table(), where));
  }
  return {};
}

/// Each core is there and counted on an emulated one, and no two things have one name.
Result<void> check_names(const DeviceTable& table, const std::string& path) {
  std::map<std::string, std::string> owners;
  const auto take = [&](const std::string& name, const std::string& owner) -> Result<void> {
    const auto [taken, is_new] = owners.emplace(key_of(name), owner);
    if (!is_new) return usage_error(fmt::format("'{}' names {} and {}", name, taken->second, owner), path);
    return {};
  };
  for (const Core& core : table.cores) {
    DEW_CHECK(take(core.name, core.name));
    if (const auto board = find_board(core.counted_on); !board)
      return usage_error("no emulated core is called '" + core.counted_on + "'", path);
  }
  for (const Device& device : table.devices) {
    if (std::none_of(table.cores.begin(), table.cores.end(),
                     [&](const Core& core) { return core.name == device.core; }))
      return usage_error(fmt::format("{} has the unknown core '{}'", device.name, device.core), path,
                         "add [core.\"NAME\"]");
    DEW_CHECK(take(device.name, device.name));
    for (const std::string& alias : device.aliases) DEW_CHECK(take(alias, device.name));
  }
  return {};
}

Result<DeviceTable> read_table(const toml::table& root, const std::string& path) {
  DeviceTable table;
  DEW_CHECK(
      each(root, "core", path,
           [&](const std::string& name, const toml::table& one, const std::string& where) -> Result<void> {
             DEW_TRY(Core core, core_of(name, one, where));
             table.cores.push_back(std::move(core));
             return {};
           }));
  std::map<std::string, Device> chips;
  DEW_CHECK(
      each(root, "chip", path,
           [&](const std::string& name, const toml::table& one, const std::string& where) -> Result<void> {
             DEW_TRY(chips[name], chip_of(name, one, where));
             table.devices.push_back(chips[name]);
             return {};
           }));
  DEW_CHECK(
      each(root, "board", path,
           [&](const std::string& name, const toml::table& one, const std::string& where) -> Result<void> {
             DEW_TRY(Device board, board_of(name, one, where, chips));
             table.devices.push_back(std::move(board));
             return {};
           }));
  if (const toml::array* all = root["published"].as_array())
    for (const toml::node& one : *all)
      if (one.is_table()) table.published.push_back(published_of(*one.as_table()));
  DEW_CHECK(check_names(table, path));
  return table;
}

/// A core of the emulated boards that the table says nothing about: "wasm32".
Core core_named(const std::string& name) {
  for (const Core& core : devices().cores)
    if (core.name == name) return core;
  return Core{name, name, {}, {}, {}};
}

Target target_of(const std::string& name, const Core& core) {
  return Target{name, core, find_board(core.counted_on).value(), {}};
}

tl::unexpected<Error> unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const Board& board : boards()) names.insert(names.end(), {board.name, board.core});
  for (const Core& core : devices().cores) names.push_back(core.name);
  for (const Device& device : devices().devices) {
    names.push_back(device.name);
    names.insert(names.end(), device.aliases.begin(), device.aliases.end());
  }
  const std::string key = key_of(name);
  std::vector<std::string> near;
  for (const Device& device : devices().devices) {
    const std::string known = key_of(device.name);
    const bool part = key.size() > 2 && known.find(key) != std::string::npos;  // "stm32f4" is part of several
    if (near.size() < 5 && (part || key.starts_with(known))) near.push_back(device.name);
  }
  if (near.empty())
    if (const std::string one = closest(name, names); !one.empty()) near.push_back(one);
  return usage_error(
      "no board, chip or core is called '" + printable(name) + "'", {},
      (near.empty() ? "" : "did you mean " + join(near, " or ") + "? ") + "dewdrop boards lists them");
}

}  // namespace

Result<DeviceTable> parse_devices(std::string_view text, const std::string& path) {
  try {
    return read_table(toml::parse(text, path), path);
  } catch (const toml::parse_error& error) {
    return usage_error("this is not valid TOML: " + printable(error.description()),
                       fmt::format("{}:{}", path, error.source().begin.line), "correct that line");
  }
}

const DeviceTable& devices() {
  static const DeviceTable table = [] {
    auto parsed = parse_devices(device_table::devices, "devices.toml");
    assert(parsed && "a test reads the built-in table");
    return parsed ? *std::move(parsed) : DeviceTable();
  }();
  return table;
}

Result<Target> find_target(const std::string& name) {
  for (const Board& board : boards())
    if (board.name == name || board.core == name)
      return Target{board.core, core_named(board.core), board, {}};
  const std::string key = key_of(name);
  for (const Core& core : devices().cores)
    if (key_of(core.name) == key) return target_of(core.name, core);
  for (const Device& device : devices().devices) {
    const auto is_meant = [&](const std::string& known) { return key_of(known) == key; };
    if (!is_meant(device.name) && std::none_of(device.aliases.begin(), device.aliases.end(), is_meant))
      continue;
    Target target = target_of(device.name, core_named(device.core));
    target.device = device;
    return target;
  }
  return unknown(name);
}

std::string stand_in_text(const Target& target) {
  if (!target.stands_in()) return {};
  return fmt::format(
      "no emulator has the {} of {}: the same kernels run on {} instead; results are equal to the bit, while "
      "RAM, flash and instructions are those of {}",
      target.core.name, target.name, target.board.name, target.board.core);
}

std::optional<Duration> estimate(const Target& target, int64_t instructions) {
  if (!target.device || !target.core.cycles || instructions <= 0) return std::nullopt;
  const double at_one = static_cast<double>(instructions) / (target.device->mhz * 1e3);
  return Duration{at_one * target.core.cycles->from, at_one * target.core.cycles->to};
}

}  // namespace dew::target
