// What the browser gives back, as JSON.
#include <fmt/format.h>

#include "verbs/browse/browse.h"

namespace dew::verbs {
namespace {

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

Result<SampleFilter::Order> parse_order(const std::string& name) {
  if (name.empty() || name == "name") return SampleFilter::Order::kName;
  if (name == "confidence") return SampleFilter::Order::kConfidence;
  if (name == "suspicion") return SampleFilter::Order::kSuspicion;
  return usage_error(fmt::format("there is no order '{}'", printable(name, 60)), {},
                     "orders are name, confidence and suspicion");
}

Json to_json(const ListedSample& sample) {
  return Json{{"id", sample.id},
              {"name", sample.name},
              {"split", split_name(sample.split)},
              {"label", sample.label ? Json(*sample.label) : Json(nullptr)},
              {"origin", sample.origin},
              {"confidence", or_null(sample.confidence)},
              {"suspicion", or_null(sample.suspicion)}};
}

Json to_json(const SamplePage& page) {
  Json samples = Json::array();
  for (const ListedSample& sample : page.samples) samples.push_back(to_json(sample));
  return Json{{"total", page.total},
              {"offset", page.offset},
              {"version", page.version},
              {"samples", std::move(samples)}};
}

Json to_json(const SampleDetail& detail) {
  Json answers = Json::array();
  for (const Answer& answer : detail.answers)
    answers.push_back({{"teacher", answer.teacher},
                       {"model", answer.model},
                       {"class", answer.answer_class},
                       {"confidence", or_null(answer.confidence)},
                       {"reason", answer.reason},
                       {"cost_usd", answer.cost_usd},
                       {"at", answer.at}});
  Json json = to_json(detail.listed);
  json["source"] = detail.source;
  json["answers"] = std::move(answers);
  json["label_at"] = text_or_null(detail.label_at);
  json["basis"] = text_or_null(detail.basis);
  return json;
}

Json to_json(const SetSummary& summary) {
  const Settings& settings = summary.settings;
  Json splits = Json::object();
  for (const auto& [split, count] : summary.by_split) splits[std::string(split_name(split))] = count;
  return Json{{"name", settings.name},
              {"question", settings.question},
              {"instructions", settings.instructions},
              {"classes", settings.classes},
              {"unsure", settings.unsure},
              {"teachers", settings.teacher.all},
              {"folder", summary.folder.filename().string()},
              {"samples", summary.samples},
              {"unlabelled", summary.unlabelled},
              {"sources", summary.sources},
              {"by_class", summary.by_class},
              {"by_split", std::move(splits)},
              {"by_origin", summary.by_origin},
              {"version", summary.version}};
}

Json to_json(const LabelStep& step) {
  return Json{{"changed", step.changed}, {"step", step.step > 0 ? Json(step.step) : Json(nullptr)}};
}

Json to_json(const UndoneLabels& undone) {
  const char* const result = undone.result == Undo::kNothing     ? "nothing"
                             : undone.result == Undo::kTakenBack ? "taken_back"
                                                                 : "overruled";
  return Json{{"result", result}, {"samples", undone.samples}, {"stand", undone.stand}};
}

}  // namespace dew::verbs
