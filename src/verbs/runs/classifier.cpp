// The int8 net of a run, compiled once and kept, for one picture after the other.
#include <algorithm>
#include <chrono>

#include "media/image.h"
#include "target/target.h"
#include "verbs/common/model.h"
#include "verbs/common/pictures.h"
#include "verbs/runs/runs.h"

namespace dew::verbs {

struct RunClassifier::Inside {
  Inside(int64_t of_run, Model loaded) : run(of_run), model(std::move(loaded)), net(model.plan) {}
  int64_t run;
  Model model;
  target::HostNet net;  ///< of the model's plan
};

RunClassifier::RunClassifier(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
RunClassifier::RunClassifier(RunClassifier&&) noexcept = default;
RunClassifier& RunClassifier::operator=(RunClassifier&&) noexcept = default;
RunClassifier::~RunClassifier() = default;

Result<RunClassifier> RunClassifier::open(const fs::path& project, int64_t run) {
  ModelArgs args;
  args.project = project;
  args.run = std::to_string(run);
  args.isa = compiler::isa_name(target::host_isa());
  DEW_TRY(Model model, load_model(args));
  return RunClassifier(std::make_unique<Inside>(run, std::move(model)));
}

int64_t RunClassifier::run() const {
  return inside_->run;
}

Result<Classified> RunClassifier::classify(std::string_view bytes) {
  const Model& model = inside_->model;
  DEW_TRY(const Image picture, decode_image(bytes, "the picture"));
  DEW_TRY(const auto tensor, to_tensor(picture, model.plan.input));
  const auto began = std::chrono::steady_clock::now();
  DEW_TRY(const auto output, inside_->net.run(tensor));
  Classified classified;
  classified.milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  classified.scores = scores(output, model.plan);
  const int top = largest(classified.scores);
  classified.score = classified.scores[static_cast<size_t>(top)];
  if (model.plan.gate) classified.known = is_known(output, model.plan);
  classified.decided = classified.known.value_or(true) && is_said(model, classified.scores, top);
  for (size_t i = 0; i < classified.scores.size(); ++i)
    classified.classes.push_back(i < model.graph.classes.size() ? model.graph.classes[i] : std::to_string(i));
  classified.top = classified.classes[static_cast<size_t>(top)];
  return classified;
}

Json to_json(const Classified& classified) {
  Json scores = Json::array();
  for (size_t i = 0; i < classified.scores.size(); ++i)
    scores.push_back({{"class", classified.classes[i]}, {"score", classified.scores[i]}});
  return Json{
      {"class", classified.top},       {"score", classified.score},
      {"decided", classified.decided}, {"known", classified.known ? Json(*classified.known) : Json(nullptr)},
      {"scores", std::move(scores)},   {"milliseconds", classified.milliseconds}};
}

}  // namespace dew::verbs
