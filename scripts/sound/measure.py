#!/usr/bin/env python3
"""How often a sound model hears its word, and how often others: by `dewdrop cascade --sound`, on speech of voices
that did not teach it.

    scripts/sound/measure.py build/release/dewdrop tests/verbs/fixtures/dewdrop.tflite

Needs espeak-ng and numpy. One recording has the word between other speech and noise, one other speech, and one only
words that sound like it.
"""
import json
import os
import subprocess
import sys
import tempfile

from speech import ALIKE, JUDGING, JUDGING_TEXT, stream, write_wav

SENTENCES = [text for text in JUDGING_TEXT if text not in ALIKE]


def events(program, model, folder, name, minutes, texts, words, seed, options):
    """When it heard the word, and when that was said, in a recording made for it."""
    wav, lines = os.path.join(folder, name + ".wav"), os.path.join(folder, name + ".jsonl")
    samples, truth = stream(minutes, JUDGING, texts, words, seed)
    write_wav(wav, samples)
    subprocess.run([program, "cascade", "--project", folder, wav, "--sound", model, "--lines", lines, *options],
                   check=True, stdout=sys.stderr)
    told = []
    if os.path.exists(lines):
        with open(lines, encoding="utf-8") as file:
            told = [json.loads(line) for line in file]
    return [one["start"] for one in told if one["state"] == "open"], truth


def main():
    program, model, options = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "new", folder, "--ask", "Was the word said?", "--classes", "yes,no"], check=True,
                       stdout=sys.stderr)
        heard, truth = events(program, model, folder, "word", 20, SENTENCES, 5, 2001, options)
        talk, _ = events(program, model, folder, "talk", 60, SENTENCES, 0, 2002, options)
        alike, _ = events(program, model, folder, "alike", 20, ALIKE[1::2], 0, 2003, options)
    found = [any(start < at <= end + 1 for at in heard) for start, end in truth]
    beside = sum(not any(start < at <= end + 1 for start, end in truth) for at in heard)
    delays = sorted(min(at - end for at in heard if start < at <= end + 1)
                    for (start, end), one in zip(truth, found) if one)
    print(f"the word: {sum(found)} of {len(truth)} heard in 20 minutes, recall {sum(found) / len(truth):.3f}, {beside} "
          f"false between them; half of them {delays[len(delays) // 2]:.2f} s after its end or sooner")
    print(f"other talk: {len(talk)} false in 60 minutes, {len(talk)} an hour")
    print(f"words like it, one after the other: {len(alike)} false in 20 minutes, {3 * len(alike)} an hour")


if __name__ == "__main__":
    main()
