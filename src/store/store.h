// store: the project on disk. Settings, samples, answers, labels, splits, runs.
//
// A project is a folder with dewdrop.toml, which people edit, and .dewdrop/, which they do not. The database
// is SQLite in WAL mode, or PostgreSQL where many machines work on one project; this header shows no type of
// either. Answers are only ever added.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "media/media.h"

namespace dew {

/// One text or several: `teacher = "a"` or `teacher = ["a", "b"]`.
struct Several {
  std::vector<std::string> all;
  bool operator==(const Several&) const = default;
};

/// One number or several: `on = 0.7` or `on = [0.7, 0.8]`.
struct Numbers {
  std::vector<double> all;
  bool operator==(const Numbers&) const = default;
};

/// dewdrop.toml. Unknown keys are errors that name the nearest known one. The table in settings_table.cpp
/// holds names, ranges and explanations.
struct Settings {
  std::string name;                  ///< letters, digits, '-' and '_'; also the C symbol's stem
  std::string question;              ///< as the teacher reads it
  std::vector<std::string> classes;  ///< in the order of the net's outputs; at least two
  std::string unsure;                ///< the answer for "cannot tell"; empty: there is none
  Several teacher;                   ///< the default of `label --teacher`
  double test_share = 0.3;           ///< the last part of each video, or whole files
  double validation_share = 0.1;     ///< of the rest, again the last part
  std::string store;                 ///< "postgresql://..."; empty: .dewdrop/project.db, for one machine
  /// An absolute folder that all machines see, or "s3://bucket/prefix"; empty: .dewdrop/media.
  std::string media;
  std::string media_endpoint;  ///< of the bucket's server; empty: AWS_ENDPOINT_URL, or Amazon's
  std::string media_region;    ///< of the bucket; empty: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1
  int largest_picture = 64;    ///< megapixels; larger pictures and frames are refused

  // [label]: how to ask, and how answers become labels; the command line overrides it
  int votes = 1;                      ///< answers of each teacher to the same question
  std::optional<double> temperature;  ///< of the model's sampling; absent: 0, or 0.7 with several votes
  std::optional<int64_t> vote_seed;   ///< "seed" in the file: of the model's sampling
  std::string detail = "auto";        ///< of the picture that the model is given: low, high, auto
  std::string instructions;           ///< added to the prompt
  int examples = 0;                   ///< pictures labelled by people, shown before each question
  std::string context = "none";       ///< shown with a tile: none, frame, around
  int jpeg_size = 2048;               ///< the longer side of a sent picture at most, pixels
  int jpeg_quality = 90;
  int max_tokens = 0;              ///< of one reply, reasoning included; 0: as many as the model needs
  std::string reasoning = "auto";  ///< before the answer: auto, none, minimal, low, medium, high
  std::string spread = "auto";     ///< ask about near-identical frames once: on, off, auto
  int spread_bits = 2;
  double spread_seconds = 10;
  std::string policy = "majority";  ///< majority, weighted, newest
  std::string tie = "unsure";       ///< unsure (set aside), newest
  double threshold = 0;             ///< labels with a lower confidence are set aside
  Several headers;  ///< of each request, "X-Api-Key: $GATEWAY_KEY"; values come from the environment

  // [student]
  std::string net = "mobilenet_v2";  ///< or mobilenet_v1, tiny
  std::string backbone;              ///< what training starts from; empty: the bundled one where it fits
  double alpha = 0.35;               ///< width multiplier of the net
  int input = 96;                    ///< height and width of the input, pixels
  int head = 0;                      ///< channels of MobileNetV2's last convolution; 0: the paper's 1280
  int blocks = 0;                    ///< of MobileNetV2's 17; 0: all
  int epochs = 0;                    ///< 0: the recipe's own, 60 from random weights, 30 with a backbone
  double balance = 0;                ///< of rare classes against frequent ones in training, 0 to 1
  uint64_t seed = 1;
  std::string calibration = "histogram";  ///< histogram, min-max
  std::string equalise = "off";           ///< on, off
  std::string qat = "auto";               ///< quantisation-aware fine-tuning: auto, on, off
  double precision = 0.95;                ///< that the classes' thresholds are chosen for; 0: no thresholds

  // [target]
  std::string board = "qemu:mps2-an386";
  std::string rounding = "dew";  ///< dew or tflite

  // [cascade]: what is an event, and what is asked about it; verbs/cascade reads it
  Several when;        ///< the classes that are events; empty: chosen by their names
  Numbers on{{0.6}};   ///< score from which a frame speaks for the class; one, or one a class
  Numbers off{{0.4}};  ///< and below which it speaks against it
  int n = 3;           ///< of the last `m` frames, to begin or end an event
  int m = 5;
  double rest = 2;      ///< seconds after an event in which none begins
  double quiet = 10;    ///< seconds in which no frame speaks for an event, after which it ends; 0: never
  double softness = 1;  ///< "temperature" in the file: of the scores, 1 leaves them as they are
  std::string tiles = "1x1";        ///< of each frame that the net looks at, and the whole frame beside them
  std::string motion = "off";       ///< on: the net runs only where something moves
  int pictures = 5;                 ///< of an event, at most
  double before = 1;                ///< seconds before an event whose picture is kept
  std::string crop = "off";         ///< of each picture, what the net looked at: off, both, only
  int learn = 20;                   ///< frames a day that the net was unsure about and that become samples
  std::string ask;                  ///< the question about an event; empty: nobody is asked
  std::string schema;               ///< a JSON schema file for the answer; empty: a text
  Several large;                    ///< who is asked, near ones first; empty: `teacher`
  int calls_an_hour = 60;           ///< 0: no limit
  int calls_a_day = 500;            ///< 0: no limit
  std::optional<double> usd_a_day;  ///< absent: no limit

  bool operator==(const Settings&) const = default;
};

enum class Split { kTrain, kValidation, kTest };
std::string_view split_name(Split split);

/// A file with pictures.
struct Source {
  int64_t id = 0;
  std::string name;    ///< unique in the project; every sample's name begins with it
  std::string sha256;  ///< of the file
  fs::path path;       ///< where its bytes are now (the project's media folder, or the original)
  MediaInfo info;
};

/// Where a source's bytes came from. A source has several where the same bytes were added from several files.
struct Origin {
  int64_t source = 0;
  std::string name;  ///< as add() was given it
  fs::path path;     ///< absolute
};

/// One picture that can be asked about. Its name is Fragment::str() with the source's name.
struct Sample {
  int64_t id = 0;
  int64_t source = 0;
  std::string name;
  std::optional<int64_t> frame;
  std::optional<Rect> region;
  Split split = Split::kTrain;
};

/// What a teacher said. Never changed.
struct Answer {
  int64_t id = 0;
  int64_t sample = 0;
  std::string teacher;               ///< "openai", "replay"
  std::string model;                 ///< "gpt-4o-2024-08-06", or the answers file
  std::string prompt_hash;           ///< SHA-256 of everything that was asked; see vote_hash()
  std::string raw;                   ///< what came back, byte for byte
  std::string answer_class;          ///< one of the classes, or the unsure answer
  std::optional<double> confidence;  ///< 0...1
  std::string reason;
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;
  double cost_usd = 0;
  std::string at;  ///< UTC
};

/// Answer::prompt_hash of the n-th time the same is asked: a vote is a separate question, so that each is
/// asked once, however a run ends. The first vote's is the prompt's own.
std::string vote_hash(const std::string& prompt_hash, int vote);

/// The prompt's own hash, for any vote.
std::string_view prompt_of(std::string_view vote_hash);

/// What one command that asked a teacher cost; stored while it runs, so that a kill loses nothing.
struct Bill {
  int64_t id = 0;
  std::string teacher;
  std::string model;
  std::string prompt_hash;
  int64_t asked = 0;
  int64_t failed = 0;
  int64_t tokens_in = 0;  ///< of all tries, including those without an answer
  int64_t tokens_out = 0;
  std::optional<double> cost_usd;  ///< absent: no price was known
  std::optional<double> forecast_usd;
  std::string at;  ///< UTC, when it began
  // Of tokens and cost what no server counted: our estimate for requests that were sent and got no reply.
  int64_t estimated_tokens_in = 0;
  int64_t estimated_tokens_out = 0;
  double estimated_usd = 0;
};

/// A sample that looks nearly the same as another: it takes that one's label and is not asked about.
struct Spread {
  int64_t sample = 0;
  int64_t like = 0;  ///< the sample that is asked about
};

/// A job at a server that answers within a day; stored, so that the command need not run meanwhile.
struct Batch {
  int64_t id = 0;
  std::string teacher;
  std::string model;
  std::string prompt_hash;
  std::string state;  ///< "uploaded", "created", "done", "failed", "refused" (it never ran), "lost" (gone
                      ///< from the server), "forgotten"
  std::string input_file;        ///< the server's names for things
  std::string job;               ///< where "uploaded": the last one that was refused; empty: none yet
  std::vector<int64_t> samples;  ///< that it asks about
  std::string at;
};

/// A decision from answers, or by a person. `answer_class` empty: set aside (the teacher was unsure).
struct Label {
  int64_t sample = 0;
  std::string answer_class;
  /// "policy" or "human"; a person's label overrides the policy's. "local": what the local classifier says,
  /// where neither a person nor an answer says anything.
  std::string origin;
  std::string
      basis;  ///< ids of the answers it rests on and how they decided ("12,15,19 majority"), "spread:"
              ///< before it where another sample was asked; the person's name; or a probability
  std::string at;
};

/// One training run and its results; the folder is runs/NNNN-.../.
struct Run {
  int64_t id = 0;
  std::string folder;         ///< relative to the project
  std::string state;          ///< "training", "done"
  std::string settings_json;  ///< what it was asked to do
  std::string results_json;   ///< the metrics known so far
  std::string at;
};

/// What add() did with one file.
struct Added {
  int64_t source = 0;  ///< Source::id
  int64_t samples = 0;
  int64_t already_there = 0;
};

/// Still pictures that belong together, which share a split or are split in their order, so that none of them
/// is tested on its likeness.
struct Grouped {
  int64_t series = 0;  ///< numbered pictures that look alike from one to the next: frames of a video
  int64_t series_pictures = 0;
  int64_t bursts = 0;  ///< photos that a camera took within two seconds
  int64_t burst_pictures = 0;
  int64_t alike = 0;  ///< pictures that look nearly the same as another one, wherever it is
};

/// Why a file cannot be added, while nothing is wrong with the project.
enum class Refusal {
  kMissing,      ///< there is no such file, or it vanished meanwhile
  kUnreadable,   ///< it may not be read, or the disk cannot
  kEmpty,        ///< zero bytes
  kNotMedia,     ///< not a picture or video by its content
  kUndecodable,  ///< damaged, cut off, or of a kind that the decoder does not know
  kTooLarge,     ///< more pixels or frames than the limits
  kCut,          ///< it cannot be cut as asked: more tiles than pixels, too many samples
  kName,         ///< its name cannot be used
  kChanging,     ///< it was written to while it was being added
};

struct Refused {
  Refusal why = Refusal::kMissing;
  Error error;
};

/// How a video or picture is divided into samples.
struct Cut {
  int64_t every = 1;      ///< take every n-th frame of a video
  int columns = 1;        ///< tiles across ...
  int rows = 1;           ///< ... and down
  bool in_place = false;  ///< refer to the original instead of copying it into the project
};

/// What is known of a file from elsewhere: a data set that has its own splits, an archive it was in.
struct Placing {
  std::optional<Split> split;  ///< of all its samples, also of all frames of a video; absent: it is drawn
  /// Where the bytes came from, absolute, if not from the file itself: "/home/ada/pics.zip/a.jpg".
  fs::path origin;
};

/// An open project. Errors of all calls: the database is locked by another process, the disk is full, the
/// database is damaged. Every call is one transaction.
class Project {
 public:
  /// Creates the folder. Error (usage): it exists and is not empty, or the settings are wrong.
  static Result<Project> create(const fs::path& folder, const Settings& settings);
  /// Error (usage): no dewdrop.toml here ("not a Dewdrop project"), or one that does not parse.
  static Result<Project> open(const fs::path& folder);
  Project(Project&&) noexcept;
  Project& operator=(Project&&) noexcept;
  ~Project();

  [[nodiscard]] const Settings& settings() const;
  [[nodiscard]] const fs::path& folder() const;

  /// Inspects the file, stores it (content-addressed) and its samples, all or nothing. The samples' names
  /// begin with `name`; if another file goes by that name, as many of the file's folders are put before it
  /// as tell the two apart, or part of the hash is appended where folders do not. Adding the same file with
  /// the same cut again adds nothing, and reads nothing while its size and time are the same. The same bytes
  /// are the same source, whatever the file's name, which is remembered: see origins(). Adding them again
  /// repairs the project if the original moved or its copy was lost. Splits are drawn, or taken from
  /// `placing`, when a source is first added, and stay. Reports the reading of a video to the watch.
  Result<Added> add(const fs::path& file, const std::string& name, const Cut& cut, Watch& watch);
  /// As add(), with what is wrong with the file kept apart: an error is then the project's (a full disk, a
  /// locked database), the cut's, or an interruption, and the next file would meet it too.
  Result<tl::expected<Added, Refused>> offer(const fs::path& file, const std::string& name, const Cut& cut,
                                             const Placing& placing, Watch& watch);

  /// Gives pictures that belong together one split: those added since this was last called, among each other
  /// and with the ones that were there, whose splits stay. Until then an added picture's split is drawn for
  /// it alone. Series are split as videos are: their last part is for testing. Tells the watch what was
  /// grouped. To be called when everything was added, and before splits are used.
  Result<Grouped> settle_splits(Watch& watch);

  [[nodiscard]] Result<std::vector<Source>> sources() const;
  /// Some at a time, so that memory does not grow with the project: those behind the one with this id, `most`
  /// at most, in their order.
  [[nodiscard]] Result<std::vector<Source>> sources_after(int64_t id, int64_t most) const;
  [[nodiscard]] Result<std::vector<Origin>> origins() const;  ///< ordered by source
  [[nodiscard]] Result<std::vector<Sample>> samples() const;  ///< ordered by source, frame, region
  /// The samples of these sources (ids), in the order of samples().
  [[nodiscard]] Result<std::vector<Sample>> samples_of(const std::vector<int64_t>& sources) const;
  [[nodiscard]] Result<int64_t> count_samples() const;
  [[nodiscard]] Result<std::vector<Sample>> samples_without_answer(const std::string& teacher,
                                                                   const std::string& model,
                                                                   const std::string& prompt_hash) const;

  Result<void> add_answers(const std::vector<Answer>& answers);
  /// The answers together with what has been spent so far.
  Result<void> add_answers(const std::vector<Answer>& answers, const Bill& bill);
  Result<Bill> begin_bill(Bill bill);
  [[nodiscard]] Result<std::vector<Bill>> bills() const;  ///< oldest first

  /// Perceptual hashes of samples (media's difference_hash), those that have been computed.
  Result<void> set_hashes(const std::map<int64_t, uint64_t>& hashes);
  [[nodiscard]] Result<std::map<int64_t, uint64_t>> hashes() const;
  /// Replaces all earlier ones.
  Result<void> set_spreads(const std::vector<Spread>& spreads);
  [[nodiscard]] Result<std::vector<Spread>> spreads() const;

  /// Small texts that are kept from one command to the next, by name; empty: there is none.
  Result<void> set_note(const std::string& name, const std::string& text);
  [[nodiscard]] Result<std::string> note(const std::string& name) const;

  /// Stores a new (id 0) or changed one; returns it with its id.
  Result<Batch> keep_batch(Batch batch);
  [[nodiscard]] Result<std::vector<Batch>> batches() const;   ///< oldest first
  [[nodiscard]] Result<std::vector<Answer>> answers() const;  ///< in the order they came
  /// One after the other, without `raw`, so that memory does not grow with their number.
  Result<void> each_answer(const std::function<void(const Answer&)>& give) const;
  /// All answers about these samples (ids), with `raw`, ordered by sample and then as they came.
  [[nodiscard]] Result<std::vector<Answer>> answers_about(const std::vector<int64_t>& samples) const;
  /// The newest is valid; a policy's never replaces a person's, a person's always replaces the policy's.
  Result<void> set_labels(const std::vector<Label>& labels);
  /// Replaces all local labels. They stand for samples without any other label.
  Result<void> set_local_labels(const std::vector<Label>& labels);
  [[nodiscard]] Result<std::vector<Label>> labels() const;  ///< those that stand, ordered by sample
  /// Those of these samples (ids).
  [[nodiscard]] Result<std::vector<Label>> labels_about(const std::vector<int64_t>& samples) const;
  /// Withdraws a person's decision about the sample: it stays in the history, and the label before it is
  /// valid again. False: the sample has no label by a person.
  Result<bool> withdraw_label(int64_t sample);

  Result<Run> begin_run(const std::string& settings_json);
  Result<void> update_run(const Run& run);
  [[nodiscard]] Result<std::vector<Run>> runs() const;  ///< oldest first

  /// The source's file as it was added: checked to be there and unchanged, fetched where media are in a
  /// bucket.
  [[nodiscard]] Result<fs::path> original(int64_t source, const Watch& watch) const;
  /// The sample's picture, cut but not resized.
  [[nodiscard]] Result<Image> picture(const Sample& sample) const;
  /// All of them, in the order of their sources, each video decoded once; `give` gets the index into
  /// `wanted`.
  Result<void> pictures(const std::vector<Sample>& wanted,
                        const std::function<Result<void>(size_t index, const Image& image)>& give,
                        Watch& watch) const;

 private:
  friend class Adding;
  struct Inside;
  explicit Project(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// Whether the URL in Settings::store contains a password, which everyone who gets dewdrop.toml could read.
bool store_has_password(const Settings& settings);

/// Settings to and from dewdrop.toml's text.
std::string to_toml(const Settings& settings);
Result<Settings> parse_settings(std::string_view text, const std::string& path);

}  // namespace dew
