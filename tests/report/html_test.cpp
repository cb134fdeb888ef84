// Escaping, numbers, ticks: the small promises the page is made of.
#include "report/html.h"

#include <gmock/gmock.h>

#include <cmath>

#include "report/svg.h"

namespace dew::report {
namespace {

TEST(Escape, MarkupBecomesText) {
  EXPECT_EQ(escape("<a href=\"x\" id='y'>&amp;"), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
}

TEST(Escape, NoByteWhateverPassesAsControlOrBrokenText) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string result = escape(std::string(1, static_cast<char>(byte)));
    for (const char c : result) {
      const auto code = static_cast<unsigned char>(c);
      EXPECT_TRUE(code >= 0x20 || c == '\n' || c == '\t') << byte;
      EXPECT_NE(code, 0x7f) << byte;
    }
    if (byte >= 0x80) {
      EXPECT_EQ(result, "\uFFFD") << byte;
    }
  }
  EXPECT_EQ(escape(std::string_view("\0\x1b\x7f", 3)), "\u2400\u241b\u2421");
}

TEST(Escape, Utf8StaysAndEveryBrokenFormIsReplaced) {
  EXPECT_EQ(escape("é 猫 \U0001F408"), "é 猫 \U0001F408");
  EXPECT_EQ(escape("\xc3"), "\uFFFD");                                // cut off
  EXPECT_EQ(escape("\xc0\xbc"), "\uFFFD\uFFFD");                      // overlong '<'
  EXPECT_EQ(escape("\xe0\x80\xbc"), "\uFFFD\uFFFD\uFFFD");            // overlong '<'
  EXPECT_EQ(escape("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(escape("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // past U+10FFFF
  EXPECT_EQ(escape("\xef\xbf\xbe"), "\uFFFD");                        // U+FFFE, no character
  EXPECT_EQ(escape("\xc2\x85"), "\uFFFD");                            // U+0085, a control character
  EXPECT_EQ(escape("gnp.\u202Eexe"), "gnp.\uFFFDexe");                // right-to-left override
  EXPECT_EQ(escape("\xc3<"), "\uFFFD&lt;");                           // a broken lead hides no markup
}

TEST(Clip, CutsBetweenCharacters) {
  EXPECT_EQ(clip("abc", 3), "abc");
  EXPECT_EQ(clip("abcd", 3), "abc…");
  EXPECT_EQ(clip("aéé", 2), "a…");
  EXPECT_EQ(clip("aéé", 3), "aé…");
}

TEST(Percent, OnlyAllIsAllAndOnlyNothingIsNothing) {
  EXPECT_EQ(percent(1), "100\u00a0%");
  EXPECT_EQ(percent(0.99999), "99.9\u00a0%");
  EXPECT_EQ(percent(0.00001), "0.1\u00a0%");
  EXPECT_EQ(percent(0), "0\u00a0%");
  EXPECT_EQ(percent(0.9613), "96.1\u00a0%");
  EXPECT_EQ(percent(std::nan("")), "–");
}

TEST(Writer, EscapesValuesAndClosesWhatItOpens) {
  Writer out;
  {
    const auto list = out.open("ul", {{"class", "\"><b>"}, {"start", 2}, {"width", 1.0 / 3}});
    out.element("li", "<b>");
    out.leaf("hr", {});
  }
  EXPECT_EQ(out.take(),
            "<ul class=\"&quot;&gt;&lt;b&gt;\" start=\"2\" width=\"0.33\">\n<li>&lt;b&gt;</li>\n<hr/></ul>");
}

TEST(Ticks, CoverAnyRangeInFewRoundSteps) {
  for (const double from : {-3.0, 0.0, 0.013, 0.61, 17.0, 1e20})
    for (const double span : {0.0, 1e-3, 0.39, 2.0, 60.0, 1e9}) {
      const double to = from + span;
      const auto ticks = covering_ticks(from, to, 5);
      ASSERT_GE(ticks.size(), 2U) << from << " " << to;
      EXPECT_LE(ticks.size(), 8U) << from << " " << to;
      EXPECT_LE(ticks.front(), from + 1e-6 * std::abs(from)) << from << " " << to;
      EXPECT_GE(ticks.back(), to - 1e-6 * std::abs(to)) << from << " " << to;
    }
  EXPECT_THAT(covering_ticks(0.62, 1, 5),
              testing::ElementsAre(testing::DoubleEq(0.6), testing::DoubleEq(0.7), testing::DoubleEq(0.8),
                                   testing::DoubleEq(0.9), testing::DoubleEq(1)));
}

TEST(Ticks, LogarithmicOnesCoverAnyRangeToo) {
  for (const double from : {1e-12, 3e-5, 0.02, 0.99, 7.0})
    for (const double factor : {1.0, 1.5, 20.0, 1e4, 1e30}) {
      const auto ticks = covering_log_ticks(from, from * factor);
      ASSERT_GE(ticks.size(), 2U);
      EXPECT_LE(ticks.size(), 12U);
      EXPECT_LE(ticks.front(), from * (1 + 1e-9));
      EXPECT_GE(ticks.back(), from * factor * (1 - 1e-9));
      EXPECT_TRUE(std::is_sorted(ticks.begin(), ticks.end()));
    }
}

TEST(Ticks, BytesGoInPowersOfTwo) {
  EXPECT_THAT(byte_ticks(138240),
              testing::ElementsAre(0, 32 * 1024, 64 * 1024, 96 * 1024, 128 * 1024, 160 * 1024));
  EXPECT_GE(byte_ticks(0).size(), 2U);
  EXPECT_EQ(byte_label(49152), "48 KiB");
  EXPECT_EQ(byte_label(512), "512 B");
  EXPECT_EQ(byte_label(3 << 19), "1.5 MiB");
}

}  // namespace
}  // namespace dew::report
