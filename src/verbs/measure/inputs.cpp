#include "verbs/measure/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "label/label.h"
#include "verbs/common/picture_files.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

constexpr int64_t kRawLimit = int64_t{1} << 30;

/// The class that the name of a picture's folder tells.
std::optional<std::string> label_of(const fs::path& file, const fs::path& start,
                                    const std::vector<std::string>& classes) {
  const std::string folder = (start / file).lexically_normal().parent_path().filename().string();
  if (std::find(classes.begin(), classes.end(), folder) == classes.end()) return std::nullopt;
  return folder;
}

Result<Inputs> from_files(const RunArgs& args, const graph::Tensor& tensor,
                          const std::vector<std::string>& classes, Watch& searching) {
  std::vector<fs::path> files;
  for (const fs::path& path : args.pictures) {
    DEW_TRY(const auto found, pictures_at(path, searching));
    files.insert(files.end(), found.begin(), found.end());
  }
  Inputs inputs;
  for (const fs::path& file : files)
    inputs.all.push_back({file.string(), label_of(file, args.start, classes)});
  inputs.read = [files = std::move(files), tensor](const GiveTensor& give, Watch& watch) -> Result<void> {
    for (size_t i = 0; i < files.size(); ++i) {
      if (watch.interrupted()) return interrupted_error();
      const auto image = read_image(files[i]);
      if (!image && files.size() == 1) return tl::unexpected(image.error());
      if (!image) {
        watch.warn(
            fmt::format("skipped {}: {}", printable(files[i].string()), printable(image.error().what)));
        continue;
      }
      DEW_TRY(auto bytes, to_tensor(*image, tensor));
      DEW_CHECK(give(i, std::move(bytes)));
    }
    return {};
  };
  return inputs;
}

Result<Inputs> from_split(const RunArgs& args, const graph::Tensor& tensor) {
  DEW_TRY(const Split split, parse_split(args.split));
  DEW_TRY(Project opened, Project::open(args.model.project));
  const auto project = std::make_shared<const Project>(std::move(opened));
  DEW_TRY(auto samples, project->samples());
  std::erase_if(samples, [split](const Sample& sample) { return sample.split != split; });
  if (samples.empty())
    return work_error("the " + args.split + " split has no sample", project->folder().string(),
                      "add pictures: dewdrop add");
  DEW_TRY(const auto labelled, label::labelled_samples(*project));
  std::map<int64_t, std::string> labels;
  for (const label::Labelled& one : labelled)
    labels[one.sample.id] = project->settings().classes[static_cast<size_t>(one.answer_class)];
  Inputs inputs;
  for (const Sample& sample : samples) {
    const auto known = labels.find(sample.id);
    inputs.all.push_back({sample.name, known == labels.end() ? std::nullopt : std::optional(known->second)});
  }
  inputs.read = [project, samples = std::move(samples), tensor](const GiveTensor& give, Watch& watch) {
    return project->pictures(
        samples,
        [&](size_t at, const Image& image) -> Result<void> {
          DEW_TRY(auto bytes, to_tensor(image, tensor));
          return give(at, std::move(bytes));
        },
        watch);
  };
  return inputs;
}

/// As many as the file holds.
Result<Inputs> from_raw(const fs::path& path, const graph::Tensor& tensor) {
  DEW_TRY(std::string raw, read_file(path, kRawLimit));
  const auto size = static_cast<size_t>(tensor.bytes());
  if (raw.empty() || raw.size() % size != 0)
    return work_error(
        fmt::format("holds {} bytes, no whole number of input tensors of {} bytes", raw.size(), size),
        path.string(), "write the tensors one after the other, nothing between");
  Inputs inputs;
  for (size_t i = 0; i < raw.size() / size; ++i)
    inputs.all.push_back({fmt::format("tensor {}", i), std::nullopt});
  inputs.read = [raw = std::move(raw), size](const GiveTensor& give, Watch& watch) -> Result<void> {
    for (size_t at = 0; at < raw.size(); at += size) {
      if (watch.interrupted()) return interrupted_error();
      const auto begin = raw.begin() + static_cast<std::ptrdiff_t>(at);
      DEW_CHECK(give(at / size, {begin, begin + static_cast<std::ptrdiff_t>(size)}));
    }
    return {};
  };
  return inputs;
}

}  // namespace

Result<Inputs> find_inputs(const RunArgs& args, const graph::Tensor& tensor,
                           const std::vector<std::string>& classes, Watch& watch) {
  if (!args.raw.empty()) return from_raw(args.raw, tensor);
  if (!args.split.empty()) return from_split(args, tensor);
  return from_files(args, tensor, classes, watch);
}

}  // namespace dew::verbs
