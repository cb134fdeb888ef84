// What is an event: from [cascade] of dewdrop.toml to the rules of the trigger.
#pragma once

#include <string>
#include <vector>

#include "cascade/cascade.h"
#include "store/store.h"

namespace dew::verbs {

/// The rule of a class, and which of the net's outputs it is.
struct EventClass {
  cascade::Rule rule;
  size_t output = 0;
};

/// Where `when` names no class: all but those whose name says that nothing is there. Error (usage): a class
/// that the net does not have; no or every class would be an event; a rule outside its ranges.
Result<std::vector<EventClass>> event_classes(const Settings& settings,
                                              const std::vector<std::string>& classes);

/// Columns and rows of "3x2". Error (usage): anything else, or more than 64 tiles.
struct TileGrid {
  int columns = 1;
  int rows = 1;
};
Result<TileGrid> parse_tiles(const std::string& text);

}  // namespace dew::verbs
