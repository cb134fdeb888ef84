#!/usr/bin/env python3
"""Makes the recording of tests/verbs/sound_test.cpp: other words, the word, other words, in ADPCM of 4 bits a sample.

    scripts/sound/recording.py tests/verbs/fixtures/dewdrop.wav

Needs espeak-ng, ffmpeg and numpy. Tells when the word ends.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np

from speech import RATE, WORD, noise, say, write_wav


def main():
    random = np.random.default_rng(7)
    parts = [np.zeros(int(0.4 * RATE)), say("lower the blinds", "en-gb-x-rp+f4", 170, 50) * 0.4,
             np.zeros(int(0.5 * RATE)), say(WORD, "en-029+m7", 150, 45) * 0.5]
    ends = sum(len(part) for part in parts) / RATE
    parts += [np.zeros(int(0.9 * RATE)), say("raindrop", "en-gb-x-rp+f4", 160, 50) * 0.4, np.zeros(int(0.4 * RATE))]
    samples = np.concatenate(parts)
    samples = samples + noise("pink", len(samples), random) * 0.002
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "plain.wav")
        write_wav(plain, np.clip(samples * 32767, -32768, 32767).astype(np.int16))
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", plain, "-c:a", "adpcm_ima_wav", "-bitexact", sys.argv[1]],
                       check=True)
    print(f"the word ends at {ends:.2f} s of {len(samples) / RATE:.2f}")


if __name__ == "__main__":
    main()
