// Encodings, delimiters, line ends and quotes of tables.
#include "exchange/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// "a|b" of each record, with its line; or the error.
std::vector<std::string> read(std::string_view bytes) {
  auto table = Table::open(bytes, "t.csv");
  if (!table) return {table.error().where + ": " + table.error().what};
  std::vector<std::string> told;
  while (true) {
    auto record = table->next();
    if (!record) return {record.error().where + ": " + record.error().what};
    if (!*record) return told;
    told.push_back(std::to_string((*record)->line) + " " + join((*record)->fields, "|"));
  }
}

std::string utf16(std::string_view ascii, bool big_endian) {
  std::string bytes;
  for (const char c : ascii) {
    if (big_endian) bytes += '\0';
    bytes += c;
    if (!big_endian) bytes += '\0';
  }
  return bytes;
}

TEST(Table, LinesMayEndInAnyWay) {
  EXPECT_THAT(read("file,label\na.jpg,cat\n"), ElementsAre("1 file|label", "2 a.jpg|cat"));
  EXPECT_THAT(read("file,label\r\n\r\na.jpg,cat"), ElementsAre("1 file|label", "3 a.jpg|cat"));
  EXPECT_THAT(read("file,label\ra.jpg,cat\rb.jpg,dog"),
              ElementsAre("1 file|label", "2 a.jpg|cat", "3 b.jpg|dog"));
  EXPECT_THAT(read("file,label\n,,\na.jpg,cat\n"), ElementsAre("1 file|label", "3 a.jpg|cat"));
}

TEST(Table, QuotesAreThoseOfRfc4180) {
  EXPECT_THAT(read("file,label\n\"a,\"\"b\"\".jpg\" ,\"two\nlines\"\nc.jpg,\" x \"\n"),
              ElementsAre("1 file|label", "2 a,\"b\".jpg|two\nlines", "4 c.jpg| x "));
  EXPECT_THAT(read("file,label\na 7\" nail.jpg,cat\n"), ElementsAre("1 file|label", "2 a 7\" nail.jpg|cat"));
  EXPECT_THAT(read("file,label\na.jpg,\"cat\nb.jpg,dog\n"),
              ElementsAre("t.csv:2: a quotation mark is not closed"));
  EXPECT_THAT(read("file\tlabel\n\"a\tb.jpg\"\t\tcat\n"), ElementsAre("1 file|label", "2 a\tb.jpg||cat"));
}

TEST(Table, TheDelimiterIsFoundByContent) {
  EXPECT_THAT(read("file;score;label\na.jpg;0,5;cat\n"),
              ElementsAre("1 file|score|label", "2 a.jpg|0,5|cat"));
  EXPECT_THAT(read("file|label\na.jpg|cat\n"), ElementsAre("1 file|label", "2 a.jpg|cat"));
  EXPECT_THAT(read("a.jpg,red;blue\nb.jpg,green;blue\n"),
              ElementsAre("1 a.jpg|red;blue", "2 b.jpg|green;blue"));
  EXPECT_THAT(read("a, b.jpg\tcat\n"), ElementsAre("1 a, b.jpg|cat"));
  EXPECT_THAT(read("sep=;\r\nx,y;z\r\n"), ElementsAre("2 x,y|z"));
  EXPECT_THAT(read("\"file\";\"label\"\n\"a.jpg\";\"cat, small\"\n"),
              ElementsAre("1 file|label", "2 a.jpg|cat, small"));
}

TEST(Table, TheEncodingIsFoundByContent) {
  EXPECT_THAT(read("\xEF\xBB\xBF"
                   "file,label\nM\xC3\xBChle.jpg,cat\n"),
              ElementsAre("1 file|label", "2 M\u00fchle.jpg|cat"));
  EXPECT_THAT(read("file,label\nM\xFChle.jpg,\x84quoted\x93\n"),
              ElementsAre("1 file|label", "2 M\u00fchle.jpg|\u201equoted\u201c"));
  EXPECT_THAT(read("file,label\nM\xFChle\x81.jpg,cat\n"),
              ElementsAre("1 file|label", "2 M\u00fchle\u0081.jpg|cat"));
  const std::string text = "file,label\r\na.jpg,cat\r\n";
  EXPECT_THAT(read(utf16(text, false)), ElementsAre("1 file|label", "2 a.jpg|cat"));
  EXPECT_THAT(read(utf16(text, true)), ElementsAre("1 file|label", "2 a.jpg|cat"));
  EXPECT_THAT(read("\xFF\xFE" + utf16(text, false)), ElementsAre("1 file|label", "2 a.jpg|cat"));
  EXPECT_THAT(read("\xFE\xFF" + utf16(text, true)), ElementsAre("1 file|label", "2 a.jpg|cat"));
}

TEST(Table, WhatIsNoTextIsRefused) {
  EXPECT_THAT(read(std::string_view("file,label\na.jpg\0,cat\n", 22)),
              ElementsAre(HasSubstr("t.csv:2: this is not a text file: it contains a NUL byte")));
  EXPECT_THAT(read("\xFF\xFE" + utf16("file", false) + "x"),
              ElementsAre("t.csv: this text in UTF-16 is damaged"));
  EXPECT_THAT(read(std::string_view("\xFF\xFE\x00\xDC\x41\x00", 6)),
              ElementsAre("t.csv: this text in UTF-16 is damaged"));
  EXPECT_THAT(read("a,b\n" + std::string(10'001, ',') + "x\n"),
              ElementsAre("t.csv:2: this line has more than 10000 fields"));
}

TEST(Table, ColumnsAreFoundByNameInAnySpelling) {
  const std::vector<std::string> header{"Image ID", "image_path", "Class Name", "ML-Use", "ANNOTATOR"};
  EXPECT_EQ(find_column(header, Column::kPicture), 1U);
  EXPECT_EQ(find_column(header, Column::kClass), 2U);
  EXPECT_EQ(find_column(header, Column::kSplit), 3U);
  EXPECT_EQ(find_column(header, Column::kAnnotator), 4U);
  EXPECT_EQ(find_column(header, Column::kOrigin), std::nullopt);
  EXPECT_TRUE(names_picture("gs://bucket/a/1.JPG"));
  EXPECT_TRUE(names_picture("https://host/1.png?size=full.csv"));
  EXPECT_FALSE(names_picture("cat"));
}

}  // namespace
}  // namespace dew::exchange
