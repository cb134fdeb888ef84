// Nets that remember: layers of streaming keyword models, delays, sums over time, and states that are read
// and written in every order.
#include <algorithm>

#include "tests/compiler/table.h"

namespace dew::test {
namespace {

using graph::Activation;
using graph::OpKind;
using graph::Padding;

/// As microWakeWord does it: the rows of before and the new ones, of which the last are remembered. `rows`
/// are remembered.
int streamed(Net& net, int in, int rows, bool level) {
  const auto shape = net.shape(in);
  const int before = net.state(in, {1, rows, shape[2], shape[3]}, level);
  const int all = net.concatenation({before, in}, 1);
  const int count = rows + shape[1];
  net.remember(before, net.slice(all, {0, count - rows, 0, 0}, {1, count, shape[2], shape[3]}, {1, 1, 1, 1}));
  return all;
}

int layer(Net& net, int in) {
  const int height = net.pick(2, 5);
  const int all = streamed(net, in, height - 1, net.pick(0, 1) == 0);
  net.like = {};
  net.like.padding = Padding::kValid;
  net.like.activation = static_cast<Activation>(net.pick(0, 2));
  const int width = std::min(net.shape(in)[2], net.pick(1, 3));
  const int out =
      net.pick(0, 1) == 0 ? net.depthwise(all, height, width) : net.conv(all, net.pick(1, 9), height, width);
  net.like = {};
  return net.pick(0, 1) == 0 ? out : net.conv(out, net.pick(1, 17), 1, 1);
}

int keyword_net(Net& net, int in) {
  int x = in;
  for (int layers = net.pick(1, 3); layers > 0; --layers) x = layer(net, x);
  return net.unary(OpKind::kLogistic, net.dense(streamed(net, x, net.pick(1, 6), true), 1));
}

/// A value of the run before the last: two states, one of which takes over what the other held.
int late(Net& net, int in) {
  const int newer = net.state(in, net.shape(in));
  const int older = net.state(in, net.shape(in));
  net.remember(newer, in);
  net.remember(older, newer);
  return net.sub(in, older);
}

int swapped(Net& net, int in) {
  const int one = net.state(in, net.shape(in));
  const int other = net.state(in, net.shape(in));
  net.remember(one, other);
  net.remember(other, one);
  return net.add(in, net.maximum(OpKind::kMinimum, one, other));
}

/// The next value comes from the last one, which is read again behind it.
int summed(Net& net, int in) {
  const int sum = net.state(in, net.shape(in));
  const int next = net.add(sum, in);
  net.remember(sum, next);
  return net.mul(next, sum);
}

/// A convolution over what is remembered, whose new value is made before the convolution has read the old
/// one.
int read_late(Net& net, int in) {
  const int before = net.state(in, net.shape(in));
  const int next = net.unary(OpKind::kRelu, in);
  net.remember(before, next);
  net.like.padding = Padding::kSame;
  const int out = net.conv(before, net.pick(1, 9), 3, 3);
  net.like = {};
  return net.pick(0, 1) == 0 ? out : net.add(out, net.constant({net.shape(out)[3]}));
}

/// A convolution's rows, which a depthwise one would like to have planar, are remembered too.
int planar(Net& net, int in) {
  net.like.padding = Padding::kSame;
  const int wide = net.conv(in, net.pick(1, 9), 1, 1);
  const int before = net.state(wide, net.shape(wide));
  net.remember(before, wide);
  const int deep = net.depthwise(wide, 3, 3);
  net.like = {};
  return net.add(deep, before);
}

/// Two states take the same value, and one of them nobody reads.
int shared(Net& net, int in) {
  const int value = net.unary(OpKind::kTanh, in);
  const int one = net.state(value, net.shape(in));
  const int other = net.state(value, net.shape(in));
  const int unread = net.state(value, net.shape(in));
  for (const int state : {one, other, unread}) net.remember(state, value);
  return net.concatenation({one, other}, 3);
}

/// The output is what was remembered.
int delayed(Net& net, int in) {
  net.like.padding = Padding::kSame;
  const int value = net.conv(in, net.pick(1, 5), 3, 3);
  net.like = {};
  const int before = net.state(value, net.shape(value));
  net.remember(before, value);
  return net.pick(0, 1) == 0
             ? before
             : net.reshape(before,
                           {1, 1, 1, net.shape(value)[1] * net.shape(value)[2] * net.shape(value)[3]});
}

}  // namespace

void states(Cases& cases) {
  constexpr int (*kKinds[])(Net&, int) = {keyword_net, keyword_net, late,   swapped, summed,
                                          read_late,   planar,      shared, delayed, layer};
  for (int i = 0; i < 400; ++i) {
    if (!cases.wanted()) continue;
    Net net(cases.seed());
    const int in = i % 4 == 0 ? net.input(net.pick(1, 3), 1, net.pick(1, 40))
                              : net.input(net.pick(1, 7), net.pick(1, 7), net.pick(1, 9));
    const int out = kKinds[static_cast<size_t>(i) % std::size(kKinds)](net, in);
    cases.take(net.finish(out), net);
  }
}

}  // namespace dew::test
