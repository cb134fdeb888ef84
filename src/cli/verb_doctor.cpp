// The verb `doctor`: its options, its call, its print.
#include "base/table.h"
#include "cli/program.h"
#include "verbs/doctor/doctor.h"

namespace dew::cli {
namespace {

void tell(const verbs::DoctorOutcome& found, Console& console) {
  std::vector<std::vector<std::string>> rows{{"tool", "", "for"}};
  for (const target::Tool& tool : found.tools)
    rows.push_back({tool.program, tool.path ? "ok" : "missing", tool.use});
  rows.push_back({"OPENAI_API_KEY", found.openai_api_key ? "set" : "not set",
                  "label --teacher openai:... at api.openai.com"});
  for (const verbs::CheckedTeacher& one : found.teachers)
    rows.push_back({printable(one.model, 40), one.ends_on.empty() ? "no end known" : "until " + one.ends_on,
                    "teacher of this project"});
  rows.push_back({"prices of models", found.prices_true_on, "forecasts, --budget"});
  console.say(text_table(rows));
  if (const auto missing = verbs::missing_packages(found); !missing.empty())
    console.say("to install what is missing: apt install " + join(missing, " "));
}

}  // namespace

void add_doctor(Program& program) {
  add_verb(program, "doctor",
           "Say what is installed, what is missing and how to get it, and when the teachers' models end.",
           "  dewdrop doctor\n",
           [](Console& console) { return finish(console, verbs::doctor({}, console), tell); });
}

}  // namespace dew::cli
