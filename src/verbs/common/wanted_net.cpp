#include "verbs/common/wanted_net.h"

#include <fmt/format.h>

#include <cmath>

#include "student/backbone_store.h"

namespace dew::verbs {

using student::TrainSettings;

TrainSettings train_settings(const Settings& settings) {
  TrainSettings wanted;
  wanted.net = settings.net;
  wanted.alpha = settings.alpha;
  wanted.input = settings.input;
  wanted.head = settings.head;
  wanted.blocks = settings.blocks;
  wanted.epochs = settings.epochs;
  wanted.balance = settings.balance;
  wanted.seed = settings.seed;
  wanted.classes = static_cast<int>(settings.classes.size());
  wanted.backbone = settings.backbone;
  return wanted;
}

Result<std::string> backbone_hash(const TrainSettings& wanted) {
  if (wanted.backbone == "random") return std::string();
  if (wanted.net != "mobilenet_v2")
    return usage_error(fmt::format("no backbone fits {}", wanted.net), {},
                       "train with --backbone random, or choose mobilenet_v2");
  DEW_TRY(const auto backbone, student::find_backbone(wanted.backbone));
  if (std::abs(backbone.alpha - wanted.alpha) > 1e-9)
    return usage_error(fmt::format("the backbone '{}' has alpha {}, the net {}", wanted.backbone,
                                   backbone.alpha, wanted.alpha),
                       {}, fmt::format("train with --alpha {}, or with --backbone random", backbone.alpha));
  DEW_TRY(const std::string bytes, student::encode_backbone(backbone));
  return sha256(bytes);
}

}  // namespace dew::verbs
