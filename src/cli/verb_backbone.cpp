// dewdrop backbone: what trainings can start from. Imported ones lie in the user's own data folder.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/http.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "student/backbone_store.h"

namespace dew {
namespace {

constexpr int64_t kDownloadLimit = int64_t{256} << 20;

bool is_hash(const std::string& text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

Result<std::string> chosen_name(const BackboneArgs& args, const std::string& file) {
  const std::string name = args.name.empty() ? fs::path(file).stem().string() : args.name;
  const bool plain = !name.empty() && name.size() <= 64 && name[0] != '.' && name[0] != '-' &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                     });
  if (!plain)
    return usage_error("'" + printable(name, 60) + "' cannot be a backbone's name", {},
                       "give one with --name: letters, digits, '-', '_' and '.', at most 64");
  if (name == "bundled" || name == "random")
    return usage_error("the name '" + name + "' is taken", {}, "give another with --name");
  return name;
}

Json described(const std::string& name, const student::Backbone& backbone, const std::string& hash) {
  return Json{{"name", name},
              {"alpha", backbone.alpha},
              {"input", backbone.input},
              {"numbers", backbone.numbers()},
              {"sha256", hash},
              {"origin", backbone.origin}};
}

Result<Json> list(Console& console) {
  Json all = Json::array();
  std::vector<std::vector<std::string>> rows{{"name", "alpha", "input", "numbers", "sha256", "origin"}};
  const auto add = [&](const std::string& name, std::string_view bytes) -> Result<void> {
    DEW_TRY(const auto backbone, student::decode_backbone(bytes, name));
    const std::string hash = sha256(bytes);
    all.push_back(described(name, backbone, hash));
    rows.push_back({name, fmt::format("{}", backbone.alpha), std::to_string(backbone.input),
                    with_commas(backbone.numbers()), hash.substr(0, 12), printable(backbone.origin, 60)});
    return {};
  };
  if (!student::bundled_bytes().empty()) DEW_CHECK(add("bundled", student::bundled_bytes()));
  for (const std::string& name : student::imported_backbones()) {
    const fs::path path = student::imported_path(name);
    auto bytes = read_file(path, kDownloadLimit);
    const auto added = bytes ? add(name, *bytes) : tl::unexpected(bytes.error());
    if (!added) console.warn(path.string() + ": " + added.error().what);
  }
  rows.push_back({"random", "any", "any", "", "", "random weights: nothing learned"});
  console.say(table(rows));
  console.say("in " + student::backbones_folder().string());
  return Json{{"backbones", all}, {"folder", student::backbones_folder().string()}};
}

/// Reads, checks and keeps; `bytes` come from `where`, which people see.
Result<Json> keep(const BackboneArgs& args, const std::string& name, std::string_view bytes,
                  const std::string& where, const std::string& source, Console& console) {
  DEW_TRY(student::Backbone backbone, student::decode_backbone(bytes, where));
  const fs::path path = student::imported_path(name);
  std::error_code ignored;
  const bool own = backbone.origin.rfind("imported from a ", 0) != 0;
  if (!own) backbone.origin += fmt::format(" {} (SHA-256 {})", source, sha256(bytes));
  backbone.name = name;
  DEW_TRY(const std::string encoded, student::encode_backbone(backbone));
  if (fs::exists(path, ignored) && !args.replace) {
    DEW_TRY(const std::string before, read_file(path, kDownloadLimit));
    if (before != encoded)
      return usage_error("there is another backbone named '" + name + "'", path.string(),
                         "give another --name, or --replace it");
  }
  DEW_CHECK(write_file(path, encoded));
  console.say(fmt::format("{}: MobileNetV2 of alpha {}, trained at {} pixels, {} numbers -> {}", name,
                          backbone.alpha, backbone.input, with_commas(backbone.numbers()), path.string()));
  if (backbone.origin.rfind("imported from a PyTorch", 0) == 0)
    console.warn(
        "PyTorch pads layers of stride 2 on the other side, so the net sees its pictures moved by some "
        "pixels: train it, and expect a little less than from a Keras file");
  console.say("next: dewdrop train --backbone " + name);
  return described(name, backbone, sha256(encoded));
}

Result<Json> import_file(const BackboneArgs& args, Console& console) {
  DEW_TRY(const std::string name, chosen_name(args, args.file.string()));
  DEW_TRY(const std::string bytes, read_file(args.file, kDownloadLimit));
  return keep(args, name, bytes, args.file.string(), args.file.filename().string(), console);
}

/// Where the first-seen hash of what a URL gives is written down.
fs::path pin_path(const std::string& url) {
  return student::backbones_folder() / "pins" / (sha256(url).substr(0, 32) + ".txt");
}

/// What the file must be: told by the user, or seen the first time.
Result<void> check_pin(const BackboneArgs& args, const std::string& hash) {
  const std::string where = shown_url(args.url);
  if (!args.pinned.empty() && lower(args.pinned) != hash)
    return work_error("what was fetched has the SHA-256 " + hash + ", not " + lower(args.pinned), where,
                      "check address and hash; nothing was kept");
  std::error_code ignored;
  const fs::path pin = pin_path(args.url);
  if (!fs::exists(pin, ignored)) return write_file(pin, hash + "\n");
  DEW_TRY(const std::string text, read_file(pin, 4096));
  const std::string seen = trim(text);
  if (seen == hash) return {};
  // Naming the new one is how a change is agreed to.
  if (!args.pinned.empty()) return write_file(pin, hash + "\n");
  return work_error("the file has changed: it was " + seen + " when it was first fetched, now it is " + hash,
                    where, "if that is meant, give the new one: --sha256 " + hash);
}

Result<Json> pull(const BackboneArgs& args, Console& console) {
  if (!args.pinned.empty() && !is_hash(args.pinned))
    return usage_error("'" + printable(args.pinned, 80) + "' is no SHA-256", "--sha256",
                       "give its 64 hexadecimal digits");
  const std::string path = args.url.substr(0, args.url.find_first_of("?#"));
  DEW_TRY(const std::string name, chosen_name(args, path));
  DEW_TRY(const std::string bytes, download(args.url, kDownloadLimit, console));
  // First whether it is a backbone: a page that says "log in" is not to be remembered.
  DEW_CHECK(student::decode_backbone(bytes, shown_url(args.url)));
  DEW_CHECK(check_pin(args, sha256(bytes)));
  return keep(args, name, bytes, shown_url(args.url), shown_url(path), console);
}

}  // namespace

Result<Json> verb_backbone(const BackboneArgs& args, Console& console) {
  if (args.what == "import") return import_file(args, console);
  if (args.what == "pull") return pull(args, console);
  return list(console);
}

}  // namespace dew
