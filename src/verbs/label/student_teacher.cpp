// Asks a trained net instead of a large model: batches of pictures through student::predict.
#include "verbs/label/student_teacher.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "student/student.h"
#include "verbs/common/model.h"

namespace dew::verbs {
namespace {

constexpr size_t kTogether = 256;

class StudentTeacher : public teacher::Teacher {
 public:
  StudentTeacher(fs::path folder, std::string run, std::string hash, std::vector<std::string> classes,
                 int input)
      : folder_(std::move(folder)),
        run_(std::move(run)),
        hash_(std::move(hash)),
        classes_(std::move(classes)),
        input_(input) {}

  [[nodiscard]] std::string name() const override { return "student"; }
  [[nodiscard]] std::string model() const override { return run_; }
  [[nodiscard]] std::string prompt_hash() const override { return hash_; }

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    for (bool more = true; more;) {
      std::vector<teacher::Reply> replies;
      std::vector<teacher::Question> questions;
      std::vector<std::vector<uint8_t>> pictures;
      while (more && pictures.size() < kTogether) {
        if (watch.interrupted()) return interrupted_error();
        auto question = next();
        more = question.has_value();
        if (!more) break;
        if (auto image = question->picture(); image) {
          pictures.push_back(resize(*image, input_, input_).rgb);
          questions.push_back(*std::move(question));
        } else {
          replies.push_back({question->sample, question->name, tl::unexpected(std::move(image).error())});
        }
      }
      if (!pictures.empty()) {
        Watch silent;  // the asking has the bar
        DEW_TRY(const auto rows, student::predict(folder_, pictures, silent));
        for (size_t i = 0; i < rows.size(); ++i)
          replies.push_back({questions[i].sample, questions[i].name, answer(questions[i], rows[i])});
      }
      DEW_CHECK(give(std::move(replies)));
    }
    return {};
  }

 private:
  Result<Answer> answer(const teacher::Question& question, const std::vector<float>& row) const {
    if (row.size() != classes_.size())
      return usage_error(
          fmt::format("the run's net has {} outputs, the project {} classes", row.size(), classes_.size()),
          run_, "train again, or name another run: student:NUMBER");
    const auto best = std::max_element(row.begin(), row.end());
    Answer answer;
    answer.sample = question.sample;
    answer.teacher = name();
    answer.model = run_;
    answer.prompt_hash = hash_;
    answer.raw = fmt::format("[{:.6f}]", fmt::join(row, ", "));
    answer.answer_class = classes_[static_cast<size_t>(best - row.begin())];
    answer.confidence = std::clamp(static_cast<double>(*best), 0.0, 1.0);
    answer.at = utc_now();
    return answer;
  }

  fs::path folder_;
  std::string run_;
  std::string hash_;
  std::vector<std::string> classes_;
  int input_;
};

/// Pixels of the net's square input; 0 where the settings hold none that could be.
int64_t input_of(const Json& settings) {
  constexpr int64_t kMost = 4096;
  if (!settings.is_object() || !settings.contains("input") || !settings["input"].is_number_integer())
    return 0;
  const auto input = settings["input"].get<int64_t>();
  return input > 0 && input <= kMost ? input : 0;
}

}  // namespace

Result<std::unique_ptr<teacher::Teacher>> make_student_teacher(const Project& project,
                                                               const std::string& spec) {
  constexpr std::string_view kPrefix = "student:";
  std::string number;
  if (spec.starts_with(kPrefix)) {
    int64_t value = 0;
    const char* end = spec.data() + spec.size();
    const auto [stop, code] = std::from_chars(spec.data() + kPrefix.size(), end, value);
    if (code != std::errc() || stop != end)
      return usage_error("'" + printable(spec, 60) + "' names no run", "--teacher",
                         "write student:3, or student");
    number = std::to_string(value);
  }
  DEW_TRY(const Run run, finished_run(project, number));
  const Json settings = Json::parse(run.settings_json, nullptr, false);
  const int64_t input = input_of(settings);
  if (input == 0) return work_error("the settings of the run are damaged", run.folder, "train again");
  const fs::path folder = project.folder() / run.folder;
  DEW_TRY(const std::string weights, sha256_file(folder / "weights.pt"));
  const auto& classes = project.settings().classes;
  if (settings.contains("classes") && settings["classes"] != Json(classes))
    return usage_error("the run was trained on other classes than the project has now", run.folder,
                       "train again, or name another run: student:NUMBER");
  return std::make_unique<StudentTeacher>(folder, run.folder, sha256(weights + join(classes, "\n")), classes,
                                          static_cast<int>(input));
}

}  // namespace dew::verbs
