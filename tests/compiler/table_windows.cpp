// The operators that slide a window over an image: convolutions of every kind, and pools.
#include <array>

#include "tests/compiler/table.h"

namespace dew::test {
namespace {

using graph::Activation;
using graph::OpKind;
using graph::Padding;

constexpr std::array kChannels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 32, 48};
constexpr int kLargestImage = 9;

struct Extent {
  int h;
  int w;
};
constexpr std::array kKernels = {Extent{1, 1}, Extent{3, 3}, Extent{5, 5}, Extent{3, 1},
                                 Extent{1, 3}, Extent{2, 2}, Extent{7, 7}, Extent{4, 3}};
constexpr std::array kStrides = {Extent{1, 1}, Extent{2, 2}, Extent{2, 1}, Extent{1, 2}};

/// An image, a window, and how it moves.
struct Geometry {
  Extent image;
  Extent kernel;
  Extent stride;
  Padding padding;
};

bool has_room(const Geometry& g) {
  return g.padding != Padding::kValid || (g.kernel.h <= g.image.h && g.kernel.w <= g.image.w);
}

/// Every image up to 9x9 with every kernel, stride and padding that fit it.
template <typename Use>
void for_geometries(bool explicit_padding, Use use) {
  for (int h = 1; h <= kLargestImage; ++h) {
    for (int w = 1; w <= kLargestImage; ++w) {
      for (const Extent kernel : kKernels) {
        for (const Extent stride : kStrides) {
          for (const Padding padding : {Padding::kValid, Padding::kSame, Padding::kExplicit}) {
            const Geometry g = {{h, w}, kernel, stride, padding};
            if (has_room(g) && (explicit_padding || padding != Padding::kExplicit)) use(g);
          }
        }
      }
    }
  }
}

/// Sets up the next operator. Explicit padding is random, but makes room for the kernel.
void set(Net& net, const Geometry& g) {
  net.like = {};
  net.like.padding = g.padding;
  net.like.stride_h = g.stride.h;
  net.like.stride_w = g.stride.w;
  net.like.activation = static_cast<Activation>(net.pick(0, 2));
  net.per_channel = net.pick(0, 3) != 0;
  if (g.padding != Padding::kExplicit) return;
  net.like.pad_top = net.pick(0, g.kernel.h);
  net.like.pad_left = net.pick(0, g.kernel.w);
  net.like.pad_bottom = std::max(net.pick(0, g.kernel.h), g.kernel.h - g.image.h - net.like.pad_top);
  net.like.pad_right = std::max(net.pick(0, g.kernel.w), g.kernel.w - g.image.w - net.like.pad_left);
}

int any_channels(Net& net) {
  return kChannels[static_cast<size_t>(net.pick(0, kChannels.size() - 1))];
}

/// Halves channels until the oracle is fast with windows of this size.
int bounded(int channels, int64_t each, int64_t most) {
  while (channels > 1 && channels * each > most) channels /= 2;
  return channels;
}

/// A random number of channels.
constexpr int kDrawn = 0;
constexpr int kDraws = 2;  // for each geometry

/// Calls use(in-channels, out-channels) for a few random pairs, or for all of them if exhaustive.
template <typename Use>
void for_channel_pairs(Cases& cases, Use use) {
  for (int i = 0; i < kDraws && !cases.exhaustive(); ++i) use(kDrawn, kDrawn);
  if (!cases.exhaustive()) return;
  for (const int in : kChannels) {
    for (const int out : kChannels) use(in, out);
  }
}

template <typename Use>
void for_channels(Cases& cases, Use use) {
  for (int i = 0; i < kDraws && !cases.exhaustive(); ++i) use(kDrawn);
  if (!cases.exhaustive()) return;
  for (const int channels : kChannels) use(channels);
}

int64_t area(const Geometry& g) {
  const int64_t pixels = int64_t{g.image.h} * g.image.w / (int64_t{g.stride.h} * g.stride.w) + 1;
  return pixels * g.kernel.h * g.kernel.w;
}

void pools(Cases& cases, OpKind kind) {
  for_geometries(false, [&](const Geometry& g) {
    for_channels(cases, [&](int channels) {
      if (!cases.wanted()) return;
      Net net(cases.seed());
      const int in = net.input(g.image.h, g.image.w, channels != kDrawn ? channels : any_channels(net));
      set(net, g);
      net.pool(kind, in, g.kernel.h, g.kernel.w);
      cases.take(net);
    });
  });
}

}  // namespace

void convolution_windows(Cases& cases) {
  for_geometries(true, [&](const Geometry& g) {
    for_channel_pairs(cases, [&](int ins, int outs) {
      if (!cases.wanted()) return;
      Net net(cases.seed());
      if (ins == kDrawn) ins = bounded(any_channels(net), area(g), 20'000);
      if (outs == kDrawn) outs = bounded(any_channels(net), area(g) * ins, 100'000);
      const int in = net.input(g.image.h, g.image.w, ins);
      set(net, g);
      net.conv(in, outs, g.kernel.h, g.kernel.w);
      cases.take(net);
    });
  });
}

void depthwise_windows(Cases& cases) {
  for_geometries(true, [&](const Geometry& g) {
    for_channels(cases, [&](int channels) {
      if (!cases.wanted()) return;
      Net net(cases.seed());
      const int in = net.input(g.image.h, g.image.w, channels != kDrawn ? channels : any_channels(net));
      set(net, g);
      net.depthwise(in, g.kernel.h, g.kernel.w);
      cases.take(net);
    });
  });
}

/// A depthwise convolution after a convolution, which may write planar rows for it.
void planar_windows(Cases& cases) {
  for_geometries(true, [&](const Geometry& g) {
    if (g.kernel.h != 3 || g.kernel.w != 3) return;
    for (const int before : {1, 3}) {
      for_channels(cases, [&](int channels) {
        if (!cases.wanted()) return;
        Net net(cases.seed());
        const int image = net.input(g.image.h, g.image.w, net.pick(1, 9));
        net.like.padding = Padding::kSame;
        net.like.activation = static_cast<Activation>(net.pick(0, 2));
        const int in = net.conv(image, channels != kDrawn ? channels : any_channels(net), before, before);
        set(net, g);
        net.depthwise(in, 3, 3);
        cases.take(net);
      });
    }
  });
}

void pointwise(Cases& cases) {
  for (const int ins : kChannels) {
    for (const int outs : kChannels) {
      for (int width = 1; width <= (cases.exhaustive() ? 17 : 3); ++width) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const int in = net.input(net.pick(1, 3), cases.exhaustive() ? width : net.pick(1, 9), ins);
        net.like.activation = static_cast<Activation>(net.pick(0, 2));
        net.per_channel = net.pick(0, 3) != 0;
        net.conv(in, outs, 1, 1);
        cases.take(net);
      }
    }
  }
}

void depth_multiplier(Cases& cases) {
  for (int multiplier = 2; multiplier <= 9; ++multiplier) {
    for (const int channels : kChannels) {
      for (const Padding padding : {Padding::kSame, Padding::kValid, Padding::kExplicit}) {
        if (!cases.wanted()) continue;
        Net net(cases.seed());
        const Geometry g = {{net.pick(3, 7), net.pick(3, 7)}, {3, 3}, kStrides[cases.seed() % 4], padding};
        const int image = net.input(g.image.h, g.image.w, net.pick(0, 1) == 0 ? channels : 3);
        // After a convolution too, where rows could be planar.
        const int in = net.pick(0, 1) == 0 ? image : net.conv(image, channels, 1, 1);
        set(net, g);
        net.like.depth_multiplier = multiplier;
        net.depthwise(in, 3, 3);
        cases.take(net);
      }
    }
  }
}

void dilation(Cases& cases) {
  for (int dilation_h = 1; dilation_h <= 3; ++dilation_h) {
    for (int dilation_w = 1; dilation_w <= 3; ++dilation_w) {
      for (const Extent kernel : {Extent{3, 3}, Extent{2, 2}, Extent{1, 5}, Extent{4, 1}}) {
        for (int kind = 0; kind < 3; ++kind) {
          for (const Padding padding : {Padding::kSame, Padding::kValid, Padding::kExplicit}) {
            if (!cases.wanted()) continue;
            Net net(cases.seed());
            const Geometry g = {{net.pick(13, 15), net.pick(13, 15)}, kernel, kStrides[0], padding};
            int in = net.input(g.image.h, g.image.w, net.pick(1, 9));
            if (kind == 2) in = net.conv(in, net.pick(1, 9), 1, 1);
            set(net, g);
            net.like.dilation_h = dilation_h;
            net.like.dilation_w = dilation_w;
            kind == 0 ? net.conv(in, net.pick(1, 9), kernel.h, kernel.w)
                      : net.depthwise(in, kernel.h, kernel.w);
            cases.take(net);
          }
        }
      }
    }
  }
}

/// Depthwise windows as sound and other rows of samples have them, with and without another layer before.
void wide_windows(Cases& cases) {
  for (const Extent kernel : {Extent{10, 8}, Extent{9, 9}, Extent{1, 20}, Extent{1, 5}, Extent{1, 7},
                              Extent{6, 6}, Extent{7, 7}, Extent{5, 1}, Extent{2, 40}}) {
    for (const int channels : {1, 2, 3, 4, 5, 8, 17}) {
      for (const int multiplier : {1, 2, 8}) {
        for (const Padding padding : {Padding::kSame, Padding::kExplicit}) {
          if (!cases.wanted()) continue;
          Net net(cases.seed());
          const Geometry g = {
              {net.pick(1, 12), net.pick(1, 24)}, kernel, kStrides[cases.seed() % 4], padding};
          int in = net.input(g.image.h, g.image.w, channels);
          if (net.pick(0, 1) == 0) in = net.conv(in, channels, 1, 1);
          set(net, g);
          net.spread = net.pick(0, 1) == 0 ? 4 : 0;
          net.like.depth_multiplier = multiplier;
          net.depthwise(in, kernel.h, kernel.w);
          cases.take(net);
        }
      }
    }
  }
}

void average_pools(Cases& cases) {
  pools(cases, OpKind::kAveragePool2D);
}

void max_pools(Cases& cases) {
  pools(cases, OpKind::kMaxPool2D);
}

}  // namespace dew::test
