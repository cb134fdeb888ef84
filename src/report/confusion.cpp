// Confusion matrices side by side, and the verdict read from the last of them.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostClasses = 24;  ///< of a readable matrix; beyond, the commonest mix-ups are listed
constexpr size_t kRoomyClasses = 6;  ///< up to which cells are large and column heads level
constexpr size_t kMostMixUps = 20;

/// The matrix squared up: what is missing counts 0.
class Matrix {
 public:
  Matrix(const Confusion& confusion, const std::vector<std::string>& classes)
      : counts_(confusion.counts), classes_(classes), size_(classes.size()) {
    size_ = std::max(size_, counts_.size());
    for (const auto& row : counts_) size_ = std::max(size_, row.size());
  }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] int64_t at(size_t truth, size_t said) const {
    return truth < counts_.size() && said < counts_[truth].size() ? counts_[truth][said] : 0;
  }
  [[nodiscard]] int64_t row(size_t truth) const {
    return truth < counts_.size() ? std::accumulate(counts_[truth].begin(), counts_[truth].end(), int64_t{0})
                                  : 0;
  }
  [[nodiscard]] int64_t total() const {
    int64_t sum = 0;
    for (size_t truth = 0; truth < size_; ++truth) sum += row(truth);
    return sum;
  }
  [[nodiscard]] int64_t right() const {
    int64_t sum = 0;
    for (size_t i = 0; i < size_; ++i) sum += at(i, i);
    return sum;
  }
  [[nodiscard]] std::string name(size_t i) const {
    return i < classes_.size() ? clip(classes_[i], kNameBytes) : fmt::format("class {}", i);
  }

 private:
  const std::vector<std::vector<int64_t>>& counts_;
  const std::vector<std::string>& classes_;
  size_t size_;
};

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void write_cell(Writer& out, const Matrix& matrix, size_t truth, size_t said) {
  const int64_t count = matrix.at(truth, said);
  const double of_row = share(count, matrix.row(truth));
  const auto cell =
      out.open("td", {{"class", truth == said ? "hit"
                                : count == 0  ? "none"
                                              : "miss"},
                      {"style", "--share:" + coordinate(of_row)},
                      {"title", fmt::format("labelled {}, student says {}: {} ({})", matrix.name(truth),
                                            matrix.name(said), count, percent(of_row))}});
  out.element("span", {{"class", "count"}}, with_commas(count));
  if (matrix.row(truth) > 0) out.element("small", fmt::format(" {}", percent(of_row)));
}

void write_matrix(Writer& out, const Matrix& matrix, const std::string& title) {
  const auto scroll = out.open(
      "div",
      {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "matrix: " + title}});
  const bool roomy = matrix.size() <= kRoomyClasses;
  const auto table = out.open("table", {{"class", roomy ? "matrix roomy" : "matrix dense"}});
  {
    const auto head = out.open("thead");
    {
      const auto row = out.open("tr");
      out.element("td", {{"class", "corner"}}, "");
      out.element("th", {{"class", "side"}, {"scope", "colgroup"}, {"colspan", matrix.size()}},
                  "student says");
    }
    const auto row = out.open("tr");
    out.element("th", {{"class", "side"}, {"scope", "col"}}, "labelled");
    for (size_t said = 0; said < matrix.size(); ++said) {
      const auto column = out.open("th", {{"scope", "col"}});
      out.element("span", matrix.name(said));
    }
  }
  const auto body = out.open("tbody");
  for (size_t truth = 0; truth < matrix.size(); ++truth) {
    const auto row = out.open("tr");
    {
      const auto name = out.open("th", {{"scope", "row"}});
      out.element("span", matrix.name(truth));
    }
    for (size_t said = 0; said < matrix.size(); ++said) write_cell(out, matrix, truth, said);
  }
}

struct MixUp {
  size_t truth;
  size_t said;
  int64_t count;
};

void write_mix_ups(Writer& out, const Matrix& matrix) {
  std::vector<MixUp> mix_ups;
  for (size_t truth = 0; truth < matrix.size(); ++truth)
    for (size_t said = 0; said < matrix.size(); ++said)
      if (truth != said && matrix.at(truth, said) > 0)
        mix_ups.push_back({truth, said, matrix.at(truth, said)});
  std::stable_sort(mix_ups.begin(), mix_ups.end(),
                   [](const MixUp& a, const MixUp& b) { return a.count > b.count; });
  const size_t shown = std::min(mix_ups.size(), kMostMixUps);
  out.element("p", {{"class", "lead"}},
              fmt::format("{} classes are too many for a matrix. {} of {} mix-ups, the commonest first:",
                          matrix.size(), shown, mix_ups.size()));
  if (shown == 0) return;
  const auto table = out.open("table", {{"class", "numbers"}});
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    for (const char* title : {"Labelled", "Student says", "Times", "Of the label"})
      out.element("th", {{"scope", "col"}}, title);
  }
  const auto body = out.open("tbody");
  for (size_t i = 0; i < shown; ++i) {
    const auto row = out.open("tr");
    out.element("th", {{"scope", "row"}}, matrix.name(mix_ups[i].truth));
    out.element("td", matrix.name(mix_ups[i].said));
    out.element("td", with_commas(mix_ups[i].count));
    out.element("td", percent(share(mix_ups[i].count, matrix.row(mix_ups[i].truth))));
  }
}

void write_one(Writer& out, const Matrix& matrix, const Confusion& confusion) {
  const std::string title = clip(confusion.title, kNameBytes);
  const auto part = out.open("div", {{"class", "one-matrix"}});
  out.element("h3", title);
  {
    const auto line = out.open("p", {{"class", "lead"}});
    out.element("b", percent(share(matrix.right(), matrix.total())));
    out.text(
        fmt::format(" – {} of {} as labelled", with_commas(matrix.right()), with_commas(matrix.total())));
  }
  if (matrix.size() <= kMostClasses)
    write_matrix(out, matrix, title);
  else
    write_mix_ups(out, matrix);
}

/// What always giving the commonest label would reach: an accuracy means little without it.
std::string blind_guess(const Matrix& matrix) {
  size_t commonest = 0;
  for (size_t i = 1; i < matrix.size(); ++i)
    if (matrix.row(i) > matrix.row(commonest)) commonest = i;
  return fmt::format("Always answering “{}” would reach {}.", matrix.name(commonest),
                     percent(share(matrix.row(commonest), matrix.total())));
}

}  // namespace

std::optional<Verdict> verdict(const Report& report) {
  if (report.confusions.empty()) return std::nullopt;
  const Confusion& last = report.confusions.back();
  const Matrix matrix(last, report.classes);
  if (matrix.total() == 0) return std::nullopt;
  std::string line =
      fmt::format("{} right: {} of {} as labelled", percent(share(matrix.right(), matrix.total())),
                  with_commas(matrix.right()), counted(matrix.total(), "test picture", "test pictures"));
  if (!last.title.empty()) line += fmt::format(" ({})", clip(last.title, kNameBytes));
  return Verdict{line + ".", blind_guess(matrix)};
}

void write_confusion(Writer& out, const Report& report) {
  const bool any =
      std::any_of(report.confusions.begin(), report.confusions.end(),
                  [&](const Confusion& confusion) { return Matrix(confusion, report.classes).total() > 0; });
  if (!any) return;
  const auto section = out.open("section", {{"id", "confusion"}});
  out.element("h2", "Confusion matrices");
  out.element("p", {{"class", "lead"}},
              "Counts on the test split. Percentages and shades are shares of the row.");
  const auto matrices = out.open("div", {{"class", "matrices"}});
  for (const Confusion& confusion : report.confusions) {
    const Matrix matrix(confusion, report.classes);
    if (matrix.total() > 0) write_one(out, matrix, confusion);
  }
}

}  // namespace dew::report
