#include "verbs/common/which_net.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace dew::verbs {
namespace {

/// "3" and "0003-2026-11-27" both name runs/0003-2026-11-27.
bool is_called(const Run& run, const std::string& wanted) {
  int64_t number = 0;
  const char* end = wanted.data() + wanted.size();
  const auto [stop, code] = std::from_chars(wanted.data(), end, number);
  if (code == std::errc() && stop == end) return run.id == number;
  fs::path name = fs::path(wanted).lexically_normal();
  if (!name.has_filename()) name = name.parent_path();
  return name.filename() == fs::path(run.folder).filename();
}

bool is_there(const Project& project, const Run& run) {
  std::error_code none;
  return fs::is_directory(project.folder() / run.folder, none);
}

std::vector<Run> only_finished(std::vector<Run> runs) {
  std::erase_if(runs, [](const Run& run) { return run.state != "done"; });
  return runs;
}

/// "3, 2, 1": the newest few of those whose files are there; empty: none.
std::string numbers_of(const Project& project, const std::vector<Run>& runs) {
  constexpr size_t kMost = 8;
  std::vector<std::string> numbers;
  for (auto run = runs.rbegin(); run != runs.rend() && numbers.size() < kMost; ++run)
    if (is_there(project, *run)) numbers.push_back(std::to_string(run->id));
  return join(numbers);
}

tl::unexpected<Error> none_called(const Project& project, const std::vector<Run>& runs,
                                  const std::string& wanted) {
  const std::string there = numbers_of(project, runs);
  return usage_error("there is no finished run " + printable(wanted, 60), project.folder().string(),
                     there.empty() ? "run: dewdrop train" : "finished runs are: " + there);
}

tl::unexpected<Error> gone(const Project& project, const std::vector<Run>& runs, const Run& run) {
  const std::string there = numbers_of(project, runs);
  return work_error(fmt::format("the folder of run {} is gone", run.id),
                    (project.folder() / run.folder).string(),
                    there.empty() ? "put it back, or train again: dewdrop train"
                                  : "put it back, or take another run (--run): " + there);
}

/// A number within objects; absent where it is none.
std::optional<double> number_at(const Json& results, const char* path) {
  const Json::json_pointer at{std::string(path)};
  return results.contains(at) && results.at(at).is_number() ? std::optional(results.at(at).get<double>())
                                                            : std::nullopt;
}

/// Of the int8 net; of the float one in records of before.
std::optional<double> validation_accuracy(const Run& run) {
  const Json results = Json::parse(run.results_json, nullptr, false);
  const auto of_int8 = number_at(results, "/int8_validation_accuracy");
  return of_int8 ? of_int8 : number_at(results, "/validation_accuracy");
}

}  // namespace

Result<Run> finished_run(const Project& project, const std::string& wanted) {
  DEW_TRY(auto all, project.runs());
  const std::vector<Run> runs = only_finished(std::move(all));
  if (runs.empty() && wanted.empty())
    return work_error("there is no trained net yet", project.folder().string(), "run: dewdrop train");
  const auto run = std::find_if(runs.rbegin(), runs.rend(), [&wanted](const Run& one) {
    return wanted.empty() || is_called(one, wanted);
  });
  if (run == runs.rend()) return none_called(project, runs, wanted);
  if (!is_there(project, *run)) return gone(project, runs, *run);
  return *run;
}

Result<NetOfRun> net_of_run(const Project& project, const Run& run, bool chosen) {
  DEW_TRY(auto all, project.runs());
  const std::vector<Run> runs = only_finished(std::move(all));
  NetOfRun net;
  net.project = project.folder();
  net.run = run.id;
  net.validation_accuracy = validation_accuracy(run);
  const Json results = Json::parse(run.results_json, nullptr, false);
  net.test_accuracy = number_at(results, "/test/int8_host/accuracy");
  const Json::json_pointer against("/test/against/text");
  if (results.contains(against) && results.at(against).is_string())
    net.measured_against = results.at(against).get<std::string>();
  net.chosen = chosen;
  net.runs = std::ssize(runs);
  if (chosen) return net;
  net.better_accuracy = net.validation_accuracy.value_or(0);
  for (const Run& other : runs) {
    const double accuracy = validation_accuracy(other).value_or(0);
    if (accuracy <= net.better_accuracy || !is_there(project, other)) continue;
    net.better = other.id;
    net.better_accuracy = accuracy;
  }
  return net;
}

std::string to_text(const NetOfRun& net) {
  std::vector<std::string> known;
  if (net.test_accuracy) known.push_back(fmt::format("{:.3f} on the test split", *net.test_accuracy));
  if (net.validation_accuracy)
    known.push_back(fmt::format("{:.3f} on the validation samples", *net.validation_accuracy));
  std::string text =
      fmt::format("the net of run {}: accuracy {}", net.run, known.empty() ? "not known" : join(known));
  if (net.chosen || net.runs < 2) return text;
  text += fmt::format("; it is the newest of {} runs", net.runs);
  if (net.better)
    text += fmt::format(", run {} had {:.3f} on its validation samples (--run {})", *net.better,
                        net.better_accuracy, *net.better);
  return text;
}

Json net_keys(const std::optional<NetOfRun>& net) {
  const auto or_null = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  return Json{{"run", net ? Json(net->run) : Json(nullptr)},
              {"validation_accuracy", net ? or_null(net->validation_accuracy) : Json(nullptr)},
              {"test_accuracy", net ? or_null(net->test_accuracy) : Json(nullptr)}};
}

}  // namespace dew::verbs
