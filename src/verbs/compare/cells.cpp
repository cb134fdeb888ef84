// A cell's folder is named by all that its net depends on; it is there once the net is whole.
#include "verbs/compare/cells.h"

#include <algorithm>
#include <map>
#include <set>

#include "graph/graph.h"
#include "student/predict.h"
#include "student/quantise.h"
#include "student/threads.h"
#include "verbs/common/fingerprint.h"
#include "verbs/common/int8_run.h"
#include "verbs/common/outcome.h"
#include "verbs/common/wanted_net.h"
#include "verbs/compare/jobs.h"

namespace dew::verbs {
namespace {

constexpr size_t kNameLetters = 24;  ///< of a hash: 96 bits
constexpr const char* kSaid = "said.json";

using student::Example;

std::vector<label::Labelled> labelled(const ComparedPictures& pictures, const std::vector<size_t>& places,
                                      const std::vector<int>& labels) {
  std::vector<label::Labelled> list;
  for (size_t i = 0; i < places.size(); ++i) list.push_back({pictures.samples[places[i]], labels[i]});
  return list;
}

std::vector<Example> examples(const ComparedPictures& pictures, const std::vector<size_t>& places,
                              const std::vector<int>& labels) {
  std::vector<Example> list;
  for (size_t i = 0; i < places.size(); ++i) {
    list.push_back(pictures.examples[places[i]]);
    list.back().answer_class = labels[i];
  }
  return list;
}

/// The classes that have a label. A teacher may never say one of the project's, and a net cannot learn what
/// nobody shows it: its own classes are these.
std::vector<int> taught_classes(const Cell& cell) {
  const std::set<int> taught(cell.train_labels.begin(), cell.train_labels.end());
  return {taught.begin(), taught.end()};
}

/// As the net numbers its classes; a validation picture of a class that it does not have is of no use.
std::vector<Example> renumbered(std::vector<Example> all, const std::vector<int>& taught) {
  std::vector<Example> kept;
  for (Example& example : all) {
    const auto at = std::lower_bound(taught.begin(), taught.end(), example.answer_class);
    if (at == taught.end() || *at != example.answer_class) continue;
    example.answer_class = static_cast<int>(at - taught.begin());
    kept.push_back(std::move(example));
  }
  return kept;
}

std::vector<int> likeliest(const std::vector<std::vector<float>>& rows, const std::vector<int>& taught) {
  std::vector<int> said;
  for (const auto& row : rows)
    said.push_back(taught[static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin())]);
  return said;
}

Result<CellNet> read_cell(const fs::path& folder, size_t pictures) {
  DEW_TRY(const std::string text, read_file(folder / kSaid));
  const Json said = Json::parse(text, nullptr, false);
  CellNet net{folder, {}, {}, {}};
  try {
    net.classes = said.at("classes").get<std::vector<int>>();
    net.said_float = said.at("float").get<std::vector<int>>();
    net.said = said.at("int8").get<std::vector<int>>();
  } catch (const Json::exception&) {
    net.said.clear();
  }
  if (net.said.size() != pictures || net.said_float.size() != pictures)
    return work_error("the record of a trained net is damaged", (folder / kSaid).string(),
                      "remove its folder: the net will be trained again");
  return net;
}

}  // namespace

Result<Cells> Cells::open(const Project& project, const student::TrainSettings& wanted) {
  DEW_TRY(std::string backbone, backbone_hash(wanted));
  return Cells(project.settings(), student::with_usual_epochs(wanted), std::move(backbone),
               project.folder() / ".dewdrop" / "compare");
}

student::TrainSettings Cells::of_seed(uint64_t seed) const {
  student::TrainSettings settings = wanted_;
  settings.seed = seed;
  return settings;
}

fs::path Cells::folder_of(const ComparedPictures& pictures, const Cell& cell) const {
  const Splits splits{labelled(pictures, cell.train, cell.train_labels),
                      labelled(pictures, cell.validation, cell.validation_labels),
                      {}};
  Json key = training_fingerprint(of_seed(cell.seed), backbone_, settings_, splits);
  Json tested = Json::array();
  for (const size_t at : cell.test) tested.push_back(pictures.samples[at].name);
  key["tested"] = std::move(tested);
  return root_ / sha256(key.dump(-1, ' ', false, Json::error_handler_t::replace)).substr(0, kNameLetters);
}

Result<void> Cells::train(const ComparedPictures& pictures, const Cell& cell, const fs::path& folder,
                          Watch& watch) const {
  const fs::path work = folder.string() + ".part";
  const std::vector<int> taught = taught_classes(cell);
  const std::vector<Example> lessons = renumbered(examples(pictures, cell.train, cell.train_labels), taught);
  const std::vector<Example> validation =
      renumbered(examples(pictures, cell.validation, cell.validation_labels), taught);
  student::TrainSettings settings = of_seed(cell.seed);
  settings.classes = static_cast<int>(taught.size());
  std::vector<std::string> names;
  for (const int one : taught) names.push_back(settings_.classes[static_cast<size_t>(one)]);
  DEW_CHECK(make_folders(work));
  DEW_CHECK(student::train(lessons, validation, settings, work, watch));
  const student::RunInt8 run = [&watch](const graph::Graph& graph, const auto& some) {
    return run_int8(graph, some, watch);
  };
  DEW_TRY(const auto quantised, student::quantise_best(work, lessons, validation, settings_.name, names,
                                                       quantise_settings(settings_, cell.seed), run, watch));
  const auto tested = student::pictures_of(examples(pictures, cell.test, std::vector<int>(cell.test.size())));
  DEW_TRY(const auto in_float, student::predict(work, tested, watch));
  DEW_TRY(const auto in_int8, run_int8(quantised.graph, tested, watch));
  DEW_TRY(const std::string model, graph::write_tflite(quantised.graph));
  DEW_CHECK(write_file(folder / "model.tflite", model));
  Json said{{"seed", cell.seed}, {"taught", Json::array()}, {"tested", Json::array()}};
  for (const size_t at : cell.train) said["taught"].push_back(pictures.samples[at].name);
  for (const size_t at : cell.test) said["tested"].push_back(pictures.samples[at].name);
  said["labels"] = cell.train_labels;
  said["classes"] = taught;
  said["float"] = likeliest(in_float, taught);
  said["int8"] = likeliest(in_int8, taught);
  // Last: it says that the net is whole.
  DEW_CHECK(write_file(folder / kSaid, said.dump(-1, ' ', false, Json::error_handler_t::replace)));
  std::error_code gone;
  fs::remove_all(work, gone);
  return {};
}

Result<std::vector<CellNet>> Cells::nets(const ComparedPictures& pictures, const std::vector<Cell>& cells,
                                         int jobs, Watch& watch) const {
  std::vector<fs::path> folders;
  std::map<fs::path, size_t> missing;  // cells that are equal are one net
  for (size_t i = 0; i < cells.size(); ++i) {
    folders.push_back(folder_of(pictures, cells[i]));
    if (!fs::exists(folders[i] / kSaid)) missing.emplace(folders[i], i);
  }
  std::vector<size_t> order;
  for (const auto& [folder, cell] : missing) order.push_back(cell);
  std::sort(order.begin(), order.end());
  std::vector<double> size;
  for (const size_t cell : order) size.push_back(static_cast<double>(cells[cell].train.size()));
  const int beside = std::min(jobs < 1 ? processors() : jobs, std::max(1, static_cast<int>(order.size())));
  const student::ThreadLimit share(std::max(1, processors() / beside));
  DEW_CHECK(do_pieces(
      "training " + plural(std::ssize(order), "net", "nets"), size, beside,
      [&](size_t piece, Watch& own) {
        return train(pictures, cells[order[piece]], folders[order[piece]], own);
      },
      watch));
  std::vector<CellNet> nets;
  for (size_t i = 0; i < cells.size(); ++i) {
    DEW_TRY(CellNet net, read_cell(folders[i], cells[i].test.size()));
    nets.push_back(std::move(net));
  }
  return nets;
}

}  // namespace dew::verbs
