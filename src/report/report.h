// report: one self-contained HTML file about a run. Gets results as data, looks nothing up.
//
// No script from elsewhere, no network: pictures are data URIs, charts are inline SVG.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "media/media.h"

namespace dew::report {

struct CurvePoint {
  int epoch = 0;
  double train_loss = 0;
  double train_accuracy = 0;
  double validation_loss = 0;
  double validation_accuracy = 0;
};

/// counts[truth][said]
struct Confusion {
  std::string title;  ///< "float", "int8 on the host", "int8 on qemu:mps2-an386"
  std::vector<std::vector<int64_t>> counts;
};

struct ClassScore {
  Share precision;  ///< of those said to be of the class
  Share recall;     ///< of those that are
};

/// Where in the picture the student was told what it said: its scores of each position alone, of the class
/// it said less those of another. Positive: the position speaks for what was said.
struct HeatMap {
  int rows = 0;
  int columns = 0;
  std::vector<float> values;  ///< [rows, columns]
  std::string against;        ///< the other class: the label's where the student is wrong, else its second
};

/// One tile of the grid: its label and what the student said of it.
struct Tile {
  Image picture;
  std::string name;            ///< the sample's
  std::string label;           ///< a person's or the teacher's; escaped by us, never trusted
  std::string teacher_reason;  ///< why the teacher gave that label
  std::string student_said;
  double student_score = 0;  ///< 0...1
  bool agree = true;
  std::optional<HeatMap> heat = std::nullopt;
};

/// A tile's place on the map; the axes have no unit.
struct Dot {
  double x = 0;
  double y = 0;
  size_t tile = 0;  ///< of Report::tiles
};

/// A buffer of the memory plan.
struct Buffer {
  std::string name;
  int64_t offset = 0;
  int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
};

/// A step of the plan, and what it costs.
struct LayerCost {
  int step = 0;
  std::string name;
  int64_t rows = 0;
  int64_t rows_held = 0;  ///< of them, at once in RAM
  int64_t ram_bytes = 0;  ///< of those
  int64_t scratch_bytes = 0;
  int64_t flash_bytes = 0;  ///< its constants
  int64_t macs = 0;
  int64_t instructions = 0;  ///< one inference's; 0 everywhere: not counted
  double measured =
      0;  ///< one inference's on a real board, in Report::measured_unit; 0 everywhere: not measured
};

/// Whether a real board's times are known.
bool were_measured(const std::vector<LayerCost>& layers);

/// A frame with the tiles lit where the student sees the class.
struct LitFrame {
  Image frame;
  std::string name;
  struct Region {
    Rect where;
    double score = 0;  ///< 0...1
    bool lit = false;
    std::string truth;  ///< the label; may be empty
  };
  std::vector<Region> regions;
};

/// How many pictures of a class each split has.
struct LabelCount {
  std::string name;  ///< the class, or what those set aside are called
  int64_t train = 0;
  int64_t validation = 0;
  int64_t test = 0;
  bool set_aside = false;  ///< neither taught nor tested: somebody was unsure
};

/// A net that a search tried, and what it costs.
struct TriedNet {
  std::string name;
  std::string backbone;  ///< what its training started from
  int64_t ram_bytes = 0;
  int64_t flash_bytes = 0;
  int64_t instructions = 0;
  int epochs = 0;
  double accuracy = 0;  ///< on the validation pictures
  bool on_front = false;
};

struct Row {
  std::string name;
  std::string value;
  std::string note;
};

/// All that one report shows; a part left empty is left out.
struct Report {
  std::string title;
  std::string question;
  std::vector<std::string> classes;
  std::string made_at;
  std::string teacher;
  std::vector<LabelCount> label_counts;
  std::vector<Row> headline;  ///< accuracies, RAM, flash, MACs, instructions
  std::vector<Row> settings;  ///< how it was made, so that it can be made again
  std::vector<CurvePoint> curve;
  std::vector<Confusion> confusions;
  std::string scored;                    ///< where class_scores were measured, as a Confusion's title
  std::vector<ClassScore> class_scores;  ///< as `classes`
  std::vector<Tile> tiles;
  std::vector<Dot> dots;
  std::vector<std::string> steps;  ///< names of the plan's steps, for the timeline's axis
  std::vector<Buffer> buffers;
  int64_t arena_bytes = 0;
  std::vector<LayerCost> layers;
  std::string measured_unit;  ///< of LayerCost::measured: "ms"
  std::vector<TriedNet> candidates;
  int64_t ram_limit = 0;  ///< of the search; 0: none
  int64_t flash_limit = 0;
  std::string lit_class;
  std::vector<LitFrame> lit_frames;
};

/// The whole page.
std::string to_html(const Report& report);

}  // namespace dew::report
