#include "exchange/yolo_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dew::exchange {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

/// The next field; empty: no more. `line` becomes the rest.
std::string_view next_field(std::string_view& line) {
  const size_t from = line.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  line.remove_prefix(from);
  const size_t length = std::min(line.find_first_of(kBlanks), line.size());
  const std::string_view field = line.substr(0, length);
  line.remove_prefix(length);
  return field;
}

std::optional<double> number_of(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  double number = 0;
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), number);
  if (code != std::errc() || end != field.data() + field.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

struct Line {
  int64_t number = 0;  ///< of the class
  size_t fields = 0;
};

/// Why a line is no box is the error's text alone.
tl::expected<Line, std::string> parse_line(std::string_view rest) {
  constexpr double kMostClasses = 1e9;
  Line line;
  for (std::string_view field = next_field(rest); !field.empty(); field = next_field(rest)) {
    const auto number = number_of(field);
    if (!number) return tl::unexpected(fmt::format("'{}' is not a number", printable(field, 40)));
    if (line.fields++ > 0) continue;
    if (*number != std::floor(*number) || std::abs(*number) > kMostClasses)
      return tl::unexpected(fmt::format("'{}' is not the number of a class", printable(field, 40)));
    line.number = static_cast<int64_t>(*number);
  }
  if (line.fields < 5)
    return tl::unexpected(fmt::format("this line has {} of the 5 fields of a box", line.fields));
  return line;
}

/// The next line, without a byte order mark before the first. `text` becomes the rest.
std::string_view next_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(kBlanks) == std::string_view::npos;
}

std::string without_extension(std::string_view picture) {
  const size_t slash = picture.rfind('/');
  const size_t dot = picture.rfind('.');
  const bool has_extension =
      dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash);
  return std::string(picture.substr(0, has_extension ? dot : picture.size()));
}

}  // namespace

std::optional<std::string> label_in_labels(std::string_view picture) {
  constexpr std::string_view kImages = "images/";
  size_t at = picture.rfind(kImages);
  while (at != std::string_view::npos && at > 0 && picture[at - 1] != '/')
    at = picture.rfind(kImages, at - 1);
  if (at == std::string_view::npos) return std::nullopt;
  return std::string(picture.substr(0, at)) + "labels/" + label_beside(picture.substr(at + kImages.size()));
}

std::string label_beside(std::string_view picture) {
  return without_extension(picture) + ".txt";
}

Result<YoloLabels> parse_yolo_labels(std::string_view text, const YoloNames& names, const std::string& shown,
                                     const std::string& names_from) {
  YoloLabels labels;
  for (int64_t number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (is_blank(line)) continue;
    const auto box = parse_line(line);
    const auto where = [&] { return fmt::format("{}:{}", shown, number); };
    if (!box) return usage_error(box.error(), where(), "a box is: class x y width height, in 0...1");
    if (!names.contains(box->number))
      return usage_error(fmt::format("{} has no name for class {}", names_from, box->number), where(),
                         "name it there, or mend the line");
    if (box->fields == 6) {
      ++labels.with_confidence;
      continue;
    }
    labels.classes.push_back(box->number);
    labels.with_points += box->fields > 6 ? 1 : 0;
  }
  return labels;
}

std::optional<bool> looks_like_yolo_labels(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (!is_blank(line)) return parse_line(line).has_value();
  }
  return std::nullopt;
}

}  // namespace dew::exchange
