// A small set that goes out, with everything that is odd in it, from files of its own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "exchange/exchange.h"
#include "media/media.h"

namespace dew::exchange {

/// A picture of its own for each seed; 12 x 8.
inline Image coloured(int seed) {
  Image image{12, 8, {}};
  for (int i = 0; i < 12 * 8; ++i)
    for (const int c : {1, 2, 3}) image.rgb.push_back(static_cast<uint8_t>(16 * seed + c * 40));
  return image;
}

/// What goes out.
struct OutgoingSet {
  Settings settings;
  std::vector<Outgoing> items;  ///< in the order of their sources
  std::map<int64_t, Source> sources;
  Card card;
  std::string at;
};

/// Sources are files in a folder of its own; a video's frames are coloured(its id).
class FakeOrigins : public Origins {
 public:
  [[nodiscard]] const Settings& settings() const override { return set.settings; }
  [[nodiscard]] std::string at() const override { return set.at; }
  [[nodiscard]] int64_t count() const override { return std::ssize(set.items); }
  /// Two sources a page.
  Result<OutgoingPage> next() override {
    OutgoingPage page;
    for (; next_ < set.items.size(); ++next_) {
      const int64_t source = set.items[next_].sample.source;
      if (page.sources.size() == 2 && !page.sources.contains(source)) break;
      page.sources.emplace(source, set.sources.at(source));
      page.items.push_back(set.items[next_]);
    }
    largest_page = std::max(largest_page, page.items.size());
    return page;
  }
  Result<Card> card() override { return set.card; }
  void begin_anew() { next_ = 0; }
  Result<fs::path> file(int64_t source, const Watch&) const override {
    const fs::path path = folder_.path() / std::to_string(source);
    if (!fs::exists(path)) return work_error("the file is gone", path.filename().string());
    return path;
  }
  Result<void> pictures(const std::vector<Sample>& wanted, const Give& give, Watch&) const override {
    for (size_t i = 0; i < wanted.size(); ++i) {
      Image image = coloured(static_cast<int>(wanted[i].source));
      if (wanted[i].region) image = crop(image, *wanted[i].region);
      DEW_CHECK(give(i, image));
    }
    return {};
  }
  Result<std::vector<Answer>> answers(const std::vector<int64_t>& samples) const override {
    std::vector<Answer> found;
    for (const int64_t sample : samples)
      for (const Answer& answer : said)
        if (answer.sample == sample) found.push_back(answer);
    return found;
  }
  void keep(int64_t source, const std::string& bytes) const {
    EXPECT_TRUE(write_file(folder_.path() / std::to_string(source), bytes));
  }
  void lose(int64_t source) const { fs::remove(folder_.path() / std::to_string(source)); }

  std::vector<Answer> said;
  OutgoingSet set;
  size_t largest_page = 0;

 private:
  size_t next_ = 0;
  TemporaryFolder folder_ = TemporaryFolder::create().value();
};

/// A set, its origins, and the folder that it is written to.
struct Going {
  mutable FakeOrigins origins;
  OutgoingSet& set = origins.set;
  TemporaryFolder parent = TemporaryFolder::create().value();

  [[nodiscard]] fs::path out() const { return parent.path() / "birds"; }
  Result<Written> write(const std::string& format) const {
    Watch watch;
    return write(format, out(), watch);
  }
  Result<Written> write(const std::string& format, const fs::path& folder, Watch& watch,
                        bool skip_missing = false) const {
    origins.begin_anew();
    return exchange::write(format, origins, folder, watch, skip_missing);
  }
  [[nodiscard]] std::string text(const std::string& file) const {
    return read_file(out() / file).value_or("(no such file)");
  }
  /// Below the folder, sorted.
  [[nodiscard]] std::vector<std::string> files() const {
    const Tree tree = Tree::below(out()).value();
    return {tree.files().begin(), tree.files().end()};
  }

  Outgoing& add(const std::string& source, const std::string& bytes, Split split) {
    const int64_t id = std::ssize(set.items) + 1;
    Source& from = set.sources[id];
    from.id = id;
    from.name = source;
    from.info = {MediaKind::kImage, 12, 8, 1, 0, false};
    origins.keep(id, bytes);
    Outgoing& item = set.items.emplace_back();
    item.sample.id = id;
    item.sample.source = id;
    item.sample.name = Fragment{source, std::nullopt, std::nullopt}.str();
    item.sample.split = split;
    return item;
  }
};

inline void label(Outgoing& item, const std::string& name, const std::string& origin, const std::string& by) {
  item.label = name;
  item.origin = origin;
  item.by = by;
  item.at = "2026-01-02T03:04:05Z";
}

/// A picture each: labelled by a person; by a model, a PNG that is called .jpg; a tile of a video, by a
/// model; set aside by a person, with an odd name; without a label.
struct Birds : Going {
  Birds() {
    Settings& settings = set.settings;
    settings.name = "birds";
    settings.question = "A \"tit\" or a robin?";
    settings.classes = {"tit", "robin", "none"};
    settings.unsure = "unsure";
    label(add("A/IMG_0001.JPG", encode_jpeg(coloured(1)), Split::kTrain), "tit", "human", "ada");
    Outgoing& second = add("B/IMG_0001.jpg", encode_png(coloured(2)), Split::kValidation);
    label(second, "robin", "policy", "openai:gpt-4o");
    second.confidence = 0.9;
    second.reason = "Red breast, \"robin\"";
    Outgoing& tile = add("vtest.avi", "a video", Split::kTest);
    label(tile, "tit", "policy", "openai:gpt-4o");
    set.sources[3].info.kind = MediaKind::kVideo;
    tile.sample.frame = 15;
    tile.sample.region = Rect{2, 0, 4, 6};
    tile.sample.name = "vtest.avi#frame=15&xywh=2,0,4,6";
    label(add("what is it?.png", encode_png(coloured(4)), Split::kTrain), "", "human", "bob");
    add("C/e.bmp", encode_png(coloured(5)), Split::kTest);
    Answer answer;
    answer.sample = 2;
    answer.teacher = "openai";
    answer.model = "gpt-4o";
    answer.prompt_hash = "0123456789abcdef";
    answer.answer_class = "robin";
    answer.confidence = 0.9;
    answer.reason = "Red breast, \"robin\"";
    answer.tokens_in = 100;
    answer.tokens_out = 9;
    answer.cost_usd = 0.00025;
    answer.at = "2026-01-01T00:00:00Z";
    answer.raw = "{\"label\": \"robin\"}";
    origins.said.push_back(answer);
    answer.answer_class = "unsure";
    answer.confidence.reset();
    answer.reason.clear();
    answer.raw = "not UTF-8: \xff";
    answer.prompt_hash += "#2";
    origins.said.push_back(answer);
    answer.sample = 3;
    answer.answer_class = "tit";
    answer.prompt_hash = "0123456789abcdef";
    origins.said.push_back(answer);
    set.at = "2026-02-03T04:05:06Z";
    set.card.cost_usd = 0.5;
  }
};

}  // namespace dew::exchange
