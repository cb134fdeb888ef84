// The page: head, header, the parts in order, foot. Its one entrance is to_html().
#include <fmt/format.h>

#include "base/base.h"
#include "embed/report_assets.h"
#include "report/parts.h"

namespace dew::report {
namespace {

/// Should a hole in the escaping ever open, the browser still fetches nothing and runs nothing.
constexpr const char* kPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

std::string heading(const Report& report) {
  if (!report.question.empty()) return clip(report.question, kTextBytes * 4);
  return report.title.empty() ? "A run" : clip(report.title, kTextBytes);
}

void write_drop(Writer& out) {
  const auto svg = out.open("svg", {{"class", "drop"}, {"viewBox", "0 0 24 24"}, {"aria-hidden", "true"}});
  out.leaf("path", {{"d", "M12 1.5C8.3 7 5 10.7 5 15a7 7 0 0 0 14 0c0-4.3-3.3-8-7-13.5z"}});
  out.leaf("path", {{"class", "glint"}, {"d", "M8.4 15.2a3.7 3.7 0 0 0 2.9 3.4"}});
}

void write_head(Writer& out, const std::string& title) {
  const auto head = out.open("head");
  out.leaf("meta", {{"charset", "utf-8"}});
  out.leaf("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kPolicy}});
  out.leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.leaf("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  out.leaf("meta", {{"name", "generator"}, {"content", "Dewdrop"}});
  out.element("title", title);
  const auto style = out.open("style");
  out.raw(report_assets::style_sheet);
}

void write_brand(Writer& out, const std::string& title) {
  const auto brand = out.open("p", {{"class", "brand"}});
  write_drop(out);
  out.element("b", "Dewdrop");
  out.element("span", " " + clip(title, kNameBytes));
}

void write_foot(Writer& out) {
  out.element("footer", "Made by Dewdrop. This page is one file: no script, no network.");
}

void write_header(Writer& out, const Report& report) {
  const std::string question = heading(report);
  out.element("h1", {{"class", question.size() > 90 ? "long" : "short"}}, question);
  if (const auto found = verdict(report)) {
    const auto line = out.open("p", {{"class", "verdict"}});
    out.element("strong", found->line);
    out.text(" " + found->rest);
  }
  if (report.classes.empty() && report.teacher.empty() && report.made_at.empty()) return;
  std::vector<std::string> answers;
  for (const std::string& name : report.classes) answers.push_back(clip(name, kNameBytes));
  write_facts(out, {{"Answers", join(answers)}, {"Teacher", report.teacher}, {"Made", report.made_at}});
}

void write_main(Writer& out, const Report& report) {
  write_figures(out, report);
  write_front(out, report);
  write_frames(out, report);
  write_curve(out, report);
  write_confusion(out, report);
  write_classes(out, report);
  write_mistakes(out, report);
  write_looks(out, report);
  write_map(out, report);
  write_timeline(out, report);
  write_layers(out, report);
  write_tiles(out, report);
  write_settings(out, report);
}

}  // namespace

void write_facts(Writer& out, const std::vector<std::pair<std::string_view, std::string>>& facts) {
  const auto list = out.open("dl", {{"class", "facts"}});
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    const auto pair = out.open("div");
    out.element("dt", name);
    out.element("dd", clip(value, kTextBytes * 4));
  }
}

std::string whole_page(const std::string& title, const std::string& window, const WritePart& header,
                       const WritePart& main) {
  Writer out;
  out.raw("<!DOCTYPE html>");
  {
    const auto html = out.open("html", {{"lang", "en"}, {"xmlns", "http://www.w3.org/1999/xhtml"}});
    write_head(out, window);
    const auto body = out.open("body");
    {
      const auto top = out.open("header");
      write_brand(out, title);
      header(out);
    }
    {
      const auto middle = out.open("main");
      main(out);
    }
    write_foot(out);
  }
  return out.take() + "\n";
}

std::string to_html(const Report& report) {
  const std::string window =
      report.title.empty() ? heading(report) : clip(report.title, kNameBytes) + " – " + heading(report);
  return whole_page(
      report.title, window, [&](Writer& out) { write_header(out, report); },
      [&](Writer& out) { write_main(out, report); });
}

}  // namespace dew::report
