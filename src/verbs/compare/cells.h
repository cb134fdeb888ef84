// The nets of a comparison: trained once each, however often the comparison is run, broken off or extended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"
#include "student/train.h"

namespace dew::verbs {

/// The pictures that a comparison is about. All vectors have one entry a picture.
struct ComparedPictures {
  std::vector<Sample> samples;
  std::vector<student::Example> examples;  ///< their classes mean nothing
};

/// One net: what teaches it, and which pictures it is asked about. Numbers are places in ComparedPictures.
struct Cell {
  uint64_t seed = 1;
  std::vector<size_t> train;
  std::vector<int> train_labels;
  std::vector<size_t> validation;
  std::vector<int> validation_labels;
  std::vector<size_t> test;
};

/// What a net said, and where it lies.
struct CellNet {
  fs::path folder;              ///< with model.tflite
  std::vector<int> classes;     ///< of its outputs: those that it was taught
  std::vector<int> said_float;  ///< of Cell::test, in its order
  std::vector<int> said;        ///< the same by the int8 net
};

/// Trains the nets of a project that are not there yet, below .dewdrop/compare, and remembers what each says.
class Cells {
 public:
  /// `wanted`: of each net, but for its seed; its backbone must be named. Error: no such backbone.
  static Result<Cells> open(const Project& project, const student::TrainSettings& wanted);

  /// In the order of `cells`. `jobs`: nets at a time; see do_pieces(). Error: student::train()'s,
  /// quantise_best()'s, interrupted; what was trained until then is kept.
  Result<std::vector<CellNet>> nets(const ComparedPictures& pictures, const std::vector<Cell>& cells,
                                    int jobs, Watch& watch) const;

 private:
  Cells(const Settings& settings, student::TrainSettings wanted, std::string backbone, fs::path root)
      : settings_(settings),
        wanted_(std::move(wanted)),
        backbone_(std::move(backbone)),
        root_(std::move(root)) {}
  [[nodiscard]] student::TrainSettings of_seed(uint64_t seed) const;
  [[nodiscard]] fs::path folder_of(const ComparedPictures& pictures, const Cell& cell) const;
  Result<void> train(const ComparedPictures& pictures, const Cell& cell, const fs::path& folder,
                     Watch& watch) const;

  Settings settings_;
  student::TrainSettings wanted_;
  std::string backbone_;  ///< its hash
  fs::path root_;
};

}  // namespace dew::verbs
