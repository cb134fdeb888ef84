// Backbones that others trained, from a file or a URL, into the user's own data folder.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/http.h"
#include "student/backbone_store.h"
#include "verbs/backbone/describe.h"

namespace dew::verbs {
namespace {

bool is_hash(const std::string& text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// `wanted`, or where it is empty the name of `file`.
Result<std::string> chosen_name(const std::string& wanted, const std::string& file) {
  const std::string name = wanted.empty() ? fs::path(file).stem().string() : wanted;
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

struct Found {
  std::string_view bytes;
  std::string where;   ///< of the bytes, for errors
  std::string source;  ///< what the backbone's origin calls them
};

/// Reads, checks and keeps.
Result<BackboneOutcome> keep(const Found& found, const std::string& name, bool replace, Watch& watch) {
  DEW_TRY(student::Backbone backbone, student::decode_backbone(found.bytes, found.where));
  const fs::path path = student::imported_path(name);
  std::error_code ignored;
  const bool own = backbone.origin.rfind("imported from a ", 0) != 0;
  if (!own) backbone.origin += fmt::format(" {} (SHA-256 {})", found.source, sha256(found.bytes));
  backbone.name = name;
  DEW_TRY(const std::string encoded, student::encode_backbone(backbone));
  if (fs::exists(path, ignored) && !replace) {
    DEW_TRY(const std::string before, read_file(path, kBackboneLimit));
    if (before != encoded)
      return usage_error("there is another backbone named '" + name + "'", path.string(),
                         "give another --name, or --replace it");
  }
  DEW_CHECK(write_file(path, encoded));
  if (backbone.origin.rfind("imported from a PyTorch", 0) == 0)
    watch.warn(
        "PyTorch pads layers of stride 2 on the other side, so the net sees its pictures shifted by a few "
        "pixels: train it, and expect a little less than from a Keras file");
  BackboneOutcome outcome;
  outcome.backbone = describe(name, backbone, encoded);
  outcome.file = path;
  outcome.next = "train --backbone " + name;
  return outcome;
}

/// Where the hash that a URL's file had at first is written down.
fs::path pin_path(const std::string& url) {
  return student::backbones_folder() / "pins" / (sha256(url).substr(0, 32) + ".txt");
}

/// The file must be the one that the user named, or the one that was seen first.
Result<void> check_pin(const PullBackboneArgs& args, const std::string& hash) {
  const std::string where = shown_url(args.url);
  if (!args.sha256.empty() && lower(args.sha256) != hash)
    return work_error("what was fetched has the SHA-256 " + hash + ", not " + lower(args.sha256), where,
                      "check address and hash; nothing was kept");
  std::error_code ignored;
  const fs::path pin = pin_path(args.url);
  if (!fs::exists(pin, ignored)) return write_file(pin, hash + "\n");
  DEW_TRY(const std::string text, read_file(pin, 4096));
  const std::string seen = trim(text);
  if (seen == hash) return {};
  // Naming the new one is how a change is agreed to.
  if (!args.sha256.empty()) return write_file(pin, hash + "\n");
  return work_error("the file has changed: it was " + seen + " when it was first fetched, now it is " + hash,
                    where, "if that is meant, give the new one: --sha256 " + hash);
}

}  // namespace

Result<BackboneOutcome> import_backbone(const ImportBackboneArgs& args, Watch& watch) {
  DEW_TRY(const std::string name, chosen_name(args.name, args.file.string()));
  DEW_TRY(const std::string bytes, read_file(args.file, kBackboneLimit));
  return keep({bytes, args.file.string(), args.file.filename().string()}, name, args.replace, watch);
}

Result<BackboneOutcome> pull_backbone(const PullBackboneArgs& args, Watch& watch) {
  if (!args.sha256.empty() && !is_hash(args.sha256))
    return usage_error("'" + printable(args.sha256, 80) + "' is not a SHA-256", "--sha256",
                       "give its 64 hexadecimal digits");
  const std::string path = args.url.substr(0, args.url.find_first_of("?#"));
  DEW_TRY(const std::string name, chosen_name(args.name, path));
  DEW_TRY(const std::string bytes, download(args.url, kBackboneLimit, watch));
  // First whether it is a backbone: a page that says "log in" is not to be remembered.
  DEW_CHECK(student::decode_backbone(bytes, shown_url(args.url)));
  DEW_CHECK(check_pin(args, sha256(bytes)));
  return keep({bytes, shown_url(args.url), shown_url(path)}, name, args.replace, watch);
}

Json to_json(const BackboneOutcome& outcome) {
  return to_json(outcome.backbone);
}

}  // namespace dew::verbs
