// The parts of the page of a comparison, one file each. A part writes its whole section, or nothing where it
// has no data.
#pragma once

#include <string>
#include <vector>

#include "report/compare_page.h"
#include "report/html.h"

namespace dew::report {

/// "84.1 % (82.0 to 86.1)"; "cannot be told" where there is none.
std::string share_text(const compare::Figure& figure);
/// Of a difference of shares, in points: "−2.9 (−4.0 to −1.8)".
std::string points_text(const compare::Figure& figure);
/// Of a kappa: "0.43 (0.39 to 0.47)".
std::string kappa_text(const compare::Figure& figure);
/// "p < .001", "p = .03".
std::string chance_text(const std::optional<double>& chance);

/// A table with a caption for readers of screens; the first cell of a row is its name.
void write_table(Writer& out, const std::string& caption, const std::vector<std::string>& head,
                 const std::vector<std::vector<std::string>>& rows);

void write_verdicts(Writer& out, const ComparePage& page);     ///< compare_verdicts.cpp
void write_accuracy(Writer& out, const ComparePage& page);     ///< compare_evidence.cpp
void write_consistency(Writer& out, const ComparePage& page);  ///< compare_evidence.cpp
void write_inheritance(Writer& out, const ComparePage& page);  ///< compare_evidence.cpp
void write_holes(Writer& out, const ComparePage& page);        ///< compare_holes.cpp
void write_drift(Writer& out, const ComparePage& page);        ///< compare_drift.cpp
void write_what_to_do(Writer& out, const ComparePage& page);   ///< compare_drift.cpp
void write_cannot(Writer& out, const ComparePage& page);       ///< compare_verdicts.cpp

}  // namespace dew::report
