#!/usr/bin/python3
"""The same training step as bench/training.cpp in PyTorch: MobileNetV2 alpha 0.35 at 96x96, batches of 32.

    bench/training_torch.py [THREADS [STEPS]]      one line of JSON, as bench_training writes

Needs PyTorch (Debian: python3-torch); nothing else of Dewdrop does. As quick as its documentation says how:
channels last, activations in place. Pictures are noise that lies ready, where bench_training augments new ones
for every batch.
"""
import json
import sys
import time

import torch
from torch import nn

ALPHA, INPUT, BATCH, CLASSES = 0.35, 96, 32, 2
STAGES = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def narrowed(channels):
    """Keras' rounding: the nearest multiple of 8, raised where that lost more than a tenth."""
    exact = channels * ALPHA
    rounded = max(8, int(exact + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * exact else rounded


def convolution(inside, outside, kernel=1, stride=1, groups=1, relu6=True):
    """With batch norm and ReLU6. Keras pads a stride of 2 at the right and the bottom only."""
    layers = [nn.ZeroPad2d((0, 1, 0, 1))] if stride == 2 else []
    padding = 0 if stride == 2 else kernel // 2
    layers += [nn.Conv2d(inside, outside, kernel, stride, padding, groups=groups, bias=False)]
    layers += [nn.BatchNorm2d(outside, eps=1e-3)]
    return nn.Sequential(*layers, *([nn.ReLU6(inplace=True)] if relu6 else []))


class Bottleneck(nn.Module):
    def __init__(self, inside, outside, stride, expansion):
        super().__init__()
        wide = inside * expansion
        expand = [convolution(inside, wide)] if expansion > 1 else []
        self.layers = nn.Sequential(*expand, convolution(wide, wide, 3, stride, groups=wide),
                                    convolution(wide, outside, relu6=False))
        self.adds = stride == 1 and inside == outside

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


def mobilenet_v2():
    channels = narrowed(32)
    layers = [convolution(3, channels, 3, 2)]
    for expansion, wanted, repeats, stride in STAGES:
        for repeat in range(repeats):
            layers.append(Bottleneck(channels, narrowed(wanted), stride if repeat == 0 else 1, expansion))
            channels = narrowed(wanted)
    layers += [convolution(channels, 1280), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, CLASSES)]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def main():
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    torch.set_num_threads(threads)
    net = mobilenet_v2()
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3)
    loss = nn.CrossEntropyLoss()
    pictures = torch.randn(BATCH, 3, INPUT, INPUT).to(memory_format=torch.channels_last)
    answers = torch.randint(0, CLASSES, (BATCH,))

    def step():
        optimiser.zero_grad()
        loss(net(pictures), answers).backward()
        optimiser.step()

    for _ in range(3):
        step()
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    print(json.dumps({"images_per_second": round(BATCH * steps / (time.perf_counter() - wall), 1),
                      "images_per_processor_second": round(BATCH * steps / (time.process_time() - processor), 1)}))


if __name__ == "__main__":
    main()
