// What handlers of several parts of the page need.
#include "studio/workplace.h"

namespace dew::studio {
namespace {

Reply<std::optional<Split>> split_in(const Query& query) {
  const std::string name = query.text("split");
  if (name.empty()) return std::optional<Split>();
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
    if (name == split_name(split)) return std::optional(split);
  return refuse(400, "there is no split '" + printable(name, 40) + "'", {},
                "splits are train, validation and test");
}

}  // namespace

Reply<verbs::SampleFilter> filter_in(const Query& query) {
  verbs::SampleFilter filter;
  filter.answer_class = query.text("class");
  DEW_TRY(filter.split, split_in(query));
  filter.origin = query.text("origin");
  filter.source = query.text("source");
  filter.text = query.text("text");
  DEW_TRY(filter.order, verbs::parse_order(query.text("order")));
  return filter;
}

Reply<Json> begin_or_join(Workplace& place, const std::string& verb, Jobs::Work work) {
  const auto id = place.jobs.start(verb, Lane::kCompute, true, std::move(work));
  const auto job = id ? place.jobs.find(*id) : place.jobs.active(verb);
  if (job) return *job;
  return refuse(409, "this was being done, and has just ended: " + verb, {}, "load the page again");
}

}  // namespace dew::studio
