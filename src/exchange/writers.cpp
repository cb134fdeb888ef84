// Writing an export, page by page: pictures, and the labels of those that were written; then the data card.
#include "exchange/writers.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/card.h"
#include "exchange/exchange.h"
#include "exchange/labelled_by.h"
#include "exchange/write_pictures.h"

namespace dew::exchange {
namespace {

constexpr size_t kTogether = 500;  // samples whose answers are in memory at a time

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

tl::unexpected<Error> nothing_to_write(bool any_sample, const OutFormat& format) {
  if (!any_sample)
    return work_error("there is nothing to export: no sample", {}, "add pictures first: dewdrop add");
  return work_error(
      fmt::format(
          "there is nothing to export: no sample has a label, and {} cannot hold pictures without one",
          format.name),
      {}, "label some first (dewdrop label, dewdrop review), or export to csv, which holds them all");
}

void count_source(const Source& source, Tally& tally) {
  constexpr size_t kNamedSources = 20;
  ++(source.info.kind == MediaKind::kVideo ? tally.videos : tally.stills);
  if (tally.first_sources.size() < kNamedSources) tally.first_sources.push_back(source.name);
}

void count(const Outgoing& item, Export& out) {
  Written& written = out.written;
  const auto split = static_cast<size_t>(item.sample.split);
  ++written.pictures;
  ++out.tally.by_split[split];
  if (item.origin == "human") ++out.tally.people[item.by];
  if (item.label.empty()) {
    ++written.unlabelled;
    ++out.tally.without_label[split];
    return;
  }
  ++written.labelled;
  ++written.by_class[item.label];
  ++out.tally.by_class[item.label][split];
  if (item.origin == "human") ++written.people;
}

/// Goes through the samples page by page, so that memory does not grow with their number.
class Exporter {
 public:
  Exporter(Export& out, const OutFormat& format, LabelWriter& labels)
      : out_(out), format_(format), labels_(labels), pictures_(out, format) {}

  Result<void> write_all() {
    for (const std::string& name : out_.settings.classes) out_.written.by_class[name] = 0;
    if (!format_.says_who) {
      DEW_TRY(labelled_by_, LabelledByWriter::begin(out_, format_));
    }
    out_.watch.begin("writing pictures and labels", out_.origins.count());
    while (true) {
      if (out_.watch.interrupted()) return export_interrupted();
      DEW_TRY(OutgoingPage page, out_.origins.next());
      if (page.items.empty()) break;
      DEW_CHECK(take(page));
    }
    out_.watch.end();
    if (wanted_ == 0) return nothing_to_write(seen_ > 0, format_);
    DEW_CHECK(pictures_.finish());
    if (labelled_by_) DEW_CHECK(labelled_by_->close());
    if (out_.written.labelled == 0)
      out_.written.notes.emplace_back(
          "none of these pictures has a label: label some first (dewdrop label, dewdrop review)");
    return labels_.finish();
  }

 private:
  Result<void> take(OutgoingPage& page) {
    const int64_t all = std::ssize(page.items);
    if (!format_.unlabelled)
      std::erase_if(page.items, [](const Outgoing& item) { return item.label.empty(); });
    const int64_t wanted = std::ssize(page.items);
    out_.written.unlabelled_left_out += all - wanted;
    wanted_ += wanted;
    DEW_TRY(const auto pictures, pictures_.write(page, seen_));
    seen_ += all;
    out_.watch.advance(seen_);
    for (size_t from = 0; from < page.items.size(); from += kTogether)
      DEW_CHECK(say(page, pictures, from, std::min(from + kTogether, page.items.size())));
    return {};
  }

  /// What is said of those that have a picture now.
  Result<void> say(const OutgoingPage& page, const std::vector<OutPicture>& pictures, size_t from,
                   size_t to) {
    DEW_TRY(auto answers, answers_about(page, from, to));
    for (size_t i = from; i < to; ++i) {
      if (pictures[i].file.empty()) continue;
      const Outgoing& item = page.items[i];
      if (item.sample.source != last_source_) count_source(page.sources.at(item.sample.source), out_.tally);
      last_source_ = item.sample.source;
      count(item, out_);
      DEW_CHECK(labels_.add(item, pictures[i], answers[item.sample.id]));
      if (labelled_by_) DEW_CHECK(labelled_by_->add(item, pictures[i]));
    }
    return {};
  }

  Result<std::map<int64_t, std::vector<Answer>>> answers_about(const OutgoingPage& page, size_t from,
                                                               size_t to) {
    std::map<int64_t, std::vector<Answer>> by_sample;
    if (!format_.answers) return by_sample;
    std::vector<int64_t> samples;
    for (size_t i = from; i < to; ++i) samples.push_back(page.items[i].sample.id);
    DEW_TRY(auto answers, out_.origins.answers(samples));
    for (Answer& answer : answers) by_sample[answer.sample].push_back(std::move(answer));
    return by_sample;
  }

  Export& out_;
  const OutFormat& format_;
  LabelWriter& labels_;
  PictureWriter pictures_;
  std::optional<LabelledByWriter> labelled_by_;
  int64_t seen_ = 0;
  int64_t wanted_ = 0;
  int64_t last_source_ = 0;
};

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

Result<void> check_writing(const std::string& format, const fs::path& folder) {
  DEW_CHECK(find_writer(format));
  return OutFolder::check(folder);
}

Result<Written> write(const std::string& format, Origins& origins, const fs::path& folder, Watch& watch,
                      bool skip_missing) {
  DEW_TRY(const OutFormat* const writer, find_writer(format));
  DEW_TRY(OutFolder place, OutFolder::create(folder));
  Export out{origins, origins.settings(), place, watch, skip_missing, {}, {}};
  DEW_TRY(const auto labels, writer->begin(out));
  DEW_CHECK(Exporter(out, *writer, *labels).write_all());
  DEW_TRY(const Card card, origins.card());
  DEW_CHECK(place.write("README.md", (writer->card_head != nullptr ? writer->card_head(out) : std::string()) +
                                         data_card(out, card, *writer)));
  if (watch.interrupted()) return export_interrupted();
  DEW_CHECK(place.commit());
  return std::move(out.written);
}

std::string line_of(const OutJson& json) {
  return json.dump(-1, ' ', false, OutJson::error_handler_t::replace);
}

PlaceOf place_in_images(const Settings&) {
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
