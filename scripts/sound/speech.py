"""Speech by espeak-ng, streams of it with noise, and the features that dew_sound.h makes of them."""
import ctypes
import hashlib
import io
import os
import subprocess
import tempfile
import wave

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RATE = 16000
STEP = 320  # samples: 20 ms
WORD = "dewdrop"

# Voices that teach, and voices that judge. No accent and no timbre is in both.
TEACHING = [f"{accent}+{timbre}" for accent in ("en", "en-us", "en-gb-scotland")
            for timbre in ("m1", "m2", "m3", "m4", "m5", "f1", "f2", "f3", "Alex", "Andy", "Annie", "Mario",
                           "Michael", "Lee", "Denis", "Hugo", "Alicia", "belinda", "steph", "max", "robert", "klatt")]
JUDGING = [f"{accent}+{timbre}" for accent in ("en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")
           for timbre in ("m6", "m7", "m8", "f4", "f5", "Andrea", "Mike", "linda", "paul", "edward", "Gene",
                          "victor", "shelby", "sandro")]

# Others that sound like the word, and whatever else people say.
ALIKE = ("raindrop", "teardrop", "gumdrop", "due", "drop", "stop", "dew point", "drew a shop", "do stop", "doodle",
         "dude", "duty", "dropping", "you drop", "blue top", "two crops", "new shop", "jew", "june drop", "snowdrop",
         "dew", "do drop in", "tulip", "duet", "dudes drop", "workshop", "tiptop", "juice box", "backdrop", "dubbed")
TEACHING_TEXT = (
    "the weather will be fine until the evening", "please close the window before you leave the room",
    "we bought some apples and a loaf of bread", "the train to the city leaves at half past nine",
    "my brother plays the violin on sundays", "one two three four five six seven eight nine ten",
    "turn on the light in the kitchen", "what time does the shop open tomorrow",
    "she asked whether the letter had come", "a small boat crossed the river in the fog",
    "there is a new film about the first people on the moon", "could you tell me how to get to the station",
    "he put the blue cup on top of the table", "it rained all night and the street is still wet",
    "stop at the corner and drop me off there", "the children are playing in the garden",
    "yes no maybe later", "call the doctor and ask for an appointment", "this coffee is much too hot to drink",
    "two drops of oil are enough for the hinge", "do you want to go to the theatre with us",
    "the computer was slow so he started it again", "put the dishes into the cupboard",
    "summer holidays begin in the middle of july", "nobody knew who had left the door open",
    "they are building a bridge across the valley", "good morning everyone and welcome back",
    "the price of milk went up again this week", "set a timer for twelve minutes",
    "a dog barked somewhere down the road") + ALIKE[::2]
JUDGING_TEXT = (
    "the old clock in the hall struck eleven", "remember to water the plants on the balcony",
    "our neighbours are going to move to the coast", "play some quiet music in the living room",
    "the bus was late because of the snow", "how many spoons of sugar do you take",
    "the museum shows paintings of the last century", "she dropped her keys on the way to the shop",
    "is there anything good on television tonight", "they walked up to the top of the hill",
    "the teacher wrote a long word on the board", "tell him that dinner will be ready soon",
    "a thin layer of ice covered the pond", "you can stop the machine with the red button",
    "we should do the shopping before it gets dark", "the cat jumped from the roof onto the wall",
    "zero eleven twenty thirty forty fifty", "my keys must be somewhere in this drawer",
    "the newspaper reported on the election", "would you like another piece of cake",
    "the new workshop opens on the second of june", "he forgot the umbrella on the train",
    "what a beautiful morning for a walk", "the lift is out of order so take the stairs",
    "please send me the report by friday", "dew on the grass is a sign of a fine day",
    "wolves were seen in the forest last winter", "lower the blinds and lock the front door") + ALIKE[1::2]


def resampled(samples, rate):
    """By the spectrum."""
    count = int(round(len(samples) * RATE / rate))
    spectrum = np.fft.rfft(samples)
    wanted = count // 2 + 1
    cut = np.zeros(wanted, complex)
    keep = min(wanted, len(spectrum))
    cut[:keep] = spectrum[:keep]
    return np.fft.irfft(cut, count) * count / len(samples)


def say(text, voice, speed, pitch):
    """Samples of -1 to 1 at RATE, silence at both ends cut off. Kept between runs."""
    key = hashlib.sha256(f"{text}|{voice}|{speed}|{pitch}".encode()).hexdigest()[:24]
    folder = os.path.join(tempfile.gettempdir(), "dewdrop-speech")
    os.makedirs(folder, exist_ok=True)
    kept = os.path.join(folder, key + ".npy")
    if os.path.exists(kept):
        return np.load(kept)
    told = subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text],
                          check=True, capture_output=True).stdout
    header = told.find(b"data") + 8
    with wave.open(io.BytesIO(told)) as file:
        rate = file.getframerate()
    samples = resampled(np.frombuffer(told[header:len(told) // 2 * 2], np.int16) / 32768.0, rate)
    loud = np.nonzero(np.abs(samples) > 0.01)[0]
    samples = (samples[loud[0]:loud[-1] + 1] if len(loud) else samples).astype(np.float32)
    np.save(kept, samples)
    return samples


def noise(kind, count, random):
    """One of several kinds, its root mean square 1."""
    white = random.standard_normal(count)
    if kind == "white":
        return white
    spectrum = np.fft.rfft(white)
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)
    if kind == "pink":
        spectrum /= np.sqrt(hertz)
    elif kind == "brown":
        spectrum /= hertz
    elif kind == "hum":
        spectrum = spectrum / hertz + sum(count * np.exp(-((hertz - 50 * k) / 2) ** 2) / k for k in range(1, 9))
    samples = np.fft.irfft(spectrum, count)
    return samples / np.sqrt(np.mean(samples ** 2))


def stream(minutes, voices, texts, words_a_minute, seed):
    """int16 samples, and (start, end) seconds of each time the word is said in them."""
    random = np.random.default_rng(seed)
    count = int(minutes * 60 * RATE)
    samples = np.zeros(count, np.float32)
    truth = []
    at = RATE
    while True:
        voice = voices[random.integers(len(voices))]
        speed, pitch = int(random.integers(120, 211)), int(random.integers(25, 76))
        is_word = random.random() < words_a_minute / 24
        said = say(WORD if is_word else texts[random.integers(len(texts))], voice, speed, pitch)
        if at + len(said) + RATE > count:
            break
        loudness = 10 ** random.uniform(-1.6, -0.3) / max(np.max(np.abs(said)), 1e-3)
        samples[at:at + len(said)] += said * loudness
        if is_word:
            truth.append((at / RATE, (at + len(said)) / RATE))
        at += len(said) + int(RATE * random.uniform(0.15, 2.0))
    for begin in range(0, count, 20 * RATE):
        part = samples[begin:begin + 20 * RATE]
        kind = ("white", "pink", "brown", "hum", "none")[random.integers(5)]
        if kind != "none":
            part += noise(kind, len(part), random) * 10 ** random.uniform(-4, -1.9)
    return np.clip(samples * 32767, -32768, 32767).astype(np.int16), truth


class FrontEnd:
    """dew_sound.h itself."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        source = os.path.join(self.folder.name, "features.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write('#include "dew_sound_tables.h"\n'
                       "uint32_t features(const int16_t *in, uint32_t count, uint16_t step, uint16_t *out) {\n"
                       "  const dew_sound_tables tables = dew_sound_16k(step);\n"
                       "  static dew_sound_state state, zero;\n  uint32_t at = 0, made = 0;\n  state = zero;\n"
                       "  while (at < count) {\n    uint8_t full;\n"
                       "    at += dew_sound_push(&tables, &state, in + at, count - at, out + 40 * made, &full);\n"
                       "    made += full;\n  }\n  return made;\n}\n")
        library = os.path.join(self.folder.name, "features.so")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", os.path.join(ROOT, "src/kernels"), "-o", library,
                        source], check=True)
        self.features = ctypes.CDLL(library).features

    def __call__(self, samples, step=STEP):
        out = np.zeros((len(samples) // step + 2, 40), np.uint16)
        made = self.features(samples.ctypes.data_as(ctypes.c_void_p), len(samples), step,
                             out.ctypes.data_as(ctypes.c_void_p))
        return out[:made]


def quantised(features):
    """As dew_sound_quantize() with 666 and -128."""
    return np.clip((features.astype(np.int64) * 256 + 333) // 666 - 128, -128, 127).astype(np.int8)


def write_wav(path, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
