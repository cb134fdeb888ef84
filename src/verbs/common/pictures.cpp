#include "verbs/common/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace dew::verbs {

namespace {

constexpr int64_t kNamed = 10;  ///< files that are told one by one

}  // namespace

Result<label::LabelSet> label_set_of(const Project& project, const std::string& text) {
  return text.empty() ? label::LabelSet() : label::parse_label_set(project, text);
}

Result<Split> parse_split(const std::string& name) {
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
    if (name == split_name(split)) return split;
  return usage_error("there is no split '" + printable(name) + "'", "--split",
                     "choose train, validation or test");
}

Result<std::optional<Error>> readable_pictures(const Project& project, const std::vector<Sample>& samples,
                                               const GivePicture& give, Watch& watch) {
  std::map<int64_t, std::vector<size_t>> by_source;
  for (size_t i = 0; i < samples.size(); ++i) by_source[samples[i].source].push_back(i);
  std::optional<Error> first;
  std::set<std::string> steps;  // each is told once
  int64_t bad_files = 0;
  size_t given = 0;
  for (const auto& group : by_source) {
    const std::vector<size_t>& indices = group.second;
    std::vector<Sample> own;
    for (const size_t i : indices) own.push_back(samples[i]);
    Result<void> taken;  // what `give` says ends it all
    const auto read = project.pictures(
        own,
        [&](size_t at, const Image& image) -> Result<void> {
          taken = give(indices[at], image);
          if (taken) ++given;
          return taken;
        },
        watch);
    DEW_CHECK(taken);
    if (watch.interrupted()) return interrupted_error();
    if (read) continue;
    if (!first) first = read.error();
    if (++bad_files > kNamed) continue;
    const bool new_step = !read.error().next.empty() && steps.insert(read.error().next).second;
    watch.warn(fmt::format("left out: {}: {}{}", read.error().where, read.error().what,
                           new_step ? "\n  " + read.error().next : ""));
  }
  if (!first) return first;
  watch.warn(fmt::format("{} of {} pictures (files: {}) cannot be read and take no part",
                         with_commas(static_cast<int64_t>(samples.size() - given)),
                         with_commas(static_cast<int64_t>(samples.size())), with_commas(bad_files)));
  return first;
}

Result<std::vector<std::vector<uint8_t>>> load_pictures(const Project& project,
                                                        const std::vector<Sample>& samples, int input,
                                                        Watch& watch) {
  std::vector<std::vector<uint8_t>> pictures(samples.size());
  int64_t done = 0;
  watch.begin("reading pictures", static_cast<int64_t>(samples.size()));
  DEW_TRY(const auto left_out, readable_pictures(
                                   project, samples,
                                   [&](size_t index, const Image& image) -> Result<void> {
                                     pictures[index] = resize(image, input, input).rgb;
                                     watch.advance(++done);
                                     return {};
                                   },
                                   watch));
  watch.end();
  if (done == 0 && left_out) return tl::unexpected(*left_out);
  return pictures;
}

Result<std::vector<student::Example>> load_examples(const Project& project,
                                                    const std::vector<label::Labelled>& samples, int input,
                                                    Watch& watch) {
  std::vector<Sample> plain;
  plain.reserve(samples.size());
  for (const label::Labelled& labelled : samples) plain.push_back(labelled.sample);
  std::vector<student::Example> examples(samples.size());
  int64_t done = 0;
  watch.begin("reading pictures", std::ssize(samples));
  const auto make = [&](size_t index, const Image& image) -> Result<void> {
    student::Example& example = examples[index];
    example.rgb = resize(image, input, input).rgb;
    example.answer_class = samples[index].answer_class;
    example.group = samples[index].sample.id;
    const int large = std::min(student::large_side(input), std::max(image.width, image.height));
    if (large > input) example.large = resize(image, large, large).rgb;
    watch.advance(++done);
    return {};
  };
  DEW_TRY(const auto left_out, readable_pictures(project, plain, make, watch));
  watch.end();
  if (done == 0 && left_out) return tl::unexpected(*left_out);
  std::erase_if(examples, [](const student::Example& example) { return example.rgb.empty(); });
  return examples;
}

std::vector<uint8_t> rgb_to_int8(const std::vector<uint8_t>& rgb) {
  std::vector<uint8_t> bytes(rgb.size());
  std::transform(rgb.begin(), rgb.end(), bytes.begin(),
                 [](uint8_t p) { return static_cast<uint8_t>(p ^ 0x80U); });
  return bytes;
}

Result<std::vector<uint8_t>> to_tensor(const Image& image, const graph::Tensor& input) {
  using graph::DType;
  const bool picture = input.shape.size() == 4 && (input.shape[3] == 1 || input.shape[3] == 3);
  if (!picture || (input.type != DType::kInt8 && input.type != DType::kUInt8))
    return work_error("the model's input is no 8-bit picture", input.name,
                      "feed its bytes with --raw in.bin --out out.bin");
  const Image scaled = resize(image, input.shape[2], input.shape[1]);
  std::vector<uint8_t> bytes = scaled.rgb;
  if (input.shape[3] == 1) {
    bytes.resize(scaled.rgb.size() / 3);
    for (size_t i = 0; i < bytes.size(); ++i)  // ITU-R BT.601 luma
      bytes[i] = static_cast<uint8_t>(
          (299 * scaled.rgb[3 * i] + 587 * scaled.rgb[3 * i + 1] + 114 * scaled.rgb[3 * i + 2] + 500) / 1000);
  }
  return input.type == DType::kInt8 ? rgb_to_int8(bytes) : bytes;
}

}  // namespace dew::verbs
