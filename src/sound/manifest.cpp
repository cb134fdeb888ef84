#include "sound/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace dew::sound {
namespace {

using Json = nlohmann::json;
constexpr int64_t kMostBytes = 1 << 20;
constexpr int kMostDepth = 16;

/// Reads the keys of one object. The first that is wrong is told.
class Keys {
 public:
  Keys(const Json& object, std::string name) : object_(object), name_(std::move(name)) {}

  std::string text(const char* key, size_t most) {
    const auto found = object_.find(key);
    if (found == object_.end() || !found->is_string() || found->get_ref<const std::string&>().empty() ||
        found->get_ref<const std::string&>().size() > most) {
      fail(fmt::format("\"{}\" is no text of 1 to {} characters", key, most));
      return {};
    }
    return found->get<std::string>();
  }

  double number(const char* key, double least, double most, double otherwise) {
    const auto found = object_.find(key);
    if (found == object_.end()) return otherwise;
    if (found->is_number() && found->get<double>() >= least && found->get<double>() <= most)
      return found->get<double>();
    fail(fmt::format("\"{}\" is no number from {} to {}", key, least, most));
    return otherwise;
  }

  int whole(const char* key, int least, int most, int otherwise) {
    const double value = number(key, least, most, otherwise);
    if (value == static_cast<int>(value)) return static_cast<int>(value);
    fail(fmt::format("\"{}\" is no whole number", key));
    return otherwise;
  }

  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }
  [[nodiscard]] Result<void> checked() const {
    if (problem_.empty()) return {};
    return usage_error(problem_, name_, "it should be a manifest as microWakeWord's models have one");
  }

 private:
  const Json& object_;
  std::string name_;
  std::string problem_;
};

/// A deep object would overflow the stack of whoever destroys it.
bool too_deep(const std::string& text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kMostDepth) return true;
  }
  return false;
}

}  // namespace

Result<Manifest> parse_manifest(const std::string& text, const fs::path& folder, const std::string& name) {
  const Json object = too_deep(text) ? Json() : Json::parse(text, nullptr, false);
  if (!object.is_object())
    return usage_error("is no JSON object", name, "give a .tflite file, or a manifest of microWakeWord's");
  Manifest manifest;
  Keys keys(object, name);
  manifest.word = keys.text("wake_word", 100);
  const std::string model = keys.text("model", 255);
  if (fs::path(model).filename() != model || model == "." || model == "..")
    keys.fail("\"model\" is not the name of a file beside the manifest");
  DEW_CHECK(keys.checked());
  manifest.model = folder / model;

  const auto micro = object.find("micro");
  if (micro == object.end() || !micro->is_object())
    return usage_error("\"micro\" is missing", name,
                       "it should be a manifest as microWakeWord's models have one");
  Keys inner(*micro, name);
  manifest.cutoff = inner.number("probability_cutoff", 0.01, 1, 0.5);
  constexpr int kMostAnswers = 1000;
  const int average = inner.whole("sliding_window_average_size", 1, kMostAnswers, 1);  // version 1
  manifest.window = inner.whole("sliding_window_size", 1, kMostAnswers, average);
  manifest.step_ms = inner.whole("feature_step_size", 1, 30, 20);
  DEW_CHECK(inner.checked());
  return manifest;
}

Result<Manifest> read_manifest(const fs::path& file) {
  DEW_TRY(const std::string text, read_file(file, kMostBytes));
  return parse_manifest(text, file.parent_path(), file.string());
}

}  // namespace dew::sound
