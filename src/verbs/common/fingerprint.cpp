#include "verbs/common/fingerprint.h"

#include "student/recipe_version.h"

namespace dew::verbs {
namespace {

/// Names and labels in training's order; a sample's name stands for its bytes (Project::add).
std::string labels_sha256(const Splits& splits) {
  Json labels = Json::array();
  for (const auto* split : {&splits.train, &splits.validation}) {
    Json list = Json::array();
    for (const label::Labelled& labelled : *split)
      list.push_back({labelled.sample.name, labelled.answer_class});
    labels.push_back(std::move(list));
  }
  return sha256(labels.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

Json training_fingerprint(const student::TrainSettings& wanted, const std::string& backbone_sha256,
                          const Settings& settings, const Splits& splits) {
  // All of its members: a new one does not compile until it is named here, and then it goes in below.
  const auto& [net, alpha, input, classes, head, blocks, epochs, batch, learning_rate, weight_decay, seed,
               backbone, balance] = wanted;
  Json json{{"recipe", student::kRecipeVersion},
            {"backbone", backbone},
            {"net", net},
            {"alpha", alpha},
            {"input", input},
            {"head", head},
            {"blocks", blocks},
            {"epochs", epochs},
            {"batch", batch},
            {"learning_rate", learning_rate},
            {"weight_decay", weight_decay},
            {"balance", balance},
            {"seed", seed},
            {"name", settings.name},
            {"outputs", classes},
            {"classes", settings.classes},
            {"train_samples", splits.train.size()},
            {"validation_samples", splits.validation.size()},
            {"labels_sha256", labels_sha256(splits)},
            {"calibration", settings.calibration},
            {"equalise", settings.equalise},
            {"qat", settings.qat},
            {"precision", settings.precision}};
  if (!splits.unlabelled.empty()) {
    Json names = Json::array();
    for (const Sample& sample : splits.unlabelled) names.push_back(sample.name);
    json["unlabelled_sha256"] = sha256(names.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  if (!backbone_sha256.empty()) json["backbone_sha256"] = backbone_sha256;
  return json;
}

}  // namespace dew::verbs
