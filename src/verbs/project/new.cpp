// The verb `new`: a project folder with its question.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>

#include "target/devices.h"
#include "verbs/common/open.h"
#include "verbs/common/picture_files.h"
#include "verbs/project/add_opened.h"
#include "verbs/project/data_sets.h"
#include "verbs/project/project.h"

namespace dew::verbs {
namespace {

/// Without accents ("Zahler" of "Zähler", however it is written); as it is where it is not UTF-8.
std::string without_accents(const std::string& text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                                                                UTF8PROC_COMPAT | UTF8PROC_STRIPMARK));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owned(mapped, std::free);
  if (size < 0) return text;
  return {reinterpret_cast<const char*>(mapped), static_cast<size_t>(size)};
}

/// A project's name from a folder's: letters, digits, '-' and '_', at most 64; a '-' for each run of others.
std::string name_from(const std::string& folder) {
  constexpr size_t kLongest = 64;
  std::string name;
  for (const char c : without_accents(folder)) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c == '-' && !name.empty());
    if (plain)
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  name.resize(std::min(name.size(), kLongest));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "project" : name;
}

AddArgs data_of(const NewArgs& args) {
  AddArgs data = args.how;
  data.project = args.folder;
  data.files = args.data;
  return data;
}

/// Classes, and the answer that sets a picture aside, as the labels in the data have them.
Result<void> take_classes(const NewArgs& args, const OpenedArchives& archives, Settings& settings,
                          Watch& watch) {
  AddArgs data = data_of(args);
  data.files = archives.files();
  const auto shown = [&](const fs::path& path) { return archives.origin_of(path); };
  DEW_TRY(ClassesInData found, DataSets::classes_of(data, shown, watch));
  if (settings.unsure.empty()) settings.unsure = found.unsure;
  std::erase_if(found.classes, [&](const std::string& name) {
    return !settings.unsure.empty() && class_key(name) == class_key(settings.unsure);
  });
  settings.classes = std::move(found.classes);
  if (settings.classes.size() > 1) return {};
  for (const std::string& note : found.notes) watch.warn(note);
  // Labels may lie where nobody looked.
  if (const FoundFiles files = find_media_files(data.files); files.left_out.count(LeftOut::kLinkedFolder) > 0)
    for (const std::string& line : lines_about(files.left_out)) watch.warn(line);
  const std::string where = args.data.empty() ? std::string() : printable(args.data[0].string());
  if (!settings.classes.empty()) {
    const std::string only = printable(settings.classes[0], 60);
    return usage_error(fmt::format("all labels in the data are '{}'", only), where,
                       fmt::format("name the other answers too: --classes {}", shell_quoted(only + ",none")));
  }
  std::error_code code;
  const auto folders = std::count_if(data.files.begin(), data.files.end(),
                                     [&](const fs::path& path) { return fs::is_directory(path, code); });
  const bool may_be_folders = args.how.labels == "auto" && folders > 1;
  return usage_error(
      where.empty() ? "no classes are given" : "the data has no labels to take the classes from", where,
      std::string("name the possible answers: --classes yes,no") +
          (may_be_folders ? "; or --labels folders, where the folders given are the classes" : ""));
}

/// The project that `folder` would lie in; empty: in none.
fs::path project_around(const fs::path& folder) {
  std::error_code code;
  for (fs::path at = folder; at != at.parent_path();) {
    at = at.parent_path();
    if (fs::is_regular_file(at / "dewdrop.toml", code)) return at;
  }
  return {};
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [rest, end] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return rest == folder.end();
}

/// A project in another one is told. Error (usage): its data would be what the other made.
Result<void> check_place(const NewArgs& args, const fs::path& folder, Watch& watch) {
  const fs::path outer = project_around(folder);
  if (outer.empty()) return {};
  for (const fs::path& given : args.data) {
    const fs::path path = given.lexically_normal();
    const fs::path data = path.has_filename() ? path : path.parent_path();
    if (data == outer || lies_in(data, outer / ".dewdrop") || lies_in(data, outer / "runs"))
      return usage_error("this would add the files of the project around the new one",
                         printable(given.string()),
                         "name the folder with the pictures, or make the new project elsewhere");
  }
  watch.warn(
      fmt::format("{} lies in the project {}: each is a project of its own, and a command works on the one "
                  "it is called in",
                  printable(folder.string()), printable(outer.string())));
  return {};
}

Result<AddOutcome> add_data(const NewArgs& args, const OpenedArchives& archives, Watch& watch) {
  DEW_TRY(Project project, Project::open(args.folder));
  return add_opened(project, data_of(args), archives, watch);
}

/// The project is there, so that `new` would refuse: what goes on is `add`.
void go_on_with_add(Error& stopped, const NewArgs& args) {
  constexpr std::string_view kAgain = "run the same command again";
  std::string add = fmt::format("run dewdrop -C {} add", shell_quoted(args.folder.string()));
  for (const fs::path& file : args.data) add += " " + shell_quoted(file.string());
  add += ", with the other options of this command";
  if (const size_t at = stopped.next.find(kAgain); at != std::string::npos)
    stopped.next.replace(at, kAgain.size(), add);
  else
    stopped.next += (stopped.next.empty() ? "" : "; then ") + add;
}

}  // namespace

Result<NewOutcome> create_project(const NewArgs& args, Watch& watch) {
  NewOutcome made;
  made.folder = args.folder.lexically_normal();
  made.settings = args.settings;
  Settings& settings = made.settings;
  if (settings.name.empty()) settings.name = name_from(made.folder.filename().string());
  std::error_code code;
  for (const fs::path& file : args.data)
    if (!fs::exists(file, code))
      return usage_error("there is no such file or folder", printable(file.string()), "check the path");
  if (const auto known = target::find_target(settings.board); !known) return tl::unexpected(known.error());
  DEW_CHECK(check_place(args, made.folder.has_filename() ? made.folder : made.folder.parent_path(), watch));
  // Before there is a project: its classes may be in an archive.
  const fs::path unpacked = fs::temp_directory_path(code);
  if (code)
    return work_error("there is no temporary folder: " + code.message(), {},
                      "TMPDIR names one; it must exist");
  DEW_TRY(const OpenedArchives archives, OpenedArchives::open(args.data, unpacked, false, watch));
  if (settings.classes.empty()) DEW_CHECK(take_classes(args, archives, settings, watch));
  warn_of_password(settings, watch);
  DEW_CHECK(Project::create(args.folder, settings));
  if (args.data.empty()) return made;
  auto added = add_data(args, archives, watch);
  if (added) {
    made.added = *std::move(added);
  } else {
    made.stopped = added.error();
    go_on_with_add(*made.stopped, args);
  }
  return made;
}

Json to_json(const NewOutcome& outcome) {
  Json json{{"project", outcome.folder.string()},
            {"name", outcome.settings.name},
            {"question", outcome.settings.question},
            {"classes", outcome.settings.classes},
            {"unsure", outcome.settings.unsure}};
  if (outcome.added) json["added"] = to_json(*outcome.added);
  return json;
}

}  // namespace dew::verbs
