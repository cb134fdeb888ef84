#include "store/settings_table.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/base.h"
#include "store/settings.h"
#include "store/student_options.h"

namespace dew {
namespace store {
namespace {

using Key = SettingKey;

/// "a, b, c": as a key's words are written.
template <typename Words>
std::string listed(const Words& words) {
  return join(std::vector<std::string>(words.begin(), words.end()));
}
const std::string net_words = listed(kNets);
const std::string calibration_words = listed(kCalibrationWords);
const std::string qat_words = listed(kQatWords);

const std::array kKeys{
    Key{"", "name", &Settings::name,
        "The project's name, also used in the generated C: letters, digits, '-' and '_'."},
    Key{"", "question", &Settings::question,
        "The question asked about every picture, as the teacher reads it."},
    Key{"", "classes", &Settings::classes,
        "The possible answers, in the order of the net's outputs. After a change, old answers and nets no "
        "longer "
        "fit."},
    Key{"", "unsure", &Settings::unsure,
        "The teacher's answer when it cannot tell; such pictures get no label. \"\": it must choose a "
        "class."},
    Key{"", "teacher", &Settings::teacher,
        "The default of `dewdrop label --teacher`: openai:gpt-6-luna, http://127.0.0.1:8080/v1#model or\n"
        "replay:answers.jsonl. A list in brackets asks several teachers; `policy` below combines their "
        "answers."},
    Key{"",
        "largest_picture",
        &Settings::largest_picture,
        "The largest picture or video frame that is read, in megapixels. A megapixel takes 3 MB of memory "
        "while\n"
        "it is read, in some formats up to 10 MB.",
        "",
        {1, 2000}},
    Key{"",
        "test_share",
        &Settings::test_share,
        "How much is held back for testing: the last part of each video, and this share of the still "
        "pictures.\n"
        "Chosen when a file is added, so a change applies only to files added afterwards.",
        "",
        {0, 0.9}},
    Key{"",
        "validation_share",
        &Settings::validation_share,
        "The share of the remaining pictures that decides which epoch to keep. Also chosen when a file is "
        "added.",
        "",
        {0, 0.9}},
    Key{"", "store", &Settings::store,
        "Where samples, answers and labels are stored. \"\": in .dewdrop. Shared by several machines:\n"
        "postgresql://user@host/name (docs/many-machines.md). Put the password into PGPASSWORD or ~/.pgpass, "
        "not "
        "here."},
    Key{"", "media", &Settings::media,
        "Where pictures and videos are stored. \"\": in .dewdrop. Shared by several machines: a folder that "
        "all of\n"
        "them mount at the same path, or s3://bucket/prefix. Put the bucket's keys into AWS_ACCESS_KEY_ID "
        "and\n"
        "AWS_SECRET_ACCESS_KEY, not here."},
    Key{"", "media_endpoint", &Settings::media_endpoint,
        "The bucket's server, for example https://minio.example:9000. \"\": AWS_ENDPOINT_URL, else Amazon "
        "S3."},
    Key{"", "media_region", &Settings::media_region,
        "The bucket's region. \"\": AWS_REGION or AWS_DEFAULT_REGION, else us-east-1."},

    Key{"label",
        "votes",
        &Settings::votes,
        "How often each teacher is asked about each picture. More than once needs a temperature above 0; how "
        "far\n"
        "the votes agree gives each label a confidence.",
        "",
        {1, 99}},
    Key{"label",
        "temperature",
        &Settings::temperature,
        "The model's sampling temperature, 0 to 2. Not set: 0, or 0.7 when votes is above 1.",
        "",
        {0, 2}},
    Key{"label", "seed", &Settings::vote_seed,
        "The seed of the model's sampling, for servers that accept one."},
    Key{"label", "detail", &Settings::detail, "The image detail that the model is given: low, high or auto.",
        "low, high, auto"},
    Key{"label", "instructions", &Settings::instructions, "Text added to the prompt."},
    Key{"label",
        "examples",
        &Settings::examples,
        "How many pictures labelled by people are shown as examples with each question.",
        "",
        {0, 50}},
    Key{"label", "context", &Settings::context,
        "What is shown next to a tile: none, frame (the whole frame) or around (the tile with its "
        "neighbours).",
        "none, frame, around"},
    Key{"label",
        "jpeg_size",
        &Settings::jpeg_size,
        "Pictures whose longer side has more pixels than this are scaled down before they are sent.",
        "",
        {16, 8192}},
    Key{"label",
        "jpeg_quality",
        &Settings::jpeg_quality,
        "The JPEG quality of the pictures that are sent, 1 to 100.",
        "",
        {1, 100}},
    Key{"label",
        "max_tokens",
        &Settings::max_tokens,
        "The most tokens that one reply may have, reasoning included. 0: 300, and more where the model "
        "reasons.",
        "",
        {0, 200'000}},
    Key{"label", "reasoning", &Settings::reasoning,
        "How much the model reasons before it answers: none, minimal, low, medium, high, or auto (as little "
        "as it\naccepts). Reasoning is paid for like the answer.",
        "auto, none, minimal, low, medium, high"},
    Key{"label", "spread", &Settings::spread,
        "Ask about one of several near-identical video frames and give its label to the others: on, off or\n"
        "auto (on for teachers that cost money).",
        "on, off, auto"},
    Key{"label",
        "spread_bits",
        &Settings::spread_bits,
        "Frames are near-identical if at most this many of the 64 bits of their image hashes differ ...",
        "",
        {0, 32}},
    Key{"label",
        "spread_seconds",
        &Settings::spread_seconds,
        "... and they are at most this many seconds apart.",
        "",
        {0, 1e9}},
    Key{"label", "policy", &Settings::policy,
        "How answers become a label. majority: each teacher has one vote, split among its answers if it was "
        "asked\n"
        "several times. weighted: votes count by their confidence. newest: the last answer wins.",
        "majority, weighted, newest"},
    Key{"label", "tie", &Settings::tie,
        "What a tie becomes: unsure (the picture gets no label) or newest (the last "
        "answer wins).",
        "unsure, newest"},
    Key{"label",
        "threshold",
        &Settings::threshold,
        "Labels with a lower confidence than this are dropped, 0 to 1. `dewdrop label --gold` calibrates "
        "confidence.",
        "",
        {0, 1}},
    Key{"label", "headers", &Settings::headers,
        "Headers that a gateway needs, sent with each request to a model: \"X-Api-Key: $GATEWAY_KEY\", or a "
        "list of\nthem. $NAME is an environment variable: keep secrets there, never in this file."},

    Key{"student", "net", &Settings::net,
        "The architecture: mobilenet_v2, mobilenet_v1 (with alpha 0.25, the person detector of MLPerf Tiny) "
        "or tiny\n"
        "(for boards with 16 KB of RAM).",
        net_words.c_str()},
    Key{"student", "backbone", &Settings::backbone,
        "The weights that training starts from: bundled, random, the name of an imported backbone\n"
        "(`dewdrop backbone list`) or a file. \"\": bundled if it has the same alpha, else random."},
    Key{"student",
        "alpha",
        &Settings::alpha,
        "The width of the net: 1 is the original MobileNet, 0.35 a small one.",
        "",
        {kLeastAlpha, kMostAlpha}},
    Key{"student",
        "input",
        &Settings::input,
        "The height and width of the net's input in pixels, a multiple of 16 from 32 to 512.",
        "",
        {kLeastInput, kMostInput}},
    Key{"student",
        "head",
        &Settings::head,
        "The channels of mobilenet_v2's last convolution, a multiple of 8. Fewer save flash. 0: the original "
        "1280.",
        "",
        {0, kMostHead}},
    Key{"student",
        "blocks",
        &Settings::blocks,
        "How many of mobilenet_v2's 17 blocks the net has. Fewer save flash and time. 0: all.",
        "",
        {0, kMostBlocks}},
    Key{"student",
        "epochs",
        &Settings::epochs,
        "Passes over the training pictures. 0: 30 with a backbone, 60 from random weights.",
        "",
        {0, kMostEpochs}},
    Key{"student",
        "balance",
        &Settings::balance,
        "From 0 (every picture weighs the same) to 1 (every class does): raise it where a class is rare in "
        "training\n"
        "but must be recognised as well as the others (docs/training.md).",
        "",
        {0, kMostBalance}},
    Key{"student", "seed", &Settings::seed,
        "The random seed: the same seed, pictures and labels on the same machine give the same net."},
    Key{"student", "calibration", &Settings::calibration,
        "How the int8 range of each activation is chosen: histogram (least squared error) or min-max.",
        calibration_words.c_str()},
    Key{"student", "equalise", &Settings::equalise,
        "Equalise the channels of the residual connections before quantisation (docs/training.md): on or "
        "off.",
        "on, off"},
    Key{"student", "qat", &Settings::qat,
        "Quantisation-aware fine-tuning: on, off or auto (only if quantisation cost accuracy on the "
        "validation\n"
        "pictures). The result is kept only if it is better there.",
        qat_words.c_str()},
    Key{"student",
        "precision",
        &Settings::precision,
        "Of what the net says, this share is to be right; below its threshold the net answers \"unknown\".\n"
        "`dewdrop train` tells whether the labelled pictures suffice to promise it.\n"
        "0: no thresholds.",
        "",
        {0, 1}},

    Key{"target", "board", &Settings::board, "The board on which `dewdrop test` runs the net."},
    Key{"target", "rounding", &Settings::rounding,
        "How int8 results are rounded: dew (fast) or tflite (bit for bit as TensorFlow Lite Micro's "
        "reference "
        "kernels).",
        "dew, tflite"},

    Key{"cascade", "when", &Settings::when,
        "The classes that are events for `dewdrop cascade`: one, or a list. \"\": all but those that are "
        "called "
        "no,\n"
        "none, other, background, empty or the like."},
    Key{"cascade",
        "on",
        &Settings::on,
        "A frame speaks for an event from this score on, 0 to 1. One number, or a list with one a class of "
        "`when`.\n"
        "`dewdrop cascade tune` finds these values from a labelled recording.",
        "",
        {0.004, 1}},
    Key{"cascade",
        "off",
        &Settings::off,
        "A frame speaks against it below this score; at most `on`.",
        "",
        {0, 1}},
    Key{"cascade",
        "n",
        &Settings::n,
        "An event begins with the n-th of the last m frames that speaks for it, and ends with the n-th of "
        "the last\n"
        "m that speaks against it.",
        "",
        {1, 32}},
    Key{"cascade", "m", &Settings::m, "At least n.", "", {1, 32}},
    Key{"cascade",
        "rest",
        &Settings::rest,
        "Seconds after an event in which no other of its class begins.",
        "",
        {0, 86'400}},
    Key{"cascade",
        "quiet",
        &Settings::quiet,
        "An event also ends when no frame has spoken for it for this many seconds: a scene that leaves the "
        "net half\n"
        "sure does not hold it open. 0: never.",
        "",
        {0, 86'400}},
    Key{"cascade",
        "temperature",
        &Settings::softness,
        "Above 1 makes scores less extreme, below 1 more. 1 leaves them as they are.",
        "",
        {0.1, 10}},
    Key{"cascade", "tiles", &Settings::tiles,
        "The net looks at the whole frame and at this many tiles of it, columns x rows, and the highest "
        "score "
        "counts.\n"
        "\"3x2\" finds what is far away. \"1x1\": the whole frame only."},
    Key{"cascade", "motion", &Settings::motion,
        "on: the net runs only while something moves, and its last scores stand meanwhile; off: on every "
        "frame.",
        "on, off"},
    Key{"cascade",
        "pictures",
        &Settings::pictures,
        "How many pictures of an event are kept and sent, at most.",
        "",
        {1, 20}},
    Key{"cascade",
        "before",
        &Settings::before,
        "A picture from this many seconds before the event is among them. 0: none.",
        "",
        {0, 30}},
    Key{"cascade", "crop", &Settings::crop,
        "Whether pictures of an event show the whole frame (off), the tile of it that the net was surest "
        "about (only),\n"
        "or both.",
        "off, only, both"},
    Key{"cascade",
        "learn",
        &Settings::learn,
        "How many frames a day that the net is unsure about become samples of the project, to be labelled. "
        "0: none.",
        "",
        {0, 10'000}},
    Key{"cascade", "ask", &Settings::ask,
        "The question about each event, in plain words: \"What is the person carrying?\" \"\": nobody is "
        "asked."},
    Key{"cascade", "schema", &Settings::schema,
        "A file with a JSON schema that the answer must follow. \"\": the answer is a text."},
    Key{"cascade", "large", &Settings::large,
        "Who is asked, as `teacher` above: one, or a list from the nearest to the largest, of which the next "
        "is\n"
        "asked where the one before is unsure. \"\": `teacher`."},
    Key{"cascade",
        "calls_an_hour",
        &Settings::calls_an_hour,
        "Questions that may be sent within an hour. 0: as many as there are.",
        "",
        {0, 1'000'000}},
    Key{"cascade",
        "calls_a_day",
        &Settings::calls_a_day,
        "Questions that may be sent on one day (UTC). 0: as many as there are.",
        "",
        {0, 10'000'000}},
    Key{"cascade",
        "usd_a_day",
        &Settings::usd_a_day,
        "What may be spent on one day (UTC), in US dollars. Not set: no limit.",
        "",
        {0, 1'000'000}},
};

}  // namespace

std::string SettingKey::full_name() const {
  return *section == '\0' ? std::string(name) : std::string(section) + "." + name;
}

std::span<const SettingKey> setting_keys() {
  return kKeys;
}

}  // namespace store

SettingRule setting_rule(std::string_view key) {
  const auto at = std::find_if(store::kKeys.begin(), store::kKeys.end(),
                               [&](const store::SettingKey& one) { return one.full_name() == key; });
  assert(at != store::kKeys.end());
  SettingRule rule{split_list(at->words), at->range, at->comment};
  std::replace(rule.help.begin(), rule.help.end(), '\n', ' ');
  return rule;
}

}  // namespace dew
