// Whether the promised precision holds: many small sets are drawn, a net is trained on each by the recipe
// that ships, thresholds are chosen as `train` chooses them, and a test part that took part in nothing
// judges.
//
//   promise --data ../shared/data [--draws 100] [--first 1] [--precision 0.95] [--backbone NAME|FILE]
//
// A draw takes 2 to 7 classes of PACS photo (odd draws) or 2 to 5 of ten classes of Caltech101 (even ones),
// and 10 to 60 (36) pictures of each, a tenth of which validates; up to 150 others a class are the test part.
// Of near copies one is drawn. Prints a line of JSON for each draw, then how many promises were made and
// kept.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "bench/int8_scores.h"
#include "bench/small_sets.h"
#include "label/folds.h"
#include "media/media.h"
#include "student/backbone_store.h"
#include "student/random.h"
#include "student/student.h"

namespace dew {
namespace {

using student::Example;

struct Options {
  fs::path data = "../shared/data";
  std::string backbone = student::default_backbone();
  double precision = 0.95;
  int input = 96;
};

struct Drawn {
  std::string set;
  int classes = 0;
  int per_class = 0;
  std::vector<Example> train, validation, test;
};

Result<Example> read_example(const fs::path& file, int answer_class, int input) {
  DEW_TRY(const Image image, read_image(file));
  Example example{resize(image, input, input).rgb, answer_class};
  const int large = student::large_side(input);
  example.large = resize(image, large, large).rgb;
  return example;
}

Result<Drawn> draw(const Options& options, uint64_t number) {
  constexpr size_t kMostTested = 150;
  Drawn drawn;
  const bool pacs = number % 2 == 1;
  drawn.set = pacs ? "pacs" : "caltech";
  student::Random random(number, 501);
  const auto most_classes = uint64_t{pacs ? 7U : 5U};
  const auto wanted = 2 + random.below(most_classes - 1);
  drawn.per_class = static_cast<int>(std::exp(random.uniform(std::log(10.0), std::log(pacs ? 61.0 : 37.0))));
  DEW_TRY(const auto list, bench::read_set(options.data, drawn.set));
  const auto first = bench::near_copies(options.data, list);
  std::map<int, std::vector<size_t>> members;
  for (size_t i = 0; i < list.size(); ++i)
    if (first[i] == i) members[list[i].truth].push_back(i);
  std::vector<int> classes;
  for (const auto& [name, own] : members)
    if (std::ssize(own) >= drawn.per_class * 5 / 4) classes.push_back(name);
  random.shuffle(classes);
  classes.resize(std::min<size_t>(classes.size(), wanted));
  drawn.classes = static_cast<int>(classes.size());
  for (int c = 0; c < drawn.classes; ++c) {
    std::vector<size_t> own = members[classes[static_cast<size_t>(c)]];
    random.shuffle(own);
    const auto per_class = static_cast<size_t>(drawn.per_class);
    for (size_t k = 0; k < std::min(own.size(), per_class + kMostTested); ++k) {
      DEW_TRY(Example example, read_example(options.data / list[own[k]].path, c, options.input));
      auto& part = k < std::max<size_t>(1, per_class / 10) ? drawn.validation
                   : k < per_class                         ? drawn.train
                                                           : drawn.test;
      part.push_back(std::move(example));
    }
  }
  return drawn;
}

struct Judged {
  int64_t tested = 0, right = 0;        ///< whatever the score
  int64_t said = 0, right_of_said = 0;  ///< with the thresholds
};

Judged judge(const std::vector<std::vector<float>>& scores, const std::vector<Example>& test,
             const student::Thresholds& thresholds) {
  Judged judged;
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto top = std::max_element(scores[i].begin(), scores[i].end());
    const auto of = static_cast<size_t>(top - scores[i].begin());
    const bool right = static_cast<int>(of) == test[i].answer_class;
    ++judged.tested;
    judged.right += right ? 1 : 0;
    if (*top < thresholds.classes[of].score - 1e-9) continue;
    ++judged.said;
    judged.right_of_said += right ? 1 : 0;
  }
  return judged;
}

double ratio(int64_t part, int64_t of) {
  return of == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(of);
}

Result<nlohmann::ordered_json> run_draw(const Options& options, uint64_t number) {
  Watch watch;
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  DEW_TRY(const Drawn drawn, draw(options, number));
  student::TrainSettings settings;
  settings.seed = number;
  settings.input = options.input;
  settings.classes = drawn.classes;
  settings.backbone = options.backbone;
  settings = student::with_usual_epochs(settings);
  DEW_TRY(const auto trained,
          student::train(drawn.train, drawn.validation, settings, folder.path() / "net", watch));
  const std::vector<std::string> names(static_cast<size_t>(drawn.classes), "class");
  const student::RunInt8 run = [&watch](const graph::Graph& graph, const auto& pictures) {
    return bench::int8_scores(graph, pictures, watch);
  };
  DEW_TRY(const auto quantised, student::quantise_best(folder.path() / "net", drawn.train, drawn.validation,
                                                       "net", names, {}, run, watch));
  std::vector<Example> all = drawn.train;
  all.insert(all.end(), drawn.validation.begin(), drawn.validation.end());
  std::vector<int> answers;
  for (const Example& example : all) answers.push_back(example.answer_class);
  std::vector<int64_t> alone(all.size());  // nothing here is a near copy
  std::iota(alone.begin(), alone.end(), 0);
  const auto fold =
      label::draw_folds(alone, answers, student::judging_folds(all.size(), settings.backbone == "random"));
  DEW_TRY(const auto out, student::out_of_fold(all, fold, {settings, trained.recipe, {}},
                                               folder.path() / "folds", run, watch));
  const auto thresholds = student::choose_thresholds(out.scores, answers, drawn.classes, options.precision);
  DEW_TRY(const auto tested, run(quantised.graph, student::pictures_of(drawn.test)));
  const Judged judged = judge(tested, drawn.test, thresholds);
  return nlohmann::ordered_json{{"draw", number},
                                {"set", drawn.set},
                                {"classes", drawn.classes},
                                {"pictures", all.size()},
                                {"tested", judged.tested},
                                {"accuracy", ratio(judged.right, judged.tested)},
                                {"promised", thresholds.promised},
                                {"needed", thresholds.needed},
                                {"said", ratio(judged.said, judged.tested)},
                                {"precision", ratio(judged.right_of_said, judged.said)}};
}

}  // namespace
}  // namespace dew

int main(int argc, char** argv) {
  using namespace dew;
  Options options;
  uint64_t draws = 100;
  uint64_t first = 1;
  CLI::App app("Whether the promised precision holds on pictures that took part in nothing.");
  app.add_option("--data", options.data, "folder with pacs/ and caltech101-gpt4v/")->capture_default_str();
  app.add_option("--draws", draws)->capture_default_str();
  app.add_option("--first", first, "number of the first draw")->capture_default_str();
  app.add_option("--precision", options.precision)->capture_default_str();
  app.add_option("--backbone", options.backbone)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  int64_t promised = 0;
  int64_t kept = 0;
  double coverage = 0;
  for (uint64_t number = first; number < first + draws; ++number) {
    const auto line = run_draw(options, number);
    if (!line) {
      std::fprintf(stderr, "draw %d: %s\n", static_cast<int>(number), line.error().what.c_str());
      return 1;
    }
    std::printf("%s\n", line->dump().c_str());
    std::fflush(stdout);
    if (!line->at("promised").get<bool>()) continue;
    ++promised;
    kept += line->at("precision").get<double>() >= options.precision ? 1 : 0;
    coverage += line->at("said").get<double>();
  }
  std::printf("%d draws: %d promises of %.2f, %d of them kept; %.2f of the pictures said on average\n",
              static_cast<int>(draws), static_cast<int>(promised), options.precision, static_cast<int>(kept),
              promised > 0 ? coverage / static_cast<double>(promised) : 0.0);
  return 0;
}
