// Our own kind of backbone file, and the checks that every backbone has to pass.
//
//   "DEWBACK1" | header length, u32 little endian | header, JSON | numbers, IEEE half floats, little endian:
//   parameters then statistics as Layout has them for no classes | SHA-256 of all before it, 32 bytes
#include "student/backbone.h"

#include <c10/util/Half.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "student/backbone_sources.h"
#include "student/door.h"
#include "student/layout.h"
#include "student/weights.h"

namespace dew::student {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little endian and so are we");

constexpr std::string_view kMagic = "DEWBACK1";
constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr int64_t kLimit = int64_t{256} << 20;
constexpr size_t kHeaderLimit = size_t{64} << 10;
constexpr size_t kDigest = 32;

tl::unexpected<Error> corrupt(const std::string& why, const std::string& where) {
  return work_error("the backbone is corrupt: " + why, where,
                    "fetch or import it again, or choose another with --backbone");
}

std::string digest(std::string_view bytes) {
  const std::string hex = sha256(bytes);
  std::string result;
  for (size_t i = 0; i < hex.size(); i += 2) {
    result.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return result;
}

/// The layer and kind of a number in a flat array, for people.
std::string named(const Backbone& backbone, bool statistic, int64_t offset) {
  const Layout layout(backbone.weights.architecture);
  for (size_t i = 0; i < layout.layers.size(); ++i) {
    const ConvLayer& layer = backbone.weights.architecture.layers[i];
    const LayerLayout& at = layout.layers[i];
    const auto within = [offset](int64_t begin, int64_t count) {
      return offset >= begin && offset < begin + count;
    };
    if (statistic && within(at.mean, layer.out)) return layer.name + " (moving mean)";
    if (statistic && within(at.variance, layer.out)) return layer.name + " (moving variance)";
    if (statistic) continue;
    if (within(at.weight, layer.weights())) return layer.name + " (weights)";
    if (within(at.gamma, layer.out)) return layer.name + " (gamma)";
    if (within(at.beta, layer.out)) return layer.name + " (beta)";
  }
  return "the net";
}

/// What the header says, checked.
struct Header {
  std::string name, origin;
  double alpha = 0;
  int input = 0;
};

Result<Header> parse_header(std::string_view text, const std::string& where) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto is_text = [&json](const char* key) { return json.contains(key) && json[key].is_string(); };
  const auto is_number = [&json](const char* key) { return json.contains(key) && json[key].is_number(); };
  if (!json.is_object() || !is_text("name") || !is_text("origin") || !is_text("architecture") ||
      !is_number("alpha") || !is_number("input")) {
    return corrupt("its header does not say what it is", where);
  }
  if (json["architecture"] != "mobilenet_v2") {
    return work_error("the backbone is a '" + printable(json["architecture"].get<std::string>(), 60) +
                          "', which this version does not know",
                      where, "choose a MobileNetV2, or update dewdrop");
  }
  Header header{json["name"], json["origin"], json["alpha"], 0};
  // Compared as a double first: a cast of a huge one is undefined.
  header.input = static_cast<int>(std::clamp(json["input"].get<double>(), 0.0, 1e6));
  if (!check_dimensions(header.alpha, header.input, 2)) {
    return corrupt("no net has the alpha and the input that its header gives", where);
  }
  return header;
}

Result<Backbone> decode_own(std::string_view bytes, const std::string& where) {
  uint32_t length = 0;
  const size_t fixed = kMagic.size() + sizeof length;
  if (bytes.size() < fixed + kDigest) return corrupt("it ends early", where);
  const std::string_view content = bytes.substr(0, bytes.size() - kDigest);
  if (digest(content) != bytes.substr(content.size())) {
    return corrupt("its content is not what its SHA-256 says", where);
  }
  std::memcpy(&length, bytes.data() + kMagic.size(), sizeof length);
  if (length > kHeaderLimit || length > content.size() - fixed) {
    return corrupt("its header is longer than the file", where);
  }
  DEW_TRY(const Header header, parse_header(content.substr(fixed, length), where));
  Backbone backbone{header.name, header.origin, header.alpha, header.input, {}};
  backbone.weights.architecture = mobilenet_v2(header.alpha, header.input, 0);
  const Layout layout(backbone.weights.architecture);
  const std::string_view halves = content.substr(fixed + length);
  if (halves.size() != static_cast<size_t>(layout.parameters + layout.statistics) * sizeof(uint16_t)) {
    return corrupt("it holds " + with_commas(static_cast<int64_t>(halves.size()) / 2) + " numbers where " +
                       with_commas(layout.parameters + layout.statistics) + " are needed",
                   where);
  }
  const auto number = [halves](int64_t index) {
    uint16_t half = 0;
    std::memcpy(&half, halves.data() + index * 2, sizeof half);
    return c10::detail::fp16_ieee_to_fp32_value(half);
  };
  for (int64_t i = 0; i < layout.parameters; ++i) backbone.weights.parameters.push_back(number(i));
  for (int64_t i = 0; i < layout.statistics; ++i) {
    backbone.weights.statistics.push_back(number(layout.parameters + i));
  }
  DEW_CHECK(check_backbone(backbone, where));
  return backbone;
}

}  // namespace

Result<void> check_backbone(const Backbone& backbone, const std::string& where) {
  const Weights& weights = backbone.weights;
  const Layout layout(weights.architecture);
  if (weights.architecture.classes != 0 || std::ssize(weights.parameters) != layout.parameters ||
      std::ssize(weights.statistics) != layout.statistics) {
    return corrupt("it holds " + with_commas(backbone.numbers()) + " numbers where " +
                       with_commas(layout.parameters + layout.statistics) + " are needed",
                   where);
  }
  for (const bool statistic : {false, true}) {
    const auto& flat = statistic ? weights.statistics : weights.parameters;
    const auto bad = std::find_if(flat.begin(), flat.end(), [](float x) { return !std::isfinite(x); });
    if (bad != flat.end()) {
      return work_error("the backbone holds a value that is not a number, in the layer " +
                            named(backbone, statistic, bad - flat.begin()),
                        where, "fetch or import it again, or choose another with --backbone");
    }
  }
  for (size_t i = 0; i < layout.layers.size(); ++i) {
    const auto variance = weights.statistics.begin() + layout.layers[i].variance;
    if (std::any_of(variance, variance + weights.architecture.layers[i].out, [](float v) { return v < 0; })) {
      return corrupt("the layer " + weights.architecture.layers[i].name + " has a negative variance", where);
    }
  }
  return {};
}

namespace {

Result<Backbone> decode(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with(kMagic)) return decode_own(bytes, where);
  if (bytes.starts_with(kHdf5Magic)) {
    DEW_TRY(const SourceNet net, read_keras(bytes, where));
    return assemble(net, where);
  }
  if (bytes.starts_with(kZipMagic)) {
    DEW_TRY(const SourceNet net, read_pytorch(bytes, where));
    return assemble(net, where);
  }
  if (bytes.starts_with("\x80\x02")) {
    return work_error("this is a PyTorch file of a version before 1.6", where,
                      "write it again in Python: torch.save(torch.load(file, \"cpu\"), new_file)");
  }
  return work_error(
      "there is no backbone in this file: it is neither our own kind, nor Keras' HDF5, nor a PyTorch state "
      "file",
      where, "import a MobileNetV2 as .h5 or as a PyTorch state file");
}

Result<std::string> encode(const Backbone& backbone) {
  DEW_CHECK(check_backbone(backbone, {}));
  const nlohmann::json header = {{"architecture", "mobilenet_v2"}, {"name", backbone.name},
                                 {"alpha", backbone.alpha},        {"input", backbone.input},
                                 {"origin", backbone.origin},      {"numbers", backbone.numbers()}};
  const std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() > kHeaderLimit) return work_error("the origin of the backbone is too long");
  const auto length = static_cast<uint32_t>(text.size());
  std::string bytes(kMagic);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += text;
  for (const auto* flat : {&backbone.weights.parameters, &backbone.weights.statistics}) {
    for (const float value : *flat) {
      if (std::abs(value) > 65504.0F) {
        return work_error("the backbone holds " + std::to_string(value) +
                          ", more than its file's half floats can");
      }
      const uint16_t half = c10::detail::fp16_ieee_from_fp32_value(value);
      bytes.append(reinterpret_cast<const char*>(&half), sizeof half);
    }
  }
  return bytes + digest(bytes);
}

}  // namespace

Result<Backbone> decode_backbone(std::string_view bytes, const std::string& where) {
  return guarded("reading the backbone", [&] { return decode(bytes, where); });
}

Result<Backbone> read_backbone(const fs::path& path) {
  return guarded("reading the backbone", [&]() -> Result<Backbone> {
    DEW_TRY(const std::string bytes, read_file(path, kLimit));
    return decode(bytes, path.string());
  });
}

Result<std::string> encode_backbone(const Backbone& backbone) {
  return guarded("writing the backbone", [&] { return encode(backbone); });
}

Result<void> write_backbone(const fs::path& path, const Backbone& backbone) {
  return guarded("writing the backbone", [&]() -> Result<void> {
    DEW_TRY(const std::string bytes, encode(backbone));
    return write_file(path, bytes);
  });
}

namespace {

/// Copies every layer's numbers between two layouts of the same layers.
void copy_layers(const Weights& from, Weights& to) {
  const Layout source(from.architecture);
  const Layout target(to.architecture);
  for (size_t i = 0; i < source.layers.size(); ++i) {
    const ConvLayer& layer = from.architecture.layers[i];
    const auto copy = [&](int64_t begin, int64_t count, int64_t target_begin) {
      std::copy_n(from.parameters.begin() + begin, count, to.parameters.begin() + target_begin);
    };
    copy(source.layers[i].weight, layer.weights(), target.layers[i].weight);
    copy(source.layers[i].gamma, layer.out, target.layers[i].gamma);
    copy(source.layers[i].beta, layer.out, target.layers[i].beta);
  }
  to.statistics = from.statistics;  // the dense layer has none
}

Weights with_classes(const Weights& weights, int input, int classes) {
  Weights result;
  result.architecture = mobilenet_v2(weights.architecture.alpha, input, classes);
  result.parameters.resize(Layout(result.architecture).parameters);
  copy_layers(weights, result);
  return result;
}

}  // namespace

Weights with_head(const Backbone& backbone, int input, int classes) {
  return with_classes(backbone.weights, input, classes);
}

Weights without_head(const Weights& weights) {
  return with_classes(weights, weights.architecture.input, 0);
}

}  // namespace dew::student
