// The fingerprint of a training: a text that differs whenever the outcome could.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "student/augment.h"
#include "student/head.h"
#include "student/train.h"

namespace dew::student {

// All members of a struct, in order. Structured bindings name each of them, so that adding a member without
// listing it here does not compile.

nlohmann::json members(const Augmentation& augmentation);
nlohmann::json members(const HeadSettings& settings);
/// But for the backbone's name: what counts are its numbers.
nlohmann::json members(const TrainSettings& settings);

/// SHA-256 over the pictures, their order and their classes.
std::string data_mark(const std::vector<Example>& examples, const std::vector<Example>& validation);

/// SHA-256 over the bytes of an array.
template <typename T>
std::string mark(const std::vector<T>& values) {
  return sha256({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

}  // namespace dew::student
