// A hundred thousand samples: any page of them at once, and no more memory for having looked at many.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>

#include "label/feature_cache.h"
#include "tests/studio/studio_client.h"

namespace dew::testing {
namespace {

constexpr int kSamples = 100'000;

class StudioMany : public StudioTest {
 protected:
  /// Rows as a long video and a teacher would leave them; all show the one picture's source.
  void fill() const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((project() / ".dewdrop" / "project.db").c_str(), &database), SQLITE_OK);
    const std::string rows =
        "BEGIN;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(kSamples) +
        ") INSERT INTO samples (source, name, frame, split) "
        "SELECT (SELECT min(id) FROM sources), printf('hall-%06d.avi#frame=%d', i, i), i, i % 3 FROM n;"
        "INSERT INTO answers (sample, teacher, model, prompt_hash, raw, class, confidence, reason, "
        "tokens_in, tokens_out, "
        "cost_usd, at) SELECT id, 'replay', 'm', 'h', '', iif(id % 2, 'yes', 'no'), (id % 100) / 100.0, "
        "'seen', 1, 1, 0, 'now' "
        "FROM samples WHERE frame > 0;"
        "INSERT INTO labels (sample, class, origin, basis, at) SELECT sample, class, 'policy', id || ' "
        "majority', 'now' "
        "FROM answers; COMMIT;";
    char* wrong = nullptr;
    ASSERT_EQ(sqlite3_exec(database, rows.c_str(), nullptr, nullptr, &wrong), SQLITE_OK) << wrong;
    sqlite3_close(database);
  }
  static int64_t resident_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    return 0;
  }
  /// Milliseconds of pages anywhere, the 95th percentile.
  double jumps(const std::string& filter, int64_t total) {
    std::mt19937 random(7);
    std::vector<double> took;
    for (int i = 0; i < 60; ++i) {
      const auto offset = static_cast<int64_t>(random()) % total;
      const auto began = std::chrono::steady_clock::now();
      EXPECT_EQ(get("/api/samples?count=200&offset=" + std::to_string(offset) + filter), 200) << body_;
      took.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    }
    std::sort(took.begin(), took.end());
    return took[took.size() * 95 / 100];
  }
};

/// Of heaps that differ a little within: as a backbone would see a video's scenes.
label::FeatureRow seen_in(int64_t sample, size_t columns) {
  std::mt19937 heap(static_cast<uint32_t>(sample % 50));
  std::mt19937 own(static_cast<uint32_t>(sample));
  label::FeatureRow row{sample, (uint64_t{heap()} << 32U | own()) & ~uint64_t{7}, {}};
  row.features.resize(columns);
  for (float& value : row.features)
    value = static_cast<float>(heap() % 1000) / 1000 + static_cast<float>(own() % 100) / 1000;
  return row;
}

class StudioManyFeatures : public StudioMany {
 protected:
  /// For all samples, into the file of the backbone that has looked at the first ones.
  void see() const {
    const fs::path file = fs::directory_iterator(project() / ".dewdrop" / "features")->path();
    const size_t columns = label::read_features(file, [](const auto&) {}).value();
    fs::remove(file);
    const auto opened = Project::open(project());
    std::vector<label::FeatureRow> rows;
    const auto samples = opened->samples().value();
    for (const Sample& sample : samples) {
      rows.push_back(seen_in(sample.id, columns));
      if (rows.size() < 2000) continue;
      ASSERT_TRUE(label::append_features(file, columns, rows));
      rows.clear();
    }
    ASSERT_TRUE(label::append_features(file, columns, rows));
  }
  /// Seconds until the job has made it.
  double made(const std::string& path) {
    const auto began = std::chrono::steady_clock::now();
    const Json job = posted(path, Json::object(), 202)["job"];
    EXPECT_EQ(ended(job)["state"], "done") << json_at("/api/jobs");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  /// Milliseconds of an answer, the middle of nine.
  double answered(const std::string& path) {
    std::vector<double> took;
    for (int i = 0; i < 9; ++i) {
      const auto began = std::chrono::steady_clock::now();
      EXPECT_EQ(get(path), 200) << body_;
      took.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    }
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
  }
};

TEST_F(StudioManyFeatures, TheMapAndTheGroupsStandAtOnceAfterARestart) {
  make(2);
  open();
  made("/api/map");
  studio_.reset();
  fill();
  see();
  open();
  ASSERT_EQ(json_at("/api/map")["missing"], kSamples) << "two were on the map before";
  const double map_made = made("/api/map");
  const double groups_made = made("/api/groups");
  studio_.reset();
  open();
  const auto began = std::chrono::steady_clock::now();
  const Json map = json_at("/api/map");
  const double first = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  EXPECT_EQ(map["state"], "ready");
  EXPECT_EQ(map["missing"], 0);
  EXPECT_EQ(json_at("/api/groups")["state"], "ready");
  const double map_again = answered("/api/map");
  const size_t map_bytes = body_.size();
  const double groups_again = answered("/api/groups");
  const size_t groups_bytes = body_.size();
  EXPECT_LE(first, 1);
  EXPECT_LE(map_again, 150);
  EXPECT_LE(groups_again, 150);
  const int64_t before = resident_kilobytes();
  for (int i = 0; i < 20; ++i) {
    answered("/api/map?text=" + std::to_string(i));
    answered("/api/groups?text=" + std::to_string(i));
  }
  const int64_t grown = resident_kilobytes() - before;
  EXPECT_LT(grown, 30'000) << "kilobytes more for 360 maps and lists of groups";
  std::printf(
      "map made in %.1f s, groups in %.1f s; after a restart the map in %.0f ms, then %.0f ms (%zu bytes), "
      "groups in "
      "%.0f ms (%zu bytes); 360 more: %lld KB\n",
      map_made, groups_made, 1000 * first, map_again, map_bytes, groups_again, groups_bytes,
      static_cast<long long>(grown));
}

TEST_F(StudioMany, AnyPageAtOnce) {
  make(2);
  fill();
  const auto began = std::chrono::steady_clock::now();
  open();
  const double opened = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  ASSERT_EQ(json_at("/api/project")["samples"], kSamples + 2);
  for (const char* filter : {"", "&order=confidence", "&class=yes&split=train", "&text=frame%3D77"})
    EXPECT_LE(jumps(filter, 1000), 150) << filter;
  const double anywhere = jumps("", kSamples);
  EXPECT_LE(anywhere, 150);
  const int64_t before = resident_kilobytes();
  for (int i = 0; i < 5; ++i) jumps("&text=" + std::to_string(i), kSamples);
  const int64_t grown = resident_kilobytes() - before;
  EXPECT_LT(grown, 30'000) << "kilobytes more for 300 pages more";
  std::printf("opened in %.2f s; a page anywhere in %.1f ms (p95); 300 pages more: %lld KB\n", opened,
              anywhere, static_cast<long long>(grown));
}

}  // namespace
}  // namespace dew::testing
