// Operators that detectors, landmark and speech models have beside those of classifiers: activations, the
// larger of two tensors, parts of tensors, constants that are joined to them, and resized pictures.
#include <array>

#include "tests/compiler/table.h"

namespace dew::test {

using graph::OpKind;

using Shape = std::vector<int>;

void activations(Cases& cases) {
  for (const OpKind kind :
       {OpKind::kLeakyRelu, OpKind::kHardSwish, OpKind::kTanh, OpKind::kNeg, OpKind::kRelu6}) {
    for (const float alpha : {0.0F, 0.1F, 0.3F, 1.0F, 1.7F}) {
      for (const double stretch : {1.0, 0.3, 2.0}) {
        for (const bool image : {true, false}) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          net.like.alpha = alpha;
          const int in = net.input(net.pick(1, 4), net.pick(1, 9), net.pick(1, 5));
          const int x = image ? in : net.conv(in, net.pick(1, 9), 1, 1);
          net.stretch = stretch;
          net.unary(kind, x);
          cases.take(net);
        }
      }
    }
  }
}

/// With a constant of one number, of a pixel, of a whole picture, and with another activation.
void larger_and_smaller(Cases& cases) {
  for (const OpKind kind : {OpKind::kMaximum, OpKind::kMinimum}) {
    for (const Shape& shape : std::vector<Shape>{{}, {6}, {1, 1, 1, 6}, {1, 4, 5, 6}, {1, 4, 1, 6}, {0}}) {
      for (const bool swapped : {false, true}) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(4, 5, 6);
        const int x = net.conv(in, 6, 1, 1);
        const int other = shape == Shape{0} ? in : net.constant(shape);
        swapped ? net.maximum(kind, other, x) : net.maximum(kind, x, other);
        cases.take(net);
      }
    }
  }
}

void prelu(Cases& cases) {
  for (const Shape& slopes :
       std::vector<Shape>{{1, 1, 6}, {6}, {1, 1, 1}, {4, 5, 6}, {1, 4, 5, 6}, {4, 1, 6}}) {
    for (const double stretch : {1.0, 0.3, 3.0}) {
      for (const bool image : {true, false}) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(4, 5, 6);
        const int x = image ? in : net.conv(in, 6, 3, 3);
        net.stretch = stretch;
        net.prelu(x, net.constant(image || slopes.size() < 3 ? slopes : Shape{1, 1, 6}));
        cases.take(net);
      }
    }
  }
}

void slices(Cases& cases) {
  for (int rows = 0; rows < 3; ++rows) {
    for (int columns = 0; columns < 3; ++columns) {
      for (int channels = 0; channels < 3; ++channels) {
        for (int reader = 0; reader < 4; ++reader) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          const int in = net.input(net.pick(1, 9), net.pick(1, 9), net.pick(1, 9));
          const int x = reader == 0 ? in : net.conv(in, net.pick(1, 12), 1, 1);
          Shape begin(4, 0);
          Shape end = net.shape(x);
          Shape step(4, 1);
          const std::array<int, 4> how = {0, rows, columns, channels};
          for (size_t i = 1; i < 4; ++i) {
            if (how[i] > 0) begin[i] = net.pick(0, end[i] - 1);
            if (how[i] > 0) end[i] = net.pick(begin[i] + 1, end[i]);
            if (how[i] > 1) step[i] = net.pick(1, 3);
          }
          const int part = net.slice(x, begin, end, step);
          if (reader == 2) net.conv(part, 3, 1, 1);
          if (reader == 3 && net.shape(part) == net.shape(x)) net.add(part, x);
          cases.take(net);
        }
      }
    }
  }
  for (int width = 2; width <= 9; ++width) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    net.slice(net.input({1, width}), {0, 1}, {1, width}, {1, net.pick(1, 2)});
    cases.take(net);
  }
}

/// Constants before, between and after activations.
void joined_constants(Cases& cases) {
  for (int axis = 1; axis <= 3; ++axis) {
    for (int pattern = 1; pattern < 15; ++pattern) {
      for (int more = 0; more < 2; ++more) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(net.pick(1, 4), net.pick(1, 4), net.pick(1, 5));
        std::vector<int> parts;
        for (int i = 0; i < 4; ++i) {
          const bool constant = ((pattern >> i) & 1) != 0;
          Shape shape = net.shape(in);
          shape[static_cast<size_t>(axis)] = net.pick(1, 4);
          parts.push_back(constant ? net.constant(shape)
                                   : net.conv(in, axis == 3 ? shape[3] : net.shape(in)[3], 1, 1));
        }
        net.concatenation(parts, axis);
        cases.take(net);
      }
    }
  }
}

void resizes(Cases& cases) {
  for (const OpKind kind : {OpKind::kResizeNearest, OpKind::kResizeBilinear}) {
    for (int centers = 0; centers < 3; ++centers) {
      for (int height = 1; height <= 9; height += 2) {
        for (int times = 1; times <= 4; ++times) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          net.like.align_corners = centers == 1;
          net.like.half_pixel_centers = centers == 2;
          const int in = net.input(height, net.pick(1, 9), net.pick(1, 9));
          const int x = net.pick(0, 1) == 0 ? in : net.conv(in, net.pick(1, 9), 1, 1);
          const int width = net.pick(0, 1) == 0 ? net.pick(1, 20) : net.shape(x)[2] * times;
          const int resized =
              net.resize(kind, x, net.pick(0, 1) == 0 ? net.pick(1, 20) : height * times, width);
          net.like = {};
          if (net.pick(0, 1) == 0) net.conv(resized, 4, 1, 1);
          cases.take(net);
        }
      }
    }
  }
}

/// Outputs of several sizes, from the middle and from the end, as bytes, as floats, and as both.
void several_outputs(Cases& cases) {
  for (int count = 1; count <= 4; ++count) {
    for (int ends = 0; ends < 4; ++ends) {
      for (int more = 0; more < 4; ++more) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        int x = net.conv(net.input(net.pick(2, 9), net.pick(2, 9), 3), net.pick(1, 9), 1, 1);
        std::vector<int> outputs;
        for (int i = 0; i < count; ++i) {
          const int head = net.pick(0, 1) == 0 ? x : net.conv(x, net.pick(1, 9), 1, 1);
          const int end = ends < 3 ? ends : net.pick(0, 3);  // each a type of its own
          outputs.push_back(end == 0   ? head
                            : end == 3 ? net.quantize_flipped(head)
                            : end == 1
                                ? net.dequantize(head)
                                : net.quantize(head, graph::DType::kUInt8, net.scale(head) * 0.7, 120));
          const bool halved = net.pick(0, 1) == 0 && net.shape(x)[1] > 1 && net.shape(x)[2] > 1;
          if (halved) x = net.pool(OpKind::kMaxPool2D, x, 2, 2);
        }
        graph::Graph graph = net.finish();
        graph.outputs = outputs;
        cases.take(graph, net);
      }
    }
  }
}

void dead_channels(Cases& cases) {
  for (const int channels : {2, 3, 5, 8, 16, 17}) {
    for (int kind = 0; kind < 4; ++kind) {
      if (!cases.wanted()) continue;
      Net net(cases.seed());
      net.dead_channels = true;
      int x = net.input(4, 5, channels);
      if (kind == 0) x = net.conv(x, channels, 3, 3);
      if (kind == 1) x = net.conv(x, channels, 1, 1);
      if (kind == 2) x = net.depthwise(x, 3, 3);
      if (kind == 3) x = net.dense(x, channels);
      cases.take(net);
    }
  }
}

/// Sound has few columns and many rows, or the other way round.
void long_windows(Cases& cases) {
  for (const bool upright : {true, false}) {
    for (int kind = 0; kind < 5; ++kind) {
      if (!cases.wanted()) continue;
      Net net(cases.seed());
      const int length = net.pick(300, 400);
      const int window = kind == 4 ? 3 : net.pick(256, 299);
      const int in = upright ? net.input(length, 1, 2) : net.input(1, length, 2);
      net.like.stride_h = net.like.stride_w = kind == 4 ? 290 : net.pick(1, 2);
      const int h = upright ? window : 1;
      const int w = upright ? 1 : window;
      if (kind == 0) net.conv(in, 5, h, w);
      if (kind == 1) net.depthwise(in, h, w);
      if (kind == 2) net.pool(OpKind::kAveragePool2D, in, h, w);
      if (kind == 3) net.pool(OpKind::kMaxPool2D, in, h, w);
      if (kind == 4) net.conv(in, 5, h, w);
      cases.take(net);
    }
  }
  for (const int inputs : {65536, 70000}) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    net.dense(net.input({1, inputs}), 2);
    cases.take(net);
  }
}

/// Several pictures at once, or an axis of boxes: operators that take rows as they come.
void batches(Cases& cases) {
  for (const Shape& shape :
       std::vector<Shape>{{2, 3, 4, 5}, {1, 2, 3, 4, 5}, {3, 1, 1, 7}, {2, 1, 3, 2, 4}}) {
    for (int kind = 0; kind < 9; ++kind) {
      for (const bool image : {true, false}) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        int elements = 1;
        for (const int extent : shape) elements *= extent;
        const int channels = shape.back();
        const int x =
            image ? net.input(shape)
                  : net.reshape(net.conv(net.input(1, elements / channels, 3), channels, 1, 1), shape);
        if (kind == 0) net.unary(OpKind::kLogistic, x);
        if (kind == 1) net.unary(OpKind::kSoftmax, x);
        if (kind == 2) net.add(x, x);
        if (kind == 3) net.mul(x, net.constant({channels}));
        if (kind == 4) net.sub(x, net.constant({}));
        if (kind == 5) net.concatenation({x, net.constant(shape), x}, static_cast<int>(shape.size()) - 1);
        if (kind == 6) net.reshape(net.unary(OpKind::kRelu, x), {1, elements});
        if (kind == 7) net.dense(x, 5);
        if (kind == 8) net.div(x, net.constant({channels}));
        cases.take(net);
      }
    }
  }
}

}  // namespace dew::test
