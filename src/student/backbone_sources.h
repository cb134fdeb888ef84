// Other programs' nets before they become a Backbone: layers in order, each a few named arrays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "student/backbone.h"

namespace dew::student {

/// One convolution with its batch norm, as a file has it but with our axes.
struct SourceLayer {
  std::string name;  ///< in the file
  bool depthwise = false;
  int out = 0, kernel = 0, in = 0;  ///< `in` is 1 for a depthwise layer
  std::vector<float> weights;       ///< [out, k, k, in]
  std::vector<float> gamma, beta, mean, variance;
};

/// Programs differ in the epsilon of their batch norms and in how they normalise pictures.
struct SourceNet {
  std::string format;  ///< "Keras" or "PyTorch"
  std::string name;    ///< as the file calls it; may be empty
  int input = 224;
  double epsilon = 1e-3;                  ///< of its batch norms
  double scale[3] = {1.0, 1.0, 1.0};      ///< its input is scale * p / 127.5 + offset of a byte p,
  double offset[3] = {-1.0, -1.0, -1.0};  ///< a colour each
  std::vector<SourceLayer> layers;
};

/// Keras' weights or whole model in HDF5, of Keras 1 or 2 (and of 3 where it writes .h5).
Result<SourceNet> read_keras(std::string_view bytes, const std::string& where);

/// A PyTorch state file (a zip archive, as torch.save writes since 1.6): a dictionary of tensors in the
/// layers' order, as torchvision's mobilenet_v2 gives it, or one under "state_dict". Pictures are taken to be
/// normalised as torchvision's, epsilon to be 1e-5. PyTorch pads layers of stride 2 at the top and left, we
/// do at the bottom and right: such a net sees its pictures shifted by a few pixels, which training has to
/// compensate.
Result<SourceNet> read_pytorch(std::string_view bytes, const std::string& where);

/// The backbone of a net that is MobileNetV2 at some alpha; the readers leave out what follows its last
/// convolution. Our pictures are x = (p - 127) / 127.5: the first layer absorbs the difference to the file's,
/// every gamma the difference in epsilon.
Result<Backbone> assemble(const SourceNet& net, const std::string& where);

}  // namespace dew::student
