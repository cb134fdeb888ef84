// The page's own markup: escaping, numbers, and a writer that cannot leave an element open.
//
// What comes out is HTML that is also well-formed XML, so that any XML parser can check it.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace dew::report {

/// Safe as text and inside quoted attributes, whatever the bytes are. Broken UTF-8 and what XML forbids
/// become U+FFFD; control characters and those that turn the writing direction become visible signs.
std::string escape(std::string_view text);

/// At most `limit` bytes, cut between characters, with an ellipsis where something is missing.
std::string clip(std::string_view text, size_t limit);

/// Without needless zeros: 12, 0.35, 1.5e-07.
std::string number(double value);
/// For coordinates: two decimals at most.
std::string coordinate(double value);
/// 0.9662 -> "96.6 %", with a no-break space. Only 1 is "100 %" and only 0 is "0 %".
std::string percent(double share);
/// Where room is short: 0.957 -> "96 %".
std::string rough_percent(double share);
/// "1 tile", "2 tiles".
std::string counted(int64_t count, std::string_view one, std::string_view many);

/// name="value"; numbers are written as coordinates.
struct Attribute {
  Attribute(std::string_view attribute, std::string_view text) : name(attribute), value(text) {}
  Attribute(std::string_view attribute, const char* text) : name(attribute), value(text) {}
  Attribute(std::string_view attribute, std::string text) : name(attribute), value(std::move(text)) {}
  Attribute(std::string_view attribute, std::integral auto whole)
      : name(attribute), value(std::to_string(whole)) {}
  Attribute(std::string_view attribute, double real) : name(attribute), value(coordinate(real)) {}

  std::string_view name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

/// Builds the page from front to back.
///
///     const auto row = out.open("tr");
///     out.element("th", {{"scope", "row"}}, name);   // `name` is escaped
///     out.element("td", value);
///
/// Names of elements and attributes are ours and taken as they are.
class Writer {
 public:
  /// An open element; it is closed where the scope ends.
  class Element {
   public:
    Element(Writer& writer, std::string_view tag) : writer_(writer), tag_(tag) {}
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;
    ~Element() { writer_.close(tag_); }

   private:
    Writer& writer_;
    std::string_view tag_;
  };

  [[nodiscard]] Element open(std::string_view tag, Attributes attributes = {});
  /// An element that holds text only.
  void element(std::string_view tag, Attributes attributes, std::string_view text);
  void element(std::string_view tag, std::string_view text) { element(tag, {}, text); }
  /// An element that holds nothing: void in HTML, or a shape in SVG.
  void leaf(std::string_view tag, Attributes attributes);
  void text(std::string_view text) { page_ += escape(text); }
  /// Our own markup, as it is.
  void raw(std::string_view markup) { page_ += markup; }

  [[nodiscard]] std::string take() { return std::move(page_); }

 private:
  void start(std::string_view tag, Attributes attributes);
  void close(std::string_view tag);

  std::string page_;
};

}  // namespace dew::report
