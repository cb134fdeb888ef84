#!/usr/bin/env python3
"""Writes src/kernels/dew_sound_tables.h: the tables of dew_sound.h for 16,000 samples a second.

    scripts/sound/tables.py > src/kernels/dew_sound_tables.h

Rounding is that of 32-bit floats where the original has them, so that every entry is the original's.
"""
import math
import sys

import numpy as np

F = np.float32


def mel(hertz):
    return F(1127.0 * math.log1p(float(F(hertz)) / 700.0))


def taper(size):
    arg = F(math.pi * 2.0 / float(F(size)))
    whole = [math.floor(float(F(0.5 - 0.5 * math.cos(float(arg) * (i + 0.5)))) * 4096 + 0.5) for i in range(size)]
    assert whole == whole[::-1]
    return whole[: size // 2]


def sine(points):
    return [math.floor(0.5 + 32767 * math.sin(2 * math.pi * i / points)) for i in range(points // 4 + 1)]


def bands(rate, points, channels, low, high):
    spacing = F((mel(high) - mel(low)) / F(channels + 1))
    centres = [F(mel(low) + F(spacing * F(i + 1))) for i in range(channels + 1)]
    hertz = F(0.5 * rate / float(F(points // 2)))
    at = int(1.5 + low / float(hertz))
    starts, weights = [at], []
    for channel, centre in enumerate(centres):
        below = mel(low) if channel == 0 else centres[channel - 1]
        while mel(F(at) * hertz) <= centre:
            share = F(F(centre - mel(F(at) * hertz)) / F(centre - below))
            weight = math.floor(float(share) * 4096 + 0.5)
            assert weight + math.floor((1.0 - float(share)) * 4096 + 0.5) == 4096
            weights.append(weight)
            at += 1
        starts.append(at)
    return starts, weights


def gains(fft):
    input_bits = 10 - (fft.bit_length() - 1 - 6)

    def gain(x):
        value = F(F(1 << 21) * F(math.pow(float(F(F(x) / F(1 << input_bits)) + F(80.0)), -float(F(0.95)))))
        return 32767 if value > 32767 else int(value + F(0.5))

    table = [gain(0), gain(1)]
    for bits in range(2, 33):
        x0 = 1 << (bits - 1)
        x2 = 2 * x0 - 1 if bits == 32 else 2 * x0
        y0, y1, y2 = gain(x0), gain(x0 + (x0 >> 1)), gain(x2)
        a1 = 4 * (y1 - y0) - (y2 - y0)
        table += [y0, a1, (y2 - y0) - a1, 0]
    return table[:125]


def array(kind, name, values, what):
    lines, line = [], " "
    for value in values:
        if len(line) + len(f" {value},") > 108:
            lines.append(line)
            line = " "
        line += f" {value},"
    lines.append(line)
    body = "\n  ".join(lines)[:-1]
    return f"/* {what} */\nstatic const {kind} {name}[{len(values)}] = {{\n  {body}}};\n"


def main():
    starts, weights = bands(16000, 512, 40, 125.0, 7500.0)
    sys.stdout.write("""/* dew_sound_tables: what dew_sound.h needs for 16,000 samples a second: windows of 30 ms, 40 channels from 125 to
 * 7,500 Hz, PCAN with strength .95 and offset 80. scripts/sound/tables.py makes it. */
#ifndef DEW_SOUND_TABLES_H
#define DEW_SOUND_TABLES_H

#include "dew_sound.h"

""")
    print(array("int16_t", "dew_sound_taper_480", taper(480), "half of a Hann window, 4096 is 1"))
    print(array("int16_t", "dew_sound_sine_512", sine(512), "a quarter of a sine, 32767 is 1"))
    print(array("uint16_t", "dew_sound_bands_40", starts, "the first bin of a band's rising slope; the end"))
    print(array("uint16_t", "dew_sound_weights_40", weights, "of each bin from the first, 4096 is 1"))
    print(array("int16_t", "dew_sound_gains", gains(512), "two first values, then the three numbers of each octave and a 0"))
    sys.stdout.write("""/* `step`: samples from one window to the next: 320 for micro_speech, 160 for microWakeWord. */
static inline dew_sound_tables dew_sound_16k(uint16_t step) {
  dew_sound_tables tables;
  tables.window = 480;
  tables.step = step;
  tables.fft = 512;
  tables.channels = 40;
  tables.taper = dew_sound_taper_480;
  tables.sine = dew_sound_sine_512;
  tables.bands = dew_sound_bands_40;
  tables.weights = dew_sound_weights_40;
  tables.gains = dew_sound_gains;
  return tables;
}

#endif /* DEW_SOUND_TABLES_H */
""")


if __name__ == "__main__":
    main()
