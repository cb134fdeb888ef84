// Looks at the samples' pictures once, and keeps what it saw in the project's cache.
#include "verbs/common/picture_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>

#include "label/feature_cache.h"
#include "store/student_options.h"
#include "student/features.h"
#include "verbs/common/cut_net.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

constexpr size_t kTogether = 128;                 // pictures in memory
constexpr size_t kMostFloats = size_t{32} << 20;  // of features in memory: 128 MB
constexpr size_t kMostColumns = 2048;             // X'X grows with their square

using Pictures = std::vector<std::vector<uint8_t>>;

/// What gives features: a backbone, or an int8 classifier before its last layer.
struct FeatureNet {
  int input = 0;  ///< pixels of the pictures' side
  std::function<Result<std::vector<std::vector<float>>>(const Pictures&)> features;
};

Result<FeatureNet> feature_net(const std::string& backbone, int input) {
  if (fs::path(backbone).extension() == ".tflite") {
    DEW_TRY(CutNet net, cut_net(backbone));
    const auto& shape = net.input.shape;
    if (shape.size() != 4 || shape[1] != shape[2] || shape[3] != 3)
      return work_error("its input is not a square picture in colour", backbone);
    const int side = shape[1];
    return FeatureNet{
        side, [net = std::move(net)](const Pictures& pictures) { return features_of(net, pictures); }};
  }
  if (input < store::kLeastInput || input > store::kMostInput)
    return usage_error(fmt::format("no backbone reads pictures of {} pixels", input), "--input",
                       fmt::format("give a multiple of {} from {} to {}", store::kInputStep,
                                   store::kLeastInput, store::kMostInput));
  const std::string chosen = backbone.empty() ? student::default_backbone() : backbone;
  return FeatureNet{input, [chosen, input](const Pictures& pictures) {
                      Watch quiet;
                      return student::features(chosen, input, pictures, quiet);
                    }};
}

struct Fingerprint {
  std::string name;
  size_t columns = 0;
};

/// Known by what it sees in a fixed picture: another file under the same name is another backbone.
Result<Fingerprint> fingerprint(const FeatureNet& net) {
  std::vector<uint8_t> picture(static_cast<size_t>(net.input) * static_cast<size_t>(net.input) * 3);
  for (size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<uint8_t>(i * i / 97 + i * 31);
  const Pictures pictures{picture};
  DEW_TRY(const auto seen, net.features(pictures));
  std::string text;
  for (const float value : seen[0]) text += fmt::format("{:.2f},", value);
  return Fingerprint{sha256(text).substr(0, 16), seen[0].size()};
}

/// Computes what `missing` lack and keeps it, some hundred pictures at a time; gives why one was left out.
Result<std::optional<Error>> fill_cache(const Project& project, const fs::path& file,
                                        const std::vector<Sample>& missing, const FeatureNet& net,
                                        Watch& watch) {
  std::vector<label::FeatureRow> rows;
  Pictures pictures;
  int64_t done = 0;
  const auto flush = [&]() -> Result<void> {
    if (rows.empty()) return {};
    DEW_TRY(auto seen, net.features(pictures));
    for (size_t i = 0; i < rows.size(); ++i) rows[i].features = std::move(seen[i]);
    DEW_CHECK(label::append_features(file, rows[0].features.size(), rows));
    done += static_cast<int64_t>(rows.size());
    rows.clear();
    pictures.clear();
    watch.advance(done);
    return {};
  };
  watch.begin("looking at pictures", static_cast<int64_t>(missing.size()));
  const auto looked = readable_pictures(
      project, missing,
      [&](size_t index, const Image& image) -> Result<void> {
        rows.push_back({missing[index].id, difference_hash(image), {}});
        pictures.push_back(resize(image, net.input, net.input).rgb);
        return rows.size() == kTogether ? flush() : Result<void>();
      },
      watch);
  DEW_CHECK(flush());  // what was read counts, also before an error
  watch.end();
  return looked;
}

/// The evidence's features as rows of the cache come in; folds columns together at random where all of them
/// would not fit.
class FeatureTable {
 public:
  FeatureTable(label::Evidence& evidence, const std::vector<Sample>& samples) : evidence_(evidence) {
    for (size_t i = 0; i < samples.size(); ++i) row_of_[samples[i].id] = i;
  }
  void add(const label::FeatureRow& row) {
    const auto at = row_of_.find(row.sample);
    if (at == row_of_.end()) return;
    if (evidence_.features.empty()) begin(row.features.size());
    hashes[row.sample] = row.hash;
    float* out = &evidence_.features[at->second * evidence_.columns];
    for (size_t d = 0; d < row.features.size(); ++d) out[column_[d]] += row.features[d];
  }
  [[nodiscard]] bool has(int64_t sample) const { return hashes.count(sample) != 0; }

  std::map<int64_t, uint64_t> hashes;

 private:
  void begin(size_t columns) {
    const size_t most = kMostFloats / std::max<size_t>(row_of_.size(), 1);
    evidence_.columns = std::min(columns, std::clamp(most, size_t{64}, kMostColumns));
    std::mt19937 random(1);
    for (size_t d = 0; d < columns; ++d) column_.push_back(d % evidence_.columns);
    std::shuffle(column_.begin(), column_.end(), random);
    if (evidence_.columns == columns)
      for (size_t d = 0; d < columns; ++d) column_[d] = d;
    evidence_.features.assign(row_of_.size() * evidence_.columns, 0);
  }

  label::Evidence& evidence_;
  std::unordered_map<int64_t, size_t> row_of_;
  std::vector<size_t> column_;
};

}  // namespace

Result<std::map<int64_t, uint64_t>> gather_features(const Project& project,
                                                    const std::vector<Sample>& samples,
                                                    const std::string& backbone, int input,
                                                    label::Evidence& evidence, Watch& watch) {
  DEW_TRY(const FeatureNet net, feature_net(backbone, input));
  DEW_TRY(const Fingerprint print, fingerprint(net));
  const fs::path file =
      project.folder() / ".dewdrop" / "features" / fmt::format("{}-{}.bf16", print.name, net.input);
  FeatureTable cached(evidence, samples);
  const auto read_cache = [&](FeatureTable& table) {
    return label::read_features(file, [&](const label::FeatureRow& row) { table.add(row); });
  };
  const auto read = read_cache(cached);
  if (!read || (*read != 0 && *read != print.columns)) {
    watch.warn("the cache of features is damaged (" + file.string() + "); they are computed anew");
    std::error_code code;
    fs::remove(file, code);
    cached.hashes.clear();
  }
  std::vector<Sample> missing;
  for (const Sample& sample : samples)
    if (!cached.has(sample.id)) missing.push_back(sample);
  if (missing.empty()) return cached.hashes;
  DEW_TRY(const auto left_out, fill_cache(project, file, missing, net, watch));
  evidence.features.clear();
  FeatureTable all(evidence, samples);
  DEW_CHECK(read_cache(all));
  if (left_out && all.hashes.empty()) return tl::unexpected(*left_out);
  return all.hashes;
}

}  // namespace dew::verbs
