#!/usr/bin/env python3
"""Teaches a small int8 net to hear "dewdrop", from speech that espeak-ng makes, and writes it as a .tflite.

    scripts/sound/teach.py tests/verbs/fixtures/dewdrop.tflite

Needs espeak-ng, flatc, a C compiler and numpy. Three convolutions over time, which see the 40 channels as
they see colours; 49 steps of 20 ms go in. tests need none of this: the net is in the repository.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from speech import JUDGING, JUDGING_TEXT, ROOT, STEP, TEACHING, TEACHING_TEXT, FrontEnd, quantised, stream

STEPS, CHANNELS = 49, 40
LAYERS = [(5, 2, 40, 24), (5, 2, 24, 32), (5, 1, 32, 32)]  # window, stride, in, out
SCALE = 26.0 / 256


def windows(minutes, voices, texts, words_a_minute, seed, front_end):
    """Windows of features and whether they end with the word."""
    samples, truth = stream(minutes, voices, texts, words_a_minute, seed)
    features = quantised(front_end(samples))
    ends = (np.arange(len(features)) * STEP + 480) / 16000.0
    labels = np.zeros(len(features), int)
    for start, end in truth:
        labels[(ends > start + 0.25) & (ends < end + 0.45)] = -1  # a part of it: says nothing
        labels[(ends >= end - 0.02) & (ends <= end + 0.2)] = 1
    chosen = [i for i in range(STEPS - 1, len(features)) if labels[i] == 1 or (labels[i] == 0 and i % 3 == 0)]
    return np.stack([features[i - STEPS + 1:i + 1] for i in chosen]), labels[chosen]


def columns(x, window, stride):
    count = (x.shape[1] - window) // stride + 1
    at = np.arange(count)[:, None] * stride + np.arange(window)[None, :]
    return x[:, at].reshape(len(x), count, -1), at


class Net:
    def __init__(self, random):
        self.weights, size = [], STEPS
        for window, stride, inward, outward in LAYERS:
            scale = np.sqrt(2.0 / (window * inward))
            self.weights += [random.standard_normal((window * inward, outward)) * scale, np.zeros(outward)]
            size = (size - window) // stride + 1
        self.weights += [random.standard_normal((size * LAYERS[-1][3], 2)) * 0.05, np.zeros(2)]
        self.weights = [w.astype(np.float32) for w in self.weights]

    def forward(self, x):
        """Logits, and what backward() needs."""
        kept = []
        for i, (window, stride, _, _) in enumerate(LAYERS):
            taken, at = columns(x, window, stride)
            out = np.maximum(taken @ self.weights[2 * i] + self.weights[2 * i + 1], 0)
            kept.append((x.shape, taken, at, out))
            x = out
        flat = x.reshape(len(x), -1)
        return flat @ self.weights[-2] + self.weights[-1], kept, flat

    def backward(self, gradient, kept, flat):
        grads = [None] * len(self.weights)
        grads[-2], grads[-1] = flat.T @ gradient, gradient.sum(0)
        back = (gradient @ self.weights[-2].T).reshape(kept[-1][3].shape)
        for i in reversed(range(len(LAYERS))):
            shape, taken, at, out = kept[i]
            back = back * (out > 0)
            rows = back.reshape(-1, back.shape[2])
            grads[2 * i], grads[2 * i + 1] = taken.reshape(len(rows), -1).T @ rows, rows.sum(0)
            if i == 0:
                break
            spread = (back @ self.weights[2 * i].T).reshape(shape[0], *at.shape, shape[2])
            back = np.zeros(shape, np.float32)
            for k in range(at.shape[0]):
                back[:, at[k]] += spread[:, k]
        return grads


def real(x):
    return (x.astype(np.float32) + 128) * np.float32(SCALE)


def scores(net, x):
    out = np.concatenate([net.forward(real(x[i:i + 4096]))[0] for i in range(0, len(x), 4096)])
    out = np.exp(out - out.max(1, keepdims=True))
    return out[:, 1] / out.sum(1)


def teach(x, y, epochs, random):
    net = Net(random)
    first = [np.zeros_like(w) for w in net.weights]
    second = [np.zeros_like(w) for w in net.weights]
    step, batch = 0, 128
    total = epochs * (len(x) // batch)
    for epoch in range(epochs):
        order, loss = random.permutation(len(x)), 0.0
        for at in range(0, len(x) - batch + 1, batch):
            some = order[at:at + batch]
            given = real(x[some]) + random.uniform(-1.0, 1.0, (batch, 1, 1)).astype(np.float32)
            hidden = random.integers(0, CHANNELS - 6, batch)
            for row, low in enumerate(hidden):
                if row % 3 == 0:
                    given[row, :, low:low + 6] = 0
            out, kept, flat = net.forward(np.clip(given, 0, 26))
            odds = np.exp(out - out.max(1, keepdims=True))
            odds /= odds.sum(1, keepdims=True)
            target = np.eye(2)[y[some]] * 0.98 + 0.01
            loss -= np.mean(np.sum(target * np.log(odds + 1e-9), 1))
            grads = net.backward(((odds - target) / batch).astype(np.float32), kept, flat)
            step += 1
            rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * step / total))
            for w, g, a, b in zip(net.weights, grads, first, second):
                a += 0.1 * (g - a)
                b += 0.001 * (g * g - b)
                w -= rate * (a / (1 - 0.9 ** step) / (np.sqrt(b / (1 - 0.999 ** step)) + 1e-8) + 1e-4 * w)
        print(f"epoch {epoch + 1}: loss {loss / (len(x) // batch):.4f}", flush=True)
    return net


# ---- the file

class File:
    """The JSON that flatc turns into a .tflite."""

    def __init__(self):
        self.buffers, self.tensors, self.operators, self.codes = [{}], [], [], []

    def tensor(self, name, shape, kind, scale, zero, data=None, axis=0):
        if data is not None:
            self.buffers.append({"data": list(np.ascontiguousarray(data).tobytes())})
        quantization = {"scale": [float(s) for s in scale], "zero_point": [zero] * len(scale),
                        "quantized_dimension": axis}
        self.tensors.append({"shape": list(shape), "type": kind, "name": name, "quantization": quantization,
                             "buffer": len(self.buffers) - 1 if data is not None else 0})
        return len(self.tensors) - 1

    def operator(self, code, version, inputs, output, options, values):
        known = {"deprecated_builtin_code": {"CONV_2D": 3, "FULLY_CONNECTED": 9, "RESHAPE": 22, "SOFTMAX": 25}[code],
                 "version": version, "builtin_code": code}
        if known not in self.codes:
            self.codes.append(known)
        self.operators.append({"opcode_index": self.codes.index(known), "inputs": inputs, "outputs": [output],
                               "builtin_options_type": options, "builtin_options": values})

    def write(self, path, inward, outward):
        model = {"version": 3, "operator_codes": self.codes, "description": "scripts/sound/teach.py",
                 "buffers": self.buffers,
                 "subgraphs": [{"tensors": self.tensors, "inputs": [inward], "outputs": [outward],
                                "operators": self.operators, "name": "main"}]}
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "model.json")
            with open(name, "w", encoding="utf-8") as file:
                json.dump(model, file)
            subprocess.run(["flatc", "--binary", "-o", folder, os.path.join(ROOT, "src/graph/tflite.fbs"), name],
                           check=True)
            with open(os.path.join(folder, "model.tflite"), "rb") as made, open(path, "wb") as to:
                to.write(made.read())


def rounded(values, scale, kind, most):
    return np.clip(np.rint(values / scale), -most - 1, most).astype(kind)


def write(net, calibration, path):
    out, kept, _ = net.forward(real(calibration))
    file = File()
    scale, size = SCALE, STEPS
    at = given = file.tensor("features", [1, STEPS, 1, CHANNELS], "INT8", [scale], -128)
    for i, (window, stride, inward, outward) in enumerate(LAYERS):
        weights, bias = net.weights[2 * i].T, net.weights[2 * i + 1]
        by_channel = np.maximum(np.abs(weights).max(1), 1e-6) / 127
        w = file.tensor(f"conv{i}/weights", [outward, window, 1, inward], "INT8", by_channel, 0,
                        rounded(weights, by_channel[:, None], np.int8, 127))
        b = file.tensor(f"conv{i}/bias", [outward], "INT32", by_channel * scale, 0,
                        rounded(bias, by_channel * scale, np.int32, 2 ** 31 - 1))
        scale = float(np.percentile(kept[i][3], 99.99)) / 255
        size = (size - window) // stride + 1
        made = file.tensor(f"conv{i}", [1, size, 1, outward], "INT8", [scale], -128)
        file.operator("CONV_2D", 3, [at, w, b], made, "Conv2DOptions",
                      {"padding": "VALID", "stride_w": 1, "stride_h": stride, "fused_activation_function": "RELU"})
        at = made
    flat = file.tensor("flat", [1, size * LAYERS[-1][3]], "INT8", [scale], -128)
    file.operator("RESHAPE", 1, [at], flat, "ReshapeOptions", {"new_shape": [1, size * LAYERS[-1][3]]})
    weights, bias = net.weights[-2].T, net.weights[-1]
    one = float(np.abs(weights).max()) / 127
    w = file.tensor("dense/weights", weights.shape, "INT8", [one], 0, rounded(weights, one, np.int8, 127))
    b = file.tensor("dense/bias", [2], "INT32", [one * scale], 0,
                    rounded(bias, one * scale, np.int32, 2 ** 31 - 1))
    low, high = min(out.min(), 0), max(out.max(), 0)
    step = float(high - low) / 255
    logits = file.tensor("logits", [1, 2], "INT8", [step], int(np.rint(-128 - low / step)))
    file.operator("FULLY_CONNECTED", 4, [flat, w, b], logits, "FullyConnectedOptions",
                  {"fused_activation_function": "NONE"})
    odds = file.tensor("scores", [1, 2], "INT8", [1 / 256], -128)
    file.operator("SOFTMAX", 2, [logits], odds, "SoftmaxOptions", {"beta": 1.0})
    file.write(path, given, odds)


def main():
    random = np.random.default_rng(20)
    front_end = FrontEnd()
    parts = [windows(6, TEACHING, TEACHING_TEXT, 9, seed, front_end) for seed in range(1, 15)]
    x, y = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    print(f"{len(x)} windows, {int(y.sum())} with the word", flush=True)
    net = teach(x, y, 6, random)
    held, truth = windows(10, JUDGING, JUDGING_TEXT, 4, 1000, front_end)
    score = scores(net, held)
    for cut in (0.5, 0.8, 0.9):
        print(f"held back, at {cut}: {np.mean(score[truth == 1] >= cut):.3f} of the word's windows, "
              f"{int((score[truth == 0] >= cut).sum())} of {int((truth == 0).sum())} others", flush=True)
    write(net, x[random.permutation(len(x))[:4000]], sys.argv[1])


if __name__ == "__main__":
    main()
