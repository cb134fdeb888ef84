#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "label/label.h"
#include "verbs/common/pictures.h"

namespace dew {
namespace {

constexpr int64_t kRawLimit = int64_t{1} << 30;

Result<std::vector<Input>> from_files(const std::vector<fs::path>& paths, const graph::Tensor& tensor,
                                      const std::vector<std::string>& classes, Watch& watch) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    DEW_TRY(const auto found, pictures_at(path));
    files.insert(files.end(), found.begin(), found.end());
  }
  std::vector<Input> inputs;
  if (files.size() > 1) watch.begin("reading pictures", static_cast<int64_t>(files.size()));
  for (const fs::path& file : files) {
    if (watch.interrupted()) return interrupted_error();
    DEW_TRY(const Image image, read_image(file));
    DEW_TRY(auto bytes, to_tensor(image, tensor));
    Input input{file.string(), std::nullopt, std::move(bytes)};
    const std::string folder = fs::absolute(file).lexically_normal().parent_path().filename().string();
    if (std::find(classes.begin(), classes.end(), folder) != classes.end()) input.truth = folder;
    inputs.push_back(std::move(input));
    if (files.size() > 1) watch.advance(static_cast<int64_t>(inputs.size()));
  }
  if (files.size() > 1) watch.end();
  return inputs;
}

Result<Split> parse_split(const std::string& name) {
  if (name == "train") return Split::kTrain;
  if (name == "validation") return Split::kValidation;
  if (name == "test") return Split::kTest;
  return usage_error("there is no split '" + printable(name) + "'", "--split",
                     "choose train, validation or test");
}

Result<std::vector<Input>> from_split(const RunArgs& args, const graph::Tensor& tensor, Watch& watch) {
  DEW_TRY(const Split split, parse_split(args.split));
  DEW_TRY(const Project project, Project::open(args.model.project));
  DEW_TRY(auto samples, project.samples());
  samples.erase(std::remove_if(samples.begin(), samples.end(),
                               [split](const Sample& sample) { return sample.split != split; }),
                samples.end());
  if (samples.empty())
    return work_error("the " + args.split + " split has no sample", project.folder().string(),
                      "add pictures: dewdrop add");
  DEW_TRY(const auto labelled, labelled_samples(project));
  std::map<int64_t, std::string> truth;
  for (const Labelled& one : labelled)
    truth[one.sample.id] = project.settings().classes[static_cast<size_t>(one.answer_class)];
  std::vector<Input> inputs(samples.size());
  int64_t done = 0;
  watch.begin("reading pictures", static_cast<int64_t>(samples.size()));
  DEW_CHECK(project.pictures(
      samples,
      [&](size_t at, const Image& image) -> Result<void> {
        DEW_TRY(inputs[at].bytes, to_tensor(image, tensor));
        inputs[at].name = samples[at].name;
        if (const auto known = truth.find(samples[at].id); known != truth.end())
          inputs[at].truth = known->second;
        watch.advance(++done);
        return {};
      },
      watch));
  watch.end();
  return inputs;
}

/// As many as the file holds.
Result<std::vector<Input>> from_raw(const fs::path& path, const graph::Tensor& tensor) {
  DEW_TRY(const std::string raw, read_file(path, kRawLimit));
  const auto size = static_cast<size_t>(tensor.bytes());
  if (raw.empty() || raw.size() % size != 0)
    return work_error(
        fmt::format("holds {} bytes, no whole number of input tensors of {} bytes", raw.size(), size),
        path.string(), "write the tensors one after the other, nothing between");
  std::vector<Input> inputs;
  for (size_t at = 0; at < raw.size(); at += size)
    inputs.push_back(
        {fmt::format("tensor {}", inputs.size()),
         std::nullopt,
         {raw.begin() + static_cast<int64_t>(at), raw.begin() + static_cast<int64_t>(at + size)}});
  return inputs;
}

}  // namespace

Result<std::vector<fs::path>> pictures_at(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) return std::vector<fs::path>{path};
  std::vector<fs::path> found;
  for (auto at = fs::recursive_directory_iterator(path, failed); !failed && at != fs::end(at);
       at.increment(failed))
    if (media_kind(at->path()) == MediaKind::kImage) found.push_back(at->path());
  if (failed) return work_error("cannot be read: " + failed.message(), path.string());
  if (found.empty())
    return work_error("holds no picture", path.string(), "give a folder with JPEG, PNG, BMP or WebP files");
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::vector<Input>> gather_inputs(const RunArgs& args, const graph::Tensor& tensor,
                                         const std::vector<std::string>& classes, Watch& watch) {
  if (!args.raw.empty()) return from_raw(args.raw, tensor);
  if (!args.split.empty()) return from_split(args, tensor, watch);
  return from_files(args.pictures, tensor, classes, watch);
}

}  // namespace dew
