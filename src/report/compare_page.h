// compare_page: whether nets taught by one label set see differently from those taught by another, as one
// self-contained page: the answer, then the evidence. Gets all as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/findings.h"
#include "media/media.h"
#include "report/report.h"

namespace dew::report {

/// A picture of a hole, and what was said of it.
struct HolePicture {
  size_t slice = 0;  ///< of Findings::holes
  Image picture;
  std::string truth;    ///< people's class
  std::string label_a;  ///< A's; empty: none
  std::string reason;   ///< the teacher's; may be empty
  double wrong_a = 0;   ///< share of A's nets that are wrong about it
  double wrong_b = 0;
};

/// What labels of each kind cost, and how many there were; absent: not known.
struct LabelCosts {
  int64_t labels_a = 0;
  std::optional<double> usd_a;        ///< all of A's
  std::optional<double> usd_a_label;  ///< a label by a person
};

struct ComparePage {
  std::string title;  ///< the project
  std::string question;
  std::string made_at;
  std::string a, b;  ///< the label sets, as people name them
  std::string answer;
  std::vector<std::string> classes;
  compare::Findings findings;
  std::vector<HolePicture> pictures;
  LabelCosts costs;
  std::vector<Row> settings;
};

/// Whole and well-formed, whatever the texts hold.
std::string to_html(const ComparePage& page);

}  // namespace dew::report
