// Pastes kernels into the emitted file: resolves their includes of each other, drops their include guards and
// gives their names to the model.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <regex>
#include <set>
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

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// `text` with `replaced` applied to each identifier that begins with dew_.
std::string each_name(std::string_view text, const std::function<std::string(std::string_view)>& replaced) {
  std::string out;
  size_t done = 0;
  for (size_t at = 0; (at = text.find("dew_", at)) != std::string_view::npos;) {
    size_t end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    const bool whole = at == 0 || !in_name(text[at - 1]);
    if (whole && text.substr(end, 2) != ".h") {
      out += text.substr(done, at - done);
      out += replaced(text.substr(at, end - at));
      done = end;
    }
    at = end;
  }
  return out.append(text.substr(done));
}

std::string without_comments(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t begin = std::min(text.size(), text.find("/*"));
    out += text.substr(0, begin);
    text.remove_prefix(begin);
    const size_t end = text.find("*/");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return out;
}

}  // namespace

std::string with_own_names(const std::string& text, std::string_view kernels, const std::string& symbol) {
  std::set<std::string, std::less<>> names;
  each_name(without_comments(kernels), [&](std::string_view name) {
    names.emplace(name);
    return std::string();
  });
  return each_name(text, [&](std::string_view name) {
    if (names.count(name) == 0) return std::string(name);
    return fmt::format("dew_{}_{}", symbol, name.substr(4));
  });
}

std::string undefine(const std::string& kernels) {
  std::set<std::string> names;
  static const std::regex define("#define (DEW_\\w+)");
  for (std::sregex_iterator it(kernels.begin(), kernels.end(), define), end; it != end; ++it)
    names.insert((*it)[1]);
  names.erase("DEW_STEP_DONE");
  std::string out = "\n/* So that the file of another net can follow in the same translation unit. */\n";
  for (const std::string& name : names) out += "#undef " + name + "\n";
  return out;
}

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
  const auto count = static_cast<size_t>(plan.scores());
  if (plan.classes.size() == count) return plan.classes;
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

}  // namespace dew::compiler
