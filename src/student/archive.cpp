// Named tensors on disk, through LibTorch's pickle archive: data only, it holds no code to run.
#include "student/archive.h"

#include <torch/csrc/jit/serialization/pickle.h>

#include <algorithm>
#include <exception>

namespace dew::student {
namespace {

constexpr int64_t kLimit = int64_t{1} << 30;
constexpr int64_t kTextLimit = int64_t{1} << 20;

tl::unexpected<Error> foreign(const fs::path& path, const std::string& why) {
  return work_error("not a file of this net: " + why, path.string(),
                    "train again, or restore the file from a copy");
}

}  // namespace

Result<void> save_tensors(const fs::path& path, const NamedTensors& tensors) {
  c10::Dict<std::string, at::Tensor> dictionary;
  for (const auto& [name, tensor] : tensors) dictionary.insert(name, tensor.detach().cpu().clone());
  const std::vector<char> bytes = torch::jit::pickle_save(dictionary);
  return write_file(path, {bytes.data(), bytes.size()});
}

Result<NamedTensors> load_tensors(const fs::path& path, const std::string& what) {
  DEW_TRY(const std::string bytes, read_file(path, kLimit));
  c10::IValue value;
  try {
    value = torch::jit::pickle_load({bytes.begin(), bytes.end()});
  } catch (const std::exception& exception) {
    // Truncated, foreign and corrupt files all end here; only the first line of the text is for people.
    const std::string text = exception.what();
    return work_error("cannot read " + what + ": " + printable(text.substr(0, text.find('\n'))),
                      path.string(), "train again, or restore the file from a copy");
  }
  if (!value.isGenericDict()) return foreign(path, "it holds no dictionary of tensors");
  NamedTensors tensors;
  for (const auto& entry : value.toGenericDict()) {
    if (!entry.key().isString() || !entry.value().isTensor())
      return foreign(path, "it holds no tensors by name");
    tensors[entry.key().toStringRef()] = entry.value().toTensor();
  }
  return tensors;
}

Result<at::Tensor> expect_tensor(const NamedTensors& tensors, const std::string& name, at::ScalarType type,
                                 at::IntArrayRef sizes, const fs::path& path) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) return foreign(path, "no tensor '" + name + "'");
  const at::Tensor& tensor = found->second;
  if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.device().is_cpu() ||
      tensor.scalar_type() != type || tensor.sizes() != sizes) {
    return foreign(path, "the tensor '" + name + "' has another type or shape");
  }
  return tensor.contiguous();
}

at::Tensor text_tensor(const std::string& text) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), tensor.data_ptr<uint8_t>());
  return tensor;
}

Result<std::string> expect_text(const NamedTensors& tensors, const std::string& name, const fs::path& path) {
  const auto found = tensors.find(name);
  const int64_t length = found == tensors.end() || !found->second.defined() ? -1 : found->second.numel();
  if (length < 0 || length > kTextLimit) return foreign(path, "no text '" + name + "'");
  DEW_TRY(const at::Tensor tensor, expect_tensor(tensors, name, at::kByte, {length}, path));
  const uint8_t* data = tensor.data_ptr<uint8_t>();
  return std::string(data, data + length);
}

}  // namespace dew::student
