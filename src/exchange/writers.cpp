// Writing an export: pictures first, then the labels of those that were written, then the data card.
#include "exchange/writers.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/card.h"
#include "exchange/exchange.h"
#include "exchange/write_pictures.h"

namespace dew::exchange {
namespace {

constexpr size_t kTogether = 500;        // samples whose answers are looked up by one query
constexpr int64_t kAdvanceEvery = 1000;  // samples between two reports of progress

Result<const OutFormat*> find_writer(const std::string& key) {
  const auto& all = table_of_writers();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const OutFormat& format) { return key == format.key; });
  if (found != all.end()) return &*found;
  std::vector<std::string> keys;
  for (const OutFormat& format : all) keys.emplace_back(format.key);
  const std::string near = closest(key, keys);
  return usage_error("cannot export to '" + printable(key, 60) + "'", "--to",
                     near.empty() ? "choose one of " + join(keys) : "did you mean " + near + "?");
}

/// Which samples take part: those without a label only where the format can hold them.
std::vector<bool> wanted_items(const OutgoingSet& set, const OutFormat& format, Written& written) {
  std::vector<bool> wanted(set.items.size(), true);
  for (size_t i = 0; i < set.items.size(); ++i) {
    if (!set.items[i].label.empty() || format.unlabelled) continue;
    wanted[i] = false;
    ++written.unlabelled_left_out;
  }
  return wanted;
}

tl::unexpected<Error> nothing_to_write(const OutgoingSet& set, const OutFormat& format) {
  if (set.items.empty())
    return work_error("there is nothing to export: no sample", {}, "add pictures first: dewdrop add");
  return work_error(
      fmt::format(
          "there is nothing to export: no sample has a label, and {} cannot hold pictures without one",
          format.name),
      {}, "label some first (dewdrop label, dewdrop review), or export to csv, which holds them all");
}

void count(Export& out) {
  Written& written = out.written;
  for (const std::string& name : out.set.settings.classes) written.by_class[name] = 0;
  for (size_t i = 0; i < out.pictures.size(); ++i) {
    if (out.pictures[i].file.empty()) continue;
    const Outgoing& item = out.set.items[i];
    ++written.pictures;
    if (item.label.empty()) {
      ++written.unlabelled;
      continue;
    }
    ++written.labelled;
    ++written.by_class[item.label];
    if (item.origin == "human") ++written.people;
  }
}

}  // namespace

const std::vector<OutFormat>& table_of_writers() {
  static const std::vector<OutFormat> all{kOutFolders,     kOutCsv,         kOutCoco,        kOutYolo,
                                          kOutEdgeImpulse, kOutLabelStudio, kOutHuggingFace, kOutJsonl};
  return all;
}

std::vector<FormatInfo> formats_out() {
  std::vector<FormatInfo> all;
  for (const OutFormat& format : table_of_writers()) all.push_back({format.key, format.name, format.what});
  return all;
}

Result<Written> write(const std::string& format, const OutgoingSet& set, const Origins& origins,
                      const fs::path& folder, Watch& watch) {
  DEW_TRY(const OutFormat* const writer, find_writer(format));
  DEW_TRY(OutFolder place, OutFolder::create(folder));
  Export out{set, origins, place, watch, {}, {}};
  const auto wanted = wanted_items(set, *writer, out.written);
  if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return nothing_to_write(set, *writer);
  DEW_CHECK(write_pictures(out, *writer, wanted));
  count(out);
  DEW_CHECK(writer->write(out));
  DEW_CHECK(place.write("README.md", (writer->card_head != nullptr ? writer->card_head(out) : std::string()) +
                                         data_card(out, *writer)));
  if (watch.interrupted()) return export_interrupted();
  DEW_CHECK(place.commit());
  return std::move(out.written);
}

std::string line_of(const OutJson& json) {
  return json.dump(-1, ' ', false, OutJson::error_handler_t::replace);
}

Result<void> each_written(Export& out,
                          const std::function<Result<void>(const Outgoing&, const OutPicture&)>& give) {
  int64_t done = 0;
  out.watch.begin("writing labels", std::ssize(out.pictures));
  for (size_t i = 0; i < out.pictures.size(); ++i) {
    if (++done % kAdvanceEvery == 0) out.watch.advance(done);
    if (out.watch.interrupted()) return export_interrupted();
    if (!out.pictures[i].file.empty()) DEW_CHECK(give(out.set.items[i], out.pictures[i]));
  }
  out.watch.end();
  return {};
}

Result<void> each_written_with_answers(
    Export& out,
    const std::function<Result<void>(const Outgoing&, const OutPicture&, const std::vector<Answer>&)>& give) {
  out.watch.begin("writing labels", std::ssize(out.pictures));
  for (size_t from = 0; from < out.pictures.size(); from += kTogether) {
    if (out.watch.interrupted()) return export_interrupted();
    const size_t to = std::min(from + kTogether, out.pictures.size());
    std::vector<int64_t> samples;
    for (size_t i = from; i < to; ++i) samples.push_back(out.set.items[i].sample.id);
    DEW_TRY(auto answers, out.origins.answers(samples));
    std::map<int64_t, std::vector<Answer>> by_sample;
    for (Answer& answer : answers) by_sample[answer.sample].push_back(std::move(answer));
    for (size_t i = from; i < to; ++i)
      if (!out.pictures[i].file.empty())
        DEW_CHECK(give(out.set.items[i], out.pictures[i], by_sample[out.set.items[i].sample.id]));
    out.watch.advance(static_cast<int64_t>(to));
  }
  out.watch.end();
  return {};
}

PlaceOf place_in_images(const OutgoingSet&) {
  return [](const Outgoing&) { return std::string("images"); };
}

std::map<std::string, size_t> class_numbers(const Settings& settings) {
  std::map<std::string, size_t> numbers;
  for (size_t i = 0; i < settings.classes.size(); ++i) numbers[settings.classes[i]] = i;
  return numbers;
}

tl::unexpected<Error> export_interrupted() {
  return work_error("interrupted", {}, "nothing was exported; run the same command again");
}

}  // namespace dew::exchange
