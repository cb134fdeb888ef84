// The words of a command, as people write them: what a face parses is made of these.
#pragma once

#include <string>
#include <vector>

namespace dew::verbs {

/// "-C p train" as "train -C p": people name the project first, as they do for git and make.
std::vector<std::string> verb_first(std::vector<std::string> words);

/// The option that an unknown one was meant to be: "--epochs" for "--epoch=3"; empty: none is near.
std::string meant_option(const std::vector<std::string>& words, const std::vector<std::string>& known);

/// What is wrong with a number, in words; empty: nothing. A parser takes "-1" of a number without a sign for
/// a very large one.
std::string not_negative(const std::string& number);
std::string positive(const std::string& number);

/// Who works here, by the environment; "somebody" where it does not say.
std::string user_name();

}  // namespace dew::verbs
