#include "tests/report/dom.h"

#include <expat.h>
#include <fmt/format.h>

#include <sstream>

namespace dew::report {
namespace {

using Stack = std::vector<Node*>;

void on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
  auto& open = *static_cast<Stack*>(user);
  auto node = std::make_unique<Node>();
  node->tag = name;
  for (; *attributes != nullptr; attributes += 2) node->attributes[attributes[0]] = attributes[1];
  Node* const raw = node.get();
  open.back()->children.push_back(std::move(node));
  open.push_back(raw);
}

void on_end(void* user, const XML_Char* /*name*/) {
  static_cast<Stack*>(user)->pop_back();
}

void on_text(void* user, const XML_Char* text, int length) {
  auto node = std::make_unique<Node>();
  node->characters.assign(text, static_cast<size_t>(length));
  static_cast<Stack*>(user)->back()->children.push_back(std::move(node));
}

}  // namespace

std::string Node::get(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? std::string() : found->second;
}

double Node::number(const std::string& attribute) const {
  return std::stod(attributes.at(attribute));
}

bool Node::has_class(const std::string& name) const {
  std::istringstream classes(get("class"));
  for (std::string one; classes >> one;)
    if (one == name) return true;
  return false;
}

std::string Node::text() const {
  std::string all = characters;
  for (const auto& child : children) all += child->text();
  return all;
}

std::vector<const Node*> Node::find(const std::function<bool(const Node&)>& wanted) const {
  std::vector<const Node*> found;
  for (const auto& child : children) {
    if (child->tag.empty()) continue;
    if (wanted(*child)) found.push_back(child.get());
    const auto deeper = child->find(wanted);
    found.insert(found.end(), deeper.begin(), deeper.end());
  }
  return found;
}

std::vector<const Node*> Node::find(const std::string& tag_name, const std::string& of_class) const {
  return find([&](const Node& node) {
    return node.tag == tag_name && (of_class.empty() || node.has_class(of_class));
  });
}

const Node* Node::by_id(const std::string& id) const {
  const auto found = find([&](const Node& node) { return node.get("id") == id; });
  return found.empty() ? nullptr : found.front();
}

std::unique_ptr<Node> parse(const std::string& page, std::string& error) {
  auto root = std::make_unique<Node>();
  Stack open = {root.get()};
  const XML_Parser parser = XML_ParserCreate("UTF-8");
  XML_SetUserData(parser, &open);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  const bool good = XML_Parse(parser, page.data(), static_cast<int>(page.size()), 1) == XML_STATUS_OK;
  if (!good)
    error = fmt::format("line {}: {}", XML_GetCurrentLineNumber(parser),
                        XML_ErrorString(XML_GetErrorCode(parser)));
  XML_ParserFree(parser);
  return good ? std::move(root) : nullptr;
}

}  // namespace dew::report
