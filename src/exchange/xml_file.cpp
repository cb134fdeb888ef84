#include "exchange/xml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "exchange/encoding.h"

namespace dew::exchange {
namespace {

/// "a.xml:12" for what stands `offset` bytes into the file.
std::string line_at(const LabelFile& file, int64_t limit, ptrdiff_t offset) {
  const auto bytes = read_file(file.path, limit);
  if (!bytes || offset < 0) return file.shown;
  const auto end = bytes->begin() + std::min<ptrdiff_t>(offset, static_cast<ptrdiff_t>(bytes->size()));
  return fmt::format("{}:{}", file.shown, 1 + std::count(bytes->begin(), end, '\n'));
}

/// Where the document uses an entity that it declares itself ("&bird;"); npos: nowhere.
size_t own_entity(std::string_view bytes) {
  constexpr std::string_view kDeclares = "<!ENTITY";
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr size_t kLongest = 256;
  std::set<std::string_view> own;
  for (size_t at = bytes.find(kDeclares); at != std::string_view::npos; at = bytes.find(kDeclares, at + 1)) {
    std::string_view name = bytes.substr(at + kDeclares.size(), kLongest);
    name.remove_prefix(std::min(name.find_first_not_of(kBlanks), name.size()));
    own.insert(name.substr(0, name.find_first_of(kBlanks)));
  }
  for (size_t at = own.empty() ? std::string_view::npos : bytes.find('&'); at != std::string_view::npos;
       at = bytes.find('&', at + 1)) {
    const std::string_view name = bytes.substr(at + 1, kLongest);
    if (own.count(name.substr(0, name.find(';'))) > 0) return at;
  }
  return std::string_view::npos;
}

/// Behind `ending`; empty where it does not come.
std::string_view after(std::string_view text, std::string_view ending) {
  const size_t at = text.find(ending);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + ending.size());
}

/// Behind a document type, whose own declarations may stand in brackets.
std::string_view after_document_type(std::string_view text) {
  const size_t bracket = text.find('[');
  return bracket < text.find('>') ? after(after(text, "]"), ">") : after(text, ">");
}

}  // namespace

std::string root_element(std::string_view head) {
  std::string decoded;
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    constexpr size_t kLooked = 4096;  // the end may cut a character
    decoded = to_utf8(head.substr(0, std::min(head.size(), kLooked) / 2 * 2), {}).value_or(std::string());
    head = decoded;
  }
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (true) {
    const size_t from = head.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos || head[from] != '<') return {};
    head.remove_prefix(from);
    if (head.starts_with("<?"))
      head = after(head, "?>");
    else if (head.starts_with("<!--"))
      head = after(head, "-->");
    else if (head.starts_with("<!"))
      head = after_document_type(head);
    else
      break;
  }
  return std::string(head.substr(1, head.find_first_of(" \t\r\n/>", 1) - 1));
}

Result<XmlFile> XmlFile::read(const LabelFile& file, int64_t limit) {
  DEW_TRY(const std::string bytes, read_file(file.path, limit));
  auto document = std::make_unique<pugi::xml_document>();
  const pugi::xml_parse_result parsed = document->load_buffer(bytes.data(), bytes.size());
  if (!parsed)
    return usage_error(fmt::format("this is not XML: {}", parsed.description()),
                       line_at(file, limit, parsed.offset), "export the file again, or mend that line");
  // Taken to the letter, "&bird;" would be a class of that name.
  if (const size_t at = own_entity(bytes); at != std::string::npos)
    return usage_error(
        fmt::format("{} stands for something that the file declares (<!ENTITY ...>), which is not read",
                    printable(bytes.substr(at, bytes.find(';', at) + 1 - at), 40)),
        line_at(file, limit, static_cast<ptrdiff_t>(at)), "write the text itself in its place");
  return XmlFile(file, std::move(document));
}

std::string XmlFile::where(const pugi::xml_node& node) const {
  return line_at(file_, int64_t{1} << 30, node.offset_debug());
}

std::string child_text(const pugi::xml_node& node, const char* child) {
  return trim(node.child(child).text().get());
}

}  // namespace dew::exchange
