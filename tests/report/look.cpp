// Writes the sample report with real pictures, to be looked at in a browser:
//     report_look out.html vtest.avi examples/person/person-answers.jsonl
// The answers are the teacher's; what the "student" says of them is made up.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/report/sample.h"

namespace dew::report {
namespace {

struct Told {
  std::string label;
  std::string reason;
};

std::map<std::string, Told> read_answers(const char* path) {
  std::map<std::string, Told> answers;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    answers[json.at("sample")] = {json.at("label"), json.at("reason")};
  }
  return answers;
}

void add_frame(Report& report, int64_t number, const Image& frame, const std::map<std::string, Told>& answers,
               std::mt19937& random) {
  LitFrame lit{frame, fmt::format("vtest.avi, frame {}", number), {}};
  for (const Rect& where : tiles(frame.width, frame.height, 4, 3)) {
    const Fragment fragment{"vtest.avi", number, where};
    const auto found = answers.find(fragment.str());
    if (found == answers.end()) continue;
    const bool wrong = random() % 24 == 0;
    const bool said_yes = (found->second.label == "yes") != wrong;
    const double sure = 0.5 + static_cast<double>(random() % 499) / 1000;
    lit.regions.push_back({where, said_yes ? sure : 1 - sure, said_yes, found->second.label});
    if (found->second.label != "unsure")
      report.tiles.push_back({crop(frame, where), fragment.str(), found->second.label, found->second.reason,
                              said_yes ? "yes" : "no", sure, !wrong});
  }
  if (report.lit_frames.size() < 12) report.lit_frames.push_back(std::move(lit));
}

int look(char** argv) {
  const auto answers = read_answers(argv[3]);
  Report report = sample_report();
  std::vector<int64_t> numbers;
  for (int64_t number = 555; number < 795; number += 15) numbers.push_back(number);
  std::mt19937 random(3);
  Watch watch;
  const auto read = read_frames(
      argv[2], numbers,
      [&](int64_t number, const Image& frame) -> Result<void> {
        add_frame(report, number, frame, answers, random);
        return {};
      },
      watch);
  if (!read) {
    std::cerr << read.error().what << ": " << read.error().where << '\n';
    return 1;
  }
  const std::string page = to_html(report);
  std::cerr << report.tiles.size() << " tiles, " << report.lit_frames.size() << " frames, "
            << report.steps.size() << " steps, " << report.buffers.size() << " buffers, " << page.size()
            << " bytes\n";
  return write_file(argv[1], page) ? 0 : 1;
}

}  // namespace
}  // namespace dew::report

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--hostile")
    return dew::write_file(argv[2], dew::report::to_html(dew::report::hostile_report())) ? 0 : 1;
  if (argc == 4) return dew::report::look(argv);
  std::cerr << "usage: report_look out.html vtest.avi answers.jsonl\n       report_look --hostile out.html\n";
  return 2;
}
