#include "cli/pictures.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew {

Result<std::vector<std::vector<uint8_t>>> load_pictures(const Project& project,
                                                        const std::vector<Sample>& samples, int input,
                                                        Watch& watch) {
  std::vector<std::vector<uint8_t>> pictures(samples.size());
  int64_t done = 0;
  watch.begin("reading pictures", static_cast<int64_t>(samples.size()));
  DEW_CHECK(project.pictures(
      samples,
      [&](size_t index, const Image& image) -> Result<void> {
        pictures[index] = resize(image, input, input).rgb;
        watch.advance(++done);
        return {};
      },
      watch));
  watch.end();
  return pictures;
}

Result<std::vector<student::Example>> load_examples(const Project& project,
                                                    const std::vector<Labelled>& samples, int input,
                                                    Watch& watch) {
  std::vector<Sample> plain;
  plain.reserve(samples.size());
  for (const Labelled& labelled : samples) plain.push_back(labelled.sample);
  DEW_TRY(auto pictures, load_pictures(project, plain, input, watch));
  std::vector<student::Example> examples;
  examples.reserve(samples.size());
  for (size_t i = 0; i < samples.size(); ++i)
    examples.push_back({std::move(pictures[i]), samples[i].answer_class});
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

}  // namespace dew
