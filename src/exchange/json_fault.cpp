#include "exchange/json_fault.h"

#include <fstream>

namespace dew::exchange {

std::string json_reason(const nlohmann::detail::exception& error) {
  std::string why = error.what();
  if (const size_t column = why.find("column"); column != std::string::npos)
    if (const size_t colon = why.find(": ", column); colon != std::string::npos) why.erase(0, colon + 2);
  return printable(why);
}

int64_t json_line(const fs::path& file, size_t position) {
  std::ifstream stream(file, std::ios::binary);
  int64_t line = 1;
  char c = 0;
  for (size_t at = 0; at + 1 < position && stream.get(c); ++at) line += c == '\n' ? 1 : 0;
  return line;
}

}  // namespace dew::exchange
