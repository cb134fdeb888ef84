// Reads and checks schemas, and answers against them.
#include "teacher/answer_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "teacher/answer_object.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::ordered_json;  // the model writes the properties in the schema's order

constexpr size_t kLargestSchema = size_t{64} << 10;
constexpr int kDeepestSchema = 64;  ///< brackets; OpenAI takes 10 objects in each other
constexpr int kDeepestAnswer = 64;
constexpr std::string_view kTypes = "object, array, string, number, integer, boolean or null";

bool is_type(const std::string& name) {
  constexpr std::array<std::string_view, 7> kAll = {"object",  "array",   "string", "number",
                                                    "integer", "boolean", "null"};
  return std::find(kAll.begin(), kAll.end(), name) != kAll.end();
}

/// They describe, and check nothing.
bool is_remark(const std::string& key) {
  constexpr std::array<std::string_view, 8> kAll = {"$schema",  "$id",     "$comment", "title",
                                                    "examples", "default", "name",     "description"};
  return std::find(kAll.begin(), kAll.end(), key) != kAll.end();
}

bool is_integer(const Json& value) {
  if (value.is_number_integer()) return true;
  if (!value.is_number_float()) return false;
  const double number = value.get<double>();
  return number == static_cast<double>(static_cast<int64_t>(std::clamp(number, -9e18, 9e18)));
}

bool is_of(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "integer") return is_integer(value);
  if (type == "boolean") return value.is_boolean();
  return value.is_null();
}

/// `type` is one name or several.
std::vector<std::string> types_of(const Json& schema) {
  const auto at = schema.find("type");
  if (at == schema.end()) return {};
  return at->is_array() ? at->get<std::vector<std::string>>()
                        : std::vector<std::string>{at->get<std::string>()};
}

std::string shown(const Json& value) {
  return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

/// A name as a part of a JSON pointer (RFC 6901).
std::string below(const std::string& path, std::string_view name) {
  std::string part;
  for (const char c : name) part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return path + "/" + part;
}

/// "file:3:14", of the byte where reading ended.
std::string place_in(std::string_view text, size_t byte, const std::string& where) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t begin = before.rfind('\n');
  return fmt::format("{}:{}:{}", where, line,
                     begin == std::string_view::npos ? before.size() : before.size() - begin - 1);
}

// ---- the schema itself

/// Goes through a schema and the schemas in it.
class SchemaCheck {
 public:
  explicit SchemaCheck(const std::string& where) : where_(where) {}

  Result<void> check(const Json& schema, const std::string& path) {
    if (!schema.is_object()) return wrong(path, "a schema is a JSON object");
    for (const auto& [key, value] : schema.items()) {
      const std::string at = below(path, key);
      if (key == "type")
        DEW_CHECK(type(value, at));
      else if (key == "properties")
        DEW_CHECK(properties(value, at));
      else if (key == "required")
        DEW_CHECK(required(value, at));
      else if (key == "enum")
        DEW_CHECK(values(value, at));
      else if (key == "items" || key == "additionalProperties")
        DEW_CHECK(schema_or_switch(value, at));
      else if (key != "const" && !is_remark(key))
        note(key);
    }
    return strictness(schema, path);
  }

  [[nodiscard]] bool strict() const { return strict_; }
  [[nodiscard]] std::vector<std::string> unchecked() && { return std::move(unchecked_); }

 private:
  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& path, const std::string& what) const {
    return usage_error(what, where_ + ": " + printable(path.empty() ? "/" : path, 120),
                       "write a JSON schema of type object (docs/cascade.md shows one)");
  }

  Result<void> type(const Json& value, const std::string& path) const {
    const auto known = [](const Json& one) { return one.is_string() && is_type(one.get<std::string>()); };
    const bool all = value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), known);
    if (!all && !known(value))
      return wrong(path, fmt::format("{} is no type; one is {}", shown(value), kTypes));
    return {};
  }

  Result<void> properties(const Json& value, const std::string& path) {
    if (!value.is_object()) return wrong(path, "the properties are not an object of schemas");
    for (const auto& [name, schema] : value.items()) DEW_CHECK(check(schema, below(path, name)));
    return {};
  }

  Result<void> required(const Json& value, const std::string& path) const {
    const auto name = [](const Json& one) { return one.is_string(); };
    if (!value.is_array() || !std::all_of(value.begin(), value.end(), name))
      return wrong(path, "the required properties are not a list of names");
    return {};
  }

  Result<void> values(const Json& value, const std::string& path) const {
    if (!value.is_array() || value.empty()) return wrong(path, "an enum is a list of values, at least one");
    return {};
  }

  Result<void> schema_or_switch(const Json& value, const std::string& path) {
    if (value.is_boolean()) return {};
    return check(value, path);
  }

  /// A required property that is not there is most often a name that was misspelt.
  Result<void> strictness(const Json& schema, const std::string& path) {
    const Json none = Json::object();
    const auto found = schema.find("properties");
    const Json& properties = found == schema.end() ? none : *found;
    size_t required = 0;
    if (const auto names = schema.find("required"); names != schema.end())
      for (const Json& name : *names) {
        ++required;
        if (!properties.contains(name.get<std::string>()))
          return wrong(below(path, "required"),
                       fmt::format("{} is required, and is none of the properties", shown(name)));
      }
    const std::vector<std::string> types = types_of(schema);
    const bool object =
        found != schema.end() || std::find(types.begin(), types.end(), "object") != types.end();
    const auto others = schema.find("additionalProperties");
    const bool closed = others != schema.end() && *others == Json(false);
    if (object && (!closed || required != properties.size())) strict_ = false;
    return {};
  }

  void note(const std::string& key) {
    if (std::find(unchecked_.begin(), unchecked_.end(), key) == unchecked_.end()) unchecked_.push_back(key);
    // Servers refuse these where they are to enforce a schema to the letter.
    for (const std::string_view no : {"allOf", "oneOf", "not", "if", "then", "else", "dependentRequired",
                                      "dependentSchemas", "patternProperties"})
      if (key == no) strict_ = false;
  }

  const std::string& where_;
  bool strict_ = true;
  std::vector<std::string> unchecked_;
};

// ---- an answer

/// What in `value` is not as `schema` says; empty: nothing.
std::string misfit(const Json& value, const Json& schema, const std::string& path);

std::string named(const std::string& path) {
  return path.empty() ? "the answer" : "\"" + printable(std::string_view(path).substr(1), 60) + "\"";
}

std::string misfit_of_members(const Json& value, const Json& schema, const std::string& path) {
  if (const auto required = schema.find("required"); required != schema.end())
    for (const Json& name : *required)
      if (!value.contains(name.get<std::string>()))
        return fmt::format("the answer has no {}", named(below(path, name.get<std::string>())));
  const auto properties = schema.find("properties");
  const auto others = schema.find("additionalProperties");
  for (const auto& [name, one] : value.items()) {
    const std::string at = below(path, name);
    if (properties != schema.end() && properties->contains(name)) {
      if (std::string why = misfit(one, (*properties)[name], at); !why.empty()) return why;
    } else if (others != schema.end()) {
      if (*others == Json(false))
        return fmt::format("the answer has {}, which the schema does not", named(at));
      if (others->is_boolean()) continue;
      if (std::string why = misfit(one, *others, at); !why.empty()) return why;
    }
  }
  return {};
}

std::string misfit_of_items(const Json& value, const Json& items, const std::string& path) {
  if (items.is_boolean()) return items == Json(false) && !value.empty() ? named(path) + " is not empty" : "";
  for (size_t i = 0; i < value.size(); ++i)
    if (std::string why = misfit(value[i], items, below(path, std::to_string(i))); !why.empty()) return why;
  return {};
}

std::string misfit(const Json& value, const Json& schema, const std::string& path) {
  const std::vector<std::string> types = types_of(schema);
  const auto fits = [&](const std::string& type) { return is_of(value, type); };
  if (!types.empty() && std::none_of(types.begin(), types.end(), fits))
    return fmt::format("{} is {}, not of type {}", named(path), shown(value), join(types, " or "));
  if (const auto values = schema.find("enum"); values != schema.end())
    if (std::find(values->begin(), values->end(), value) == values->end())
      return fmt::format("{} is {}, which is not one of {}", named(path), shown(value),
                         printable(values->dump(-1, ' ', false, Json::error_handler_t::replace), 120));
  if (const auto only = schema.find("const"); only != schema.end() && *only != value)
    return fmt::format("{} is {}, not {}", named(path), shown(value), shown(*only));
  if (value.is_object()) return misfit_of_members(value, schema, path);
  const auto items = schema.find("items");
  if (value.is_array() && items != schema.end()) return misfit_of_items(value, *items, path);
  return {};
}

}  // namespace

struct AnswerSchema::Inside {
  Json schema;
  std::string text;
  bool strict = false;
  std::vector<std::string> unchecked;
};

Result<AnswerSchema> AnswerSchema::parse(std::string_view text, const std::string& where) {
  if (text.size() > kLargestSchema) return usage_error("a schema may have 64 KiB at most", where);
  if (!is_flat(text, kDeepestSchema)) return usage_error("the schema is nested too deeply", where);
  Json schema;
  try {
    schema = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return usage_error("the schema is not valid JSON", place_in(text, error.byte, where),
                       "look for a missing comma, bracket or quotation mark just before it");
  }
  SchemaCheck check(where);
  DEW_CHECK(check.check(schema, ""));
  if (types_of(schema) != std::vector<std::string>{"object"})
    return usage_error("the schema is not of type object", where + ": /type",
                       R"(write {"type": "object", "properties": {...}, "required": [...]})");
  auto inside = std::make_shared<Inside>();
  inside->strict = check.strict();
  inside->unchecked = std::move(check).unchecked();
  inside->text = schema.dump(-1, ' ', false, Json::error_handler_t::replace);
  inside->schema = std::move(schema);
  AnswerSchema result;
  result.inside_ = std::move(inside);
  return result;
}

const std::string& AnswerSchema::text() const {
  return inside_->text;
}

bool AnswerSchema::strict() const {
  return inside_->strict;
}

const std::vector<std::string>& AnswerSchema::unchecked() const {
  return inside_->unchecked;
}

Result<std::string> AnswerSchema::read(std::string_view json) const {
  if (!is_flat(json, kDeepestAnswer)) return work_error("the answer is nested too deeply");
  const auto object = only_object(json);
  const Json answer = object ? Json::parse(escaped_controls(object->written), nullptr, false)
                             : Json(nlohmann::detail::value_t::discarded);
  if (answer.is_discarded() || !answer.is_object())
    return work_error("the answer is not one JSON object: '" + printable(json) + "'");
  // The library keeps one of two equal keys: which of two values is meant is not guessed.
  if (answer.size() != object->members.size()) return work_error("the answer names a property twice");
  if (std::string why = misfit(answer, inside_->schema, ""); !why.empty()) return work_error(std::move(why));
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_flat(std::string_view json, int most) {
  int depth = 0;
  bool quoted = false;
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (quoted && c == '\\')
      ++at;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '{' || c == '['))
      depth += 1;
    else if (!quoted && (c == '}' || c == ']'))
      depth -= 1;
    if (depth > most) return false;
  }
  return true;
}

}  // namespace dew::teacher
