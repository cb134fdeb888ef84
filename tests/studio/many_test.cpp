// A hundred thousand samples: any page of them at once, and no more memory for having looked at many.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>

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
