// One entry of Label Studio's exports: where its picture is, who annotated, and what makes it one.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dew::exchange {

/// The keys of an object whose values are texts.
std::vector<std::string> text_keys(const nlohmann::json& object);

/// The key of the picture's address; empty: there is none.
std::string picture_key(const nlohmann::json& data);

/// Who annotated, below this key: a number, a name, or an account. Empty: it does not tell.
std::string who(const nlohmann::json& object, const char* key);

/// The same in the short form, where there may be several.
std::string annotators(const nlohmann::json& object);

/// Whether a key of the short form tells who worked on the entry, and so is neither the picture nor an
/// answer.
bool is_of_annotator(const std::string& key);

/// Whether a list that begins so is in the short form: its first entry has a picture, and an answer or who
/// gave it.
bool begins_in_short_form(std::string_view head);

}  // namespace dew::exchange
