// Named tensors on disk: a LibTorch archive that Python reads with torch.load() as a dictionary.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "base/base.h"

namespace dew::student {

using NamedTensors = std::map<std::string, at::Tensor>;

/// Whole or not at all.
Result<void> save_tensors(const fs::path& path, const NamedTensors& tensors);

/// `what` names the file in errors ("the weights"). Error: missing, larger than 1 GiB, not such an archive.
/// Nothing about the tensors is believed yet: see expect_tensor.
Result<NamedTensors> load_tensors(const fs::path& path, const std::string& what);

/// The tensor of that name if it has that type and shape, contiguous.
Result<at::Tensor> expect_tensor(const NamedTensors& tensors, const std::string& name, at::ScalarType type,
                                 at::IntArrayRef sizes, const fs::path& path);

/// Text and plain numbers as tensors.
at::Tensor text_tensor(const std::string& text);
Result<std::string> expect_text(const NamedTensors& tensors, const std::string& name, const fs::path& path);

}  // namespace dew::student
