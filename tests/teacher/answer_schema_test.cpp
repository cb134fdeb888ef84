#include "teacher/answer_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "teacher/free_answer.h"
#include "teacher/teacher.h"

namespace dew::teacher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// "what | where" of the error.
std::string refused(const std::string& schema) {
  const auto parsed = AnswerSchema::parse(schema, "s.json");
  if (parsed) return "taken";
  EXPECT_EQ(parsed.error().fault, Fault::kUsage);
  return parsed.error().what + " | " + parsed.error().where;
}

TEST(AnswerSchema, SaysWhereItIsWrong) {
  EXPECT_EQ(refused("{\"type\": \"object\",\n \"properties\" {}}"),
            "the schema is not valid JSON | s.json:2:15");
  EXPECT_EQ(refused(""), "the schema is not valid JSON | s.json:1:0");
  EXPECT_EQ(refused("[]"), "a schema is a JSON object | s.json: /");
  EXPECT_EQ(refused(R"({"properties":{}})"), "the schema is not of type object | s.json: /type");
  EXPECT_EQ(refused(R"({"type":["object","null"]})"), "the schema is not of type object | s.json: /type");
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a/b":{"type":"text"}}})"),
              HasSubstr("\"text\" is no type; one is object, array"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a/b":{"type":"text"}}})"),
              HasSubstr("| s.json: /properties/a~1b/type"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a":{"type":7}}})"), HasSubstr("7 is no type"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a":{"type":[]}}})"), HasSubstr("[] is no type"));
  EXPECT_THAT(refused(R"({"type":"object","properties":[]})"), HasSubstr("s.json: /properties"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a":true}})"), HasSubstr("s.json: /properties/a"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a":{}},"required":["b"]})"),
              HasSubstr("\"b\" is required, and is none of the properties | s.json: /required"));
  EXPECT_THAT(refused(R"({"type":"object","required":"a"})"), HasSubstr("not a list of names"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a":{"enum":[]}}})"), HasSubstr("at least one"));
  EXPECT_THAT(refused(R"({"type":"object","properties":{"a":{"items":7}}})"),
              HasSubstr("/properties/a/items"));
  EXPECT_THAT(refused(std::string(100000, '[')), HasSubstr("64 KiB"));
  EXPECT_THAT(refused(std::string(1000, '[')), HasSubstr("nested too deeply"));
}

TEST(AnswerSchema, IsStrictWhereServersCanKeepToIt) {
  const auto strict = [](const std::string& schema) { return AnswerSchema::parse(schema, "s")->strict(); };
  EXPECT_TRUE(strict(
      R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})"));
  EXPECT_FALSE(strict(R"({"type":"object","properties":{"a":{}},"required":["a"]})"));
  EXPECT_FALSE(strict(R"({"type":"object","properties":{"a":{}},"additionalProperties":false})"));
  EXPECT_FALSE(strict(R"({"type":"object","properties":{"a":{"type":"object","properties":{"b":{}}}},)"
                      R"("required":["a"],"additionalProperties":false})"));
}

TEST(AnswerSchema, TellsWhatItDoesNotCheck) {
  const auto schema = AnswerSchema::parse(
      R"({"$schema":"x","title":"T","type":"object","properties":{)"
      R"("a":{"type":"string","pattern":"^x","description":"d"},"b":{"type":"string","pattern":"y"},)"
      R"("c":{"minimum":0}}})",
      "s");
  ASSERT_TRUE(schema) << schema.error().what;
  EXPECT_THAT(schema->unchecked(), ElementsAre("pattern", "minimum"));
  EXPECT_THAT(*unchecked_keywords(R"({"type":"object"})"), IsEmpty());
}

struct Case {
  const char* answer;
  const char* why;  ///< empty: it fits
};

TEST(AnswerSchema, ChecksAnswers) {
  const auto schema = AnswerSchema::parse(
      R"({"type":"object","properties":{)"
      R"("kind":{"type":"string","enum":["bag","parcel"]},"count":{"type":"integer"},)"
      R"("score":{"type":["number","null"]},"tags":{"type":"array","items":{"type":"string"}},)"
      R"("where":{"type":"object","properties":{"side":{"type":"string"}},"required":["side"]},)"
      R"("sure":{"type":"boolean"},"fixed":{"const":1}},)"
      R"("required":["kind"],"additionalProperties":{"type":"string"}})",
      "s");
  ASSERT_TRUE(schema) << schema.error().what;
  for (
      const Case& one : {
          Case{R"({"kind":"bag"})", ""},
          Case{"[{\"kind\": \"bag\",\n\"count\": 2.0}]", ""},
          Case{
              R"({"kind":"bag","count":3,"score":null,"tags":["a"],"where":{"side":"left","x":1},"sure":true})",
              ""},
          Case{R"({"kind":"bag","note":"wet"})", ""},
          Case{R"({"count":1})", "the answer has no \"kind\""},
          Case{R"({"kind":"cat"})", "\"kind\" is \"cat\", which is not one of [\"bag\",\"parcel\"]"},
          Case{R"({"kind":"bag","count":2.5})", "\"count\" is 2.5, not of type integer"},
          Case{R"({"kind":"bag","score":"high"})", "not of type number or null"},
          Case{R"({"kind":"bag","tags":["a",7]})", "\"tags/1\" is 7, not of type string"},
          Case{R"({"kind":"bag","where":{}})", "the answer has no \"where/side\""},
          Case{R"({"kind":"bag","sure":"yes"})", "\"sure\" is \"yes\", not of type boolean"},
          Case{R"({"kind":"bag","fixed":2})", "\"fixed\" is 2, not 1"},
          Case{R"({"kind":"bag","note":7})", "\"note\" is 7, not of type string"},
          Case{R"({"kind":"bag","kind":"parcel"})", "names a property twice"},
          Case{R"({"kind":"bag")", "not one JSON object"},
          Case{R"({"kind":"bag"} {"kind":"bag"})", "not one JSON object"},
          Case{R"("bag")", "not one JSON object"},
      }) {
    const auto read = schema->read(one.answer);
    if (*one.why == 0)
      EXPECT_TRUE(read) << one.answer << ": " << read.error().what;
    else if (read)
      ADD_FAILURE() << one.answer << " was taken as " << *read;
    else
      EXPECT_THAT(read.error().what, HasSubstr(one.why)) << one.answer;
  }
  const auto closed = AnswerSchema::parse(R"({"type":"object","additionalProperties":false})", "s");
  EXPECT_THAT(closed->read(R"({"a":1})").error().what, HasSubstr("has \"a\", which the schema does not"));
  EXPECT_THAT(closed->read(std::string(500, '{')).error().what, HasSubstr("nested too deeply"));
}

TEST(FreeText, WhatCountsAsAnAnswer) {
  EXPECT_EQ(*read_free_text(" Two dogs.\n", nullptr), "Two dogs.");
  EXPECT_EQ(read_free_text(std::string(9000, 'x'), nullptr)->size(), kFreeAnswerLimit);
  EXPECT_FALSE(read_free_text(" \n", nullptr));
  EXPECT_FALSE(read_free_text("<think>Two dogs", nullptr));
  EXPECT_FALSE(read_free_text("Two do", nullptr, true));
  const auto schema = AnswerSchema::parse(R"({"type":"object","properties":{"n":{"type":"integer"}}})", "s");
  const auto read = [&](std::string_view text) {
    const auto answer = read_free_text(text, &*schema);
    return answer ? *answer : answer.error().what;
  };
  EXPECT_EQ(read(R"(Here: {"n":2}. Done.)"), R"({"n":2})");
  EXPECT_EQ(read("Sure {as ever}:\n```json\n{\"n\": 2}\n```\nDone."), R"({"n":2})");
  EXPECT_THAT(read(R"({"n":2} or {"n":3})"), HasSubstr("several JSON objects"));
  EXPECT_THAT(read("Two dogs."), HasSubstr("not one JSON object"));
  EXPECT_EQ(*read_free_text(R"({"n":2})", &*schema, true), R"({"n":2})") << "whole, whatever the server says";
  EXPECT_FALSE(read_free_text(R"(So: {"n":2})", &*schema, true));
}

TEST(ReadSchema, OfAFile) {
  const fs::path file = fs::path(::testing::TempDir()) / "answer_schema.json";
  ASSERT_TRUE(write_file(file, "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}}\n"));
  EXPECT_EQ(*read_schema(file), R"({"type":"object","properties":{"n":{"type":"integer"}}})");
  ASSERT_TRUE(write_file(file, "{\n\"type\": objekt}\n"));
  EXPECT_THAT(read_schema(file).error().where, HasSubstr("answer_schema.json:2:"));
  EXPECT_FALSE(read_schema("/no/such/file"));
}

}  // namespace
}  // namespace dew::teacher
