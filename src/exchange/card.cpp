#include "exchange/card.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/labelled_by.h"

namespace dew::exchange {
namespace {

constexpr std::string_view kExported = "Exported by Dewdrop on ";
constexpr std::string_view kClassTable =
    "## Classes\n\n| class | train | validation | test | all |\n|---|---|---|---|---|\n";
constexpr std::string_view kNoLabel = "(no label)";

/// On one line, and so that Markdown takes nothing in it for markup.
std::string plain(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~";
  std::string shown;
  for (const char c : printable(text, 2000)) {
    if (kMarkup.find(c) != std::string_view::npos) shown += '\\';
    shown += c;
  }
  return shown;
}

/// What plain() made of a text.
std::string unescaped(std::string_view plain) {
  std::string text;
  for (size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] == '\\' && i + 1 < plain.size()) ++i;
    text += plain[i];
  }
  return text;
}

std::string dollars(const std::optional<double>& usd) {
  return usd ? fmt::format("${:.2f}", *usd) : "an unknown amount";
}

std::string share(const Share& share) {
  return fmt::format("{} of {} ({:.1f} %, 95 % interval {:.1f} to {:.1f})", with_commas(share.hits),
                     with_commas(share.of), 100 * share.value(), 100 * share.low, 100 * share.high);
}

std::string classes(const Export& out) {
  std::string text(kClassTable);
  const auto add = [&text](const std::string& name, const Tally::Row& row) {
    text += fmt::format("| {} | {} | {} | {} | {} |\n", name, with_commas(row[0]), with_commas(row[1]),
                        with_commas(row[2]), with_commas(row[0] + row[1] + row[2]));
  };
  const auto& counts = out.tally.by_class;
  for (const std::string& name : out.settings.classes) {
    const auto at = counts.find(name);
    add(plain(name), at == counts.end() ? Tally::Row{} : at->second);
  }
  if (out.written.unlabelled > 0) add(std::string(kNoLabel), out.tally.without_label);
  return text;
}

std::string sources(const Export& out) {
  const Tally& tally = out.tally;
  std::vector<std::string> names;
  for (const std::string& name : tally.first_sources) names.push_back(plain(name));
  std::string text = fmt::format("{} from {} and {}: {}", plural(out.written.pictures, "picture", "pictures"),
                                 plural(tally.stills, "picture file", "picture files"),
                                 plural(tally.videos, "video", "videos"), join(names));
  const int64_t more = tally.stills + tally.videos - std::ssize(names);
  if (more > 0) text += fmt::format(" and {} more", with_commas(more));
  return text + ".\n";
}

/// How a prompt was asked, without what says nothing.
std::string prompt_of(const CardTeacher& teacher) {
  std::string text;
  for (const auto& [key, value] : teacher.prompt)
    if (!value.empty() && value != "none") text += fmt::format("  - {}: {}\n", plain(key), plain(value));
  return text;
}

std::string teachers(const Card& card) {
  constexpr size_t kShortHash = 8;
  std::string text;
  for (const CardTeacher& teacher : card.teachers) {
    const std::string prompt =
        plain(teacher.prompt_hash.substr(0, kShortHash));  // none: another tool's answers
    text += fmt::format("- {}{}: {}, {}", plain(teacher.name), prompt.empty() ? "" : ", prompt " + prompt,
                        plural(teacher.answers, "answer", "answers"),
                        teacher.cost_usd ? "for " + dollars(teacher.cost_usd) : "at an unknown cost");
    if (teacher.agreement.of > 0) text += "; agrees with people about " + share(teacher.agreement);
    text += "\n" + prompt_of(teacher);
  }
  return text;
}

std::string labels(const Export& out, const Card& card) {
  const Written& written = out.written;
  std::string text = fmt::format("{} (`--labels {}`): {} by people, {} by models.\n",
                                 plural(written.labelled, "label", "labels"), plain(card.labels),
                                 with_commas(written.people), with_commas(written.labelled - written.people));
  if (written.unlabelled > 0)
    text += plural(written.unlabelled, "picture", "pictures") + " without a label.\n";
  text += "\n";
  for (const auto& [name, number] : out.tally.people)
    text += fmt::format("- {}: {}\n", name.empty() ? "a person" : plain(name),
                        plural(number, "decision", "decisions"));
  text += teachers(card);
  if (const Share& agreement = card.agreement; agreement.of > 0)
    text += fmt::format("\nWhere people and models both labelled, they agree about {}.\n", share(agreement));
  text += fmt::format("\nThe project has spent {} on models so far.\n", dollars(card.cost_usd));
  return text;
}

/// What is not in here, and what the tool's user should know.
std::string losses(const Export& out, const OutFormat& format) {
  const Written& written = out.written;
  std::vector<std::string> lines;
  if (*format.lost != '\0') lines.push_back(fmt::format("{} cannot hold: {}.", format.name, format.lost));
  if (!format.says_who)
    lines.push_back(fmt::format("Who labelled is in {}, for when Dewdrop takes this folder in again.",
                                plain(kLabelledBy)));
  if (written.unlabelled_left_out > 0)
    lines.push_back(plural(written.unlabelled_left_out, "picture without a label is left out.",
                           "pictures without a label are left out."));
  if (!written.unreadable.empty())
    lines.push_back(plural(std::ssize(written.unreadable), "picture could not be read and is left out.",
                           "pictures could not be read and are left out."));
  if (written.converted > 0)
    lines.push_back(
        plural(written.converted, "picture", "pictures") +
        " became PNG, with the same pixels, because the tools of this format do not read theirs.");
  lines.insert(lines.end(), written.notes.begin(), written.notes.end());
  std::string text;
  for (const std::string& line : lines) text += "- " + line + "\n";
  return text.empty() ? "Nothing.\n" : text;
}

}  // namespace

std::string data_card(const Export& out, const Card& card, const OutFormat& format) {
  const Settings& settings = out.settings;
  const std::string split =
      card.split ? fmt::format(" The {} split only.", split_name(*card.split)) : std::string();
  return fmt::format("# {}\n\n", plain(settings.name)) +
         fmt::format("Question: {}\n\n", plain(settings.question)) +
         fmt::format("{}{} in the form {}.{}\n\n", kExported, out.origins.at(), format.name, split) +
         classes(out) + "\n## Pictures\n\n" + sources(out) + "\n## Labels\n\n" + labels(out, card) +
         "\n## What is not in here\n\n" + losses(out, format);
}

bool is_data_card(std::string_view head) {
  return head.find(fmt::format("\n\n{}", kExported)) != std::string_view::npos;
}

std::vector<std::string> classes_on_card(std::string_view card) {
  std::vector<std::string> names;
  const size_t table = card.find(kClassTable);
  if (table == std::string_view::npos) return names;
  card.remove_prefix(table + kClassTable.size());
  constexpr std::string_view kBetween = " | ";
  while (card.starts_with("| ")) {
    std::string_view row = card.substr(2, std::min(card.find('\n'), card.size()) - 2);
    card.remove_prefix(std::min(row.size() + 3, card.size()));
    for (int numbers = 0; numbers < 4; ++numbers)
      row = row.substr(0, std::min(row.rfind(kBetween), row.size()));
    if (row != kNoLabel || card.starts_with("| ")) names.push_back(unescaped(row));
  }
  return names;
}

}  // namespace dew::exchange
