// Dewdrop's own form: what is optional in it, and what is refused.
#include <gmock/gmock.h>

#include "tests/exchange/trees.h"

namespace dew::exchange {
namespace {

using ::testing::HasSubstr;

const std::string kHeader =
    "{\"dewdrop\":\"samples\",\"version\":1,\"classes\":[\"yes\",\"no\"],\"unsure\":\"unsure\"}\n";

TreeOnDisk with(const std::string& lines, const std::string& header = kHeader) {
  return TreeOnDisk({{"images/a.jpg", "x"}, {"images/b.jpg", "x"}, {"samples.jsonl", header + lines}});
}

/// "what | where" of the error.
std::string error_of(const std::string& lines, const std::string& header = kHeader) {
  const auto read = with(lines, header).read();
  if (read) return "fine";
  EXPECT_EQ(read.error().fault, Fault::kUsage);
  return read.error().what + " | " + read.error().where;
}

TEST(Jsonl, AFileAndALabelAreEnough) {
  const auto set = with(R"({"file":"images/a.jpg","label":{"class":"yes","origin":"human"}})"
                        "\r\n\n"
                        R"({"file":"b.jpg","split":"val","new":[1],"label":null,"answers":null})")
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(set.format, "jsonl");
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "yes");
  EXPECT_EQ(classes_of(set, "images/b.jpg"), "");
  EXPECT_EQ(set.items[0].split, std::nullopt);
  EXPECT_EQ(set.items[1].split, Split::kValidation);
  EXPECT_EQ(set.items[1].where, "samples.jsonl:4");
  EXPECT_THAT(set.files, ::testing::ElementsAre("samples.jsonl"));
}

TEST(Jsonl, AFileThatAScriptWroteAnewIsKnown) {
  const std::string line = R"({"file": "images/a.jpg", "label": {"class": "yes", "origin": "human"}})";
  for (const char* header : {R"({"dewdrop": "samples", "version": 1, "classes": ["no", "yes"]})",
                             R"({"classes": ["no", "yes"], "dewdrop": "samples", "version": 1})"}) {
    const auto set = with(line, std::string(header) + "\n").read().value();
    ASSERT_TRUE(set) << header;
    EXPECT_EQ(classes_of(*set, "images/a.jpg"), "yes");
  }
}

TEST(Jsonl, APersonsUnsureComesIn) {
  const auto set = with(R"({"file":"images/a.jpg","label":{"class":null,"origin":"human","by":"bob"}})")
                       .read()
                       .value()
                       .value();
  EXPECT_EQ(classes_of(set, "images/a.jpg"), "unsure");
}

TEST(Jsonl, PicturesThatAreNotThereAreMissing) {
  const auto set = with(R"({"file":"images/c.jpg","label":null})").read().value().value();
  EXPECT_TRUE(set.items.empty());
  ASSERT_EQ(set.missing.size(), 1U);
  EXPECT_EQ(set.missing[0].where, "samples.jsonl:2");
}

TEST(Jsonl, TheSameTwiceIsOnceAndSomethingElseIsRefused) {
  const std::string yes = R"({"file":"images/a.jpg","label":{"class":"yes","origin":"human"}})";
  const std::string no = R"({"file":"a.jpg","label":{"class":"no","origin":"human"}})";
  EXPECT_EQ(with(yes + "\n" + yes).read().value().value().items.size(), 1U);
  EXPECT_EQ(error_of(yes + "\n" + no),
            "samples.jsonl:2 says something else about images/a.jpg | samples.jsonl:3");
}

TEST(Jsonl, BrokenLinesAreNamed) {
  const auto answer = [](const std::string& rest) {
    return R"({"file":"images/a.jpg","answers":[{"teacher":"t","model":"m","prompt_hash":"h")" + rest + "}]}";
  };
  EXPECT_EQ(error_of(answer(R"(,"class":"no")")), "fine");
  EXPECT_EQ(error_of(answer("")), "\"class\" is missing | samples.jsonl:2");
  EXPECT_THAT(error_of(answer(R"(,"class":"maybe")")),
              HasSubstr("'maybe' is not one of the first line's: yes, no"));
  EXPECT_THAT(error_of(answer(R"(,"class":"no","confidence":1.5)")), HasSubstr("from 0 to 1"));
  EXPECT_THAT(error_of(answer(R"(,"class":"no","tokens_in":-1)")), HasSubstr("\"tokens_in\" is not a whole"));
  EXPECT_THAT(error_of(answer(R"(,"class":"no","cost_usd":"1")")), HasSubstr("\"cost_usd\" is not a number"));
  EXPECT_THAT(error_of(answer(R"(,"class":"no","raw_base64":"a")")), HasSubstr("not Base64"));
  EXPECT_THAT(error_of("{"), HasSubstr("not valid JSON | samples.jsonl:2"));
  EXPECT_THAT(error_of("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(error_of("{}"), HasSubstr("\"file\" is missing"));
  EXPECT_THAT(error_of(R"({"file":"images/a.jpg","split":"some"})"), HasSubstr("the split 'some'"));
  EXPECT_THAT(error_of(R"({"file":"images/a.jpg","label":"yes"})"), HasSubstr("\"label\" is neither"));
  EXPECT_THAT(error_of(R"({"file":"images/a.jpg","label":{"class":"yes","origin":"cat"}})"),
              HasSubstr("\"origin\" is neither human nor policy"));
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_of("\"" + std::string(size_t{17} << 20, 'x')),
              HasSubstr("longer than 16 MiB | samples.jsonl:2"));
}

TEST(Jsonl, ANewerVersionIsRefused) {
  EXPECT_THAT(error_of("", R"({"dewdrop":"samples","version":2,"classes":["a"]})"),
              HasSubstr("version 2 of the format; this program reads version 1 | samples.jsonl:1"));
  EXPECT_THAT(error_of("", R"({"dewdrop":"samples","version":1})"), HasSubstr("\"classes\" is not a list"));
}

}  // namespace
}  // namespace dew::exchange
