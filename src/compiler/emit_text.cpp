// Pastes kernels into the emitted file: resolves their includes of each other and drops their include guards.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "compiler/emit.h"
#include "kernels/kernels.h"

namespace dew::compiler {
namespace {

constexpr std::string_view kInclude = "#include \"";

/// Appends `file` after the files it includes; each file only once.
void paste(const std::string& file, std::set<std::string>& done, std::string& out) {
  if (!done.insert(file).second) return;
  std::istringstream lines{std::string(kernels::text(file))};
  std::string line;
  std::string body;
  std::string guard;
  while (std::getline(lines, line)) {
    if (line.rfind(kInclude, 0) == 0) {
      paste(line.substr(kInclude.size(), line.size() - kInclude.size() - 1), done, out);
    } else if (guard.empty() && line.rfind("#ifndef ", 0) == 0) {
      guard = line.substr(8);
    } else if (line != "#define " + guard && line != "#include <stdint.h>" && line != "#include <string.h>") {
      body += line + "\n";
    }
  }
  body.erase(body.rfind("#endif"));
  size_t gap = 0;
  while ((gap = body.find("\n\n\n")) != std::string::npos) body.erase(gap, 1);
  while (!body.empty() && body.back() == '\n') body.pop_back();
  out += body + "\n\n";
}

}  // namespace

std::string kernel_text(const Plan& plan) {
  std::set<std::string> done;
  std::string out;
  paste("dew_engine.h", done, out);
  for (const Step& step : plan.program) {
    if (!step.kernel.empty()) paste(step.kernel + ".h", done, out);
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += fmt::format("\\{}", c);
    } else if (byte < 0x20 || byte >= 0x7F || c == '?') {
      result +=
          fmt::format("\\{:03o}", byte);  // octal escapes end after three digits; ? could begin a trigraph
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string comment(const std::string& text) {
  std::string result = printable(text, 100);
  size_t at = 0;
  while ((at = result.find("*/")) != std::string::npos) result[at] = ' ';
  while ((at = result.find("/*")) != std::string::npos) result[at] = ' ';
  std::replace(result.begin(), result.end(), '\\', '/');
  return result;
}

std::vector<std::string> class_names(const Plan& plan) {
  const auto count = static_cast<size_t>(plan.output.elements());
  if (plan.classes.size() == count) return plan.classes;
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

}  // namespace dew::compiler
