#include "teacher/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/teacher/environment.h"

namespace dew::teacher {
namespace {

using dew::testing::Environment;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-test-0123456789abcdef";

class SpecTest : public ::testing::Test {
 protected:
  Environment base_{"OPENAI_BASE_URL", std::nullopt};
  Environment key_{"OPENAI_API_KEY", kKey};
  Environment organization_{"OPENAI_ORG_ID", std::nullopt};
  Environment organization_too_{"OPENAI_ORGANIZATION", std::nullopt};
  Environment project_{"OPENAI_PROJECT_ID", std::nullopt};
  Environment project_too_{"OPENAI_PROJECT", std::nullopt};
};

Result<Server> server_of(const std::string& spec, const TeacherOptions& options = {}) {
  DEW_TRY(const auto parsed, parse_spec(spec, options));
  return find_server(std::get<OpenAiSpec>(parsed));
}

std::string all_of(const Error& error) {
  return error.what + "|" + error.where + "|" + error.next;
}

TEST_F(SpecTest, ModelsUrlsAndFiles) {
  const auto openai = parse_spec("openai:gpt-4o", {});
  ASSERT_TRUE(openai);
  EXPECT_EQ(std::get<OpenAiSpec>(*openai).model, "gpt-4o");
  EXPECT_EQ(std::get<OpenAiSpec>(*openai).base_url, "https://api.openai.com/v1");
  const auto local = parse_spec("http://127.0.0.1:8080/v1#qwen2.5-vl:7b", {});
  ASSERT_TRUE(local);
  EXPECT_EQ(std::get<OpenAiSpec>(*local).model, "qwen2.5-vl:7b");
  EXPECT_EQ(std::get<OpenAiSpec>(*local).base_url, "http://127.0.0.1:8080/v1");
  const auto replay = parse_spec("replay:some folder/answers.jsonl", {});
  ASSERT_TRUE(replay);
  EXPECT_EQ(std::get<ReplaySpec>(*replay).file, "some folder/answers.jsonl");
}

TEST_F(SpecTest, OptionsAndEnvironmentNameTheServer) {
  const Environment base("OPENAI_BASE_URL", "http://gateway:4000/v1/");
  EXPECT_EQ(server_of("openai:m")->url, "http://gateway:4000/v1/chat/completions");
  TeacherOptions options;
  options.base_url = "https://other/v1";
  options.model = "m";
  EXPECT_EQ(server_of("openai:", options)->url, "https://other/v1/chat/completions");
  EXPECT_EQ(server_of("http://localhost:1/v1", options)->url, "http://localhost:1/v1/chat/completions");
  EXPECT_EQ(server_of("http://localhost:1/v1/chat/completions#m")->url,
            "http://localhost:1/v1/chat/completions");
}

TEST_F(SpecTest, WhatIsNoTeacher) {
  for (const char* spec : {"", "gpt-4o", "openai:", "openai: ", "replay:", "http://127.0.0.1:8080/v1",
                           "ftp://x#m", "http://127.0.0.1:8080/v1#"}) {
    const auto parsed = parse_spec(spec, {});
    ASSERT_FALSE(parsed) << spec;
    EXPECT_EQ(parsed.error().fault, Fault::kUsage) << spec;
    EXPECT_FALSE(parsed.error().next.empty()) << spec;
  }
}

TEST_F(SpecTest, WhatIsNoServer) {
  for (const char* spec : {"http://#m", "http://host:99999/v1#m", "https://user:pass@host/v1#m",
                           "https://pass@host/v1#m", "https://host/v1?key=pass#m"}) {
    const auto server = server_of(spec);
    ASSERT_FALSE(server) << spec;
    EXPECT_EQ(server.error().fault, Fault::kUsage) << spec;
    EXPECT_THAT(all_of(server.error()), Not(HasSubstr("pass@"))) << "a password is not repeated";
    EXPECT_THAT(all_of(server.error()), Not(HasSubstr("=pass"))) << "a password is not repeated";
  }
}

TEST_F(SpecTest, TheKeyGoesWhereItIsSafe) {
  EXPECT_EQ(server_of("openai:m")->key, kKey);
  EXPECT_EQ(server_of("https://host/v1#m")->key, kKey);
  for (const char* here : {"http://127.0.0.1:1/v1#m", "http://localhost:1/v1#m", "http://[::1]:1/v1#m"}) {
    EXPECT_EQ(server_of(here)->key, kKey) << here;
    EXPECT_TRUE(server_of(here)->direct) << here;
  }
  EXPECT_EQ(server_of("http://192.168.1.2/v1#m")->key, "") << "in the clear, to another machine";
  EXPECT_THAT(server_of("http://192.168.1.2/v1#m")->withheld, ::testing::ElementsAre("OPENAI_API_KEY"));
  const Environment base("OPENAI_BASE_URL", "http://192.168.1.2/v1");
  EXPECT_EQ(server_of("openai:m")->key, kKey) << "named beside the key";
}

TEST_F(SpecTest, AMissingOrBrokenKey) {
  {
    const Environment none("OPENAI_API_KEY", std::nullopt);
    const auto server = server_of("openai:gpt-4o");
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().fault, Fault::kUsage);
    EXPECT_THAT(server.error().what, HasSubstr("OPENAI_API_KEY is not set"));
    EXPECT_TRUE(server_of("http://127.0.0.1:8080/v1#m")) << "a server of one's own needs none";
  }
  const Environment trailing("OPENAI_API_KEY", std::string(kKey) + "\n");
  EXPECT_EQ(server_of("openai:m")->key, kKey);
  const Environment broken("OPENAI_API_KEY", "sk-secret\r\nX-Evil: 1");
  const auto server = server_of("openai:m");
  ASSERT_FALSE(server);
  EXPECT_THAT(all_of(server.error()), Not(HasSubstr("secret")));
}

/// "Name: value" of all headers but the type.
std::vector<std::string> sent(const std::string& spec, const std::vector<std::string>& headers) {
  TeacherOptions options;
  const auto parsed = parse_spec(spec, options);
  const auto server = find_server(std::get<OpenAiSpec>(*parsed), headers);
  EXPECT_TRUE(server) << server.error().what;
  auto lines = headers_of(*server);
  lines.erase(lines.begin());
  return lines;
}

std::string refusal_of(const std::vector<std::string>& headers) {
  const auto server = find_server({"m", "https://host/v1"}, headers);
  return server ? std::string("sent") : all_of(server.error());
}

TEST_F(SpecTest, HeadersForGatewaysTakeTheirSecretsFromTheEnvironment) {
  const Environment secret("GATEWAY_KEY", "gw-0123456789");
  const std::string authorization = std::string("Authorization: Bearer ") + kKey;
  EXPECT_THAT(sent("https://host/v1#m", {"X-Api-Key: $GATEWAY_KEY", "X-Title:  My project "}),
              ElementsAre("X-Api-Key: gw-0123456789", "X-Title: My project", authorization));
  EXPECT_THAT(sent("https://host/v1#m", {"authorization: Basic ${GATEWAY_KEY}"}),
              ElementsAre("authorization: Basic gw-0123456789"))
      << "in place of the key";
  EXPECT_THAT(sent("http://192.168.1.2/v1#m", {"X-Api-Key: $GATEWAY_KEY", "X-Title: t"}),
              ElementsAre("X-Title: t"))
      << "no secret in the clear, to another machine";
  EXPECT_THAT(sent("http://127.0.0.1:1/v1#m", {"X-Api-Key: $GATEWAY_KEY"}),
              ElementsAre("X-Api-Key: gw-0123456789", authorization));
}

TEST_F(SpecTest, HeadersThatCannotBeSent) {
  const Environment unset("GATEWAY_KEY", std::nullopt);
  const Environment broken("BROKEN", "gw-secret\r\nX-Evil: 1");
  EXPECT_THAT(refusal_of({"X-Api-Key: $GATEWAY_KEY"}), HasSubstr("GATEWAY_KEY is not set"));
  EXPECT_THAT(refusal_of({"X-Api-Key: $BROKEN"}), HasSubstr("line break"));
  EXPECT_THAT(refusal_of({"X-Api-Key: $"}), HasSubstr("no variable's name"));
  EXPECT_THAT(refusal_of({"X-Api-Key: ${GATEWAY_KEY"}), HasSubstr("no variable's name"));
  EXPECT_THAT(refusal_of({"X-Api-Key: gw-secret"}), HasSubstr("looks like a secret"));
  EXPECT_THAT(refusal_of({"gw-secret"}), HasSubstr("not written as"));
  EXPECT_THAT(refusal_of({"X Key: $HOME"}), HasSubstr("not written as"));
  EXPECT_THAT(refusal_of({"Content-Type: text/plain"}), HasSubstr("cannot be changed"));
  EXPECT_THAT(refusal_of({"X-Title: "}), HasSubstr("empty"));
  for (const char* line : {"X-Api-Key: $BROKEN", "X-Api-Key: gw-secret", "gw-secret"})
    EXPECT_THAT(refusal_of({line}), Not(HasSubstr("gw-secret"))) << line;
}

TEST_F(SpecTest, OrganisationAndProjectGoToOpenAiAndToTheServerBesideTheKey) {
  const Environment organization("OPENAI_ORG_ID", "org-1");
  const Environment project("OPENAI_PROJECT", "proj_1");
  const std::string authorization = std::string("Authorization: Bearer ") + kKey;
  const auto both = ElementsAre("OpenAI-Organization: org-1", "OpenAI-Project: proj_1", authorization);
  EXPECT_THAT(sent("openai:m", {}), both);
  EXPECT_THAT(sent("https://host/v1#m", {}), ElementsAre(authorization)) << "they are not its business";
  const Environment base("OPENAI_BASE_URL", "https://gateway/v1");
  EXPECT_THAT(sent("openai:m", {}), both);
}

TEST_F(SpecTest, SecretsAreHiddenInWhatAServerSends) {
  const Environment secret("GATEWAY_KEY", "gw-0123456789");
  const auto server = find_server({"m", "https://host/v1"}, {"X-Api-Key: Token $GATEWAY_KEY"});
  ASSERT_TRUE(server);
  std::string text = std::string("you sent ") + kKey + " and Token gw-0123456789 twice: gw-0123456789";
  hide_secrets(*server, text);
  EXPECT_EQ(text, "you sent [key] and Token [secret] twice: [secret]");
}

TEST_F(SpecTest, WhoSendsNothingNeedsNoKey) {
  const Environment no_key("OPENAI_API_KEY", "");
  const Prompt prompt{"Is it?", {"yes", "no"}, "unsure"};
  TeacherOptions options;
  options.headers = {"X-Api-Key: $A_KEY_THAT_IS_NOT_SET"};
  EXPECT_FALSE(make_teacher("openai:gpt-4o", prompt, options));
  options.sends = false;
  const auto made = make_teacher("openai:gpt-4o", prompt, options);
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_THAT((*made)->prompt_text(), HasSubstr("Is it?"));
  EXPECT_GT((*made)->forecast({640, 480}, {}).usd.value_or(0), 0);
  EXPECT_FALSE(make_teacher("http://me:secret@host/v1#m", prompt, options));
}

TEST_F(SpecTest, MakeTeacherChecksWhatItIsGiven) {
  const Prompt prompt{"Is it?", {"yes", "no"}, "unsure"};
  EXPECT_TRUE(make_teacher("openai:gpt-4o", prompt, {}));
  EXPECT_FALSE(make_teacher("openai:gpt-4o", Prompt{" ", {"yes", "no"}, ""}, {}));
  EXPECT_FALSE(make_teacher("openai:gpt-4o", Prompt{"Is it?", {"yes"}, ""}, {}));
  EXPECT_FALSE(make_teacher("openai:gpt-4o", Prompt{"Is it?", {"yes", "no"}, "no"}, {}));
  const auto with = [&](const std::function<void(TeacherOptions&)>& change) {
    TeacherOptions options;
    change(options);
    const auto made = make_teacher("openai:gpt-4o", prompt, options);
    return made ? std::string() : made.error().what;
  };
  EXPECT_THAT(with([](auto& o) { o.concurrency = 0; }), HasSubstr("in flight"));
  EXPECT_THAT(with([](auto& o) { o.retries = -1; }), HasSubstr("retries"));
  EXPECT_THAT(with([](auto& o) { o.jpeg_quality = 101; }), HasSubstr("quality"));
  EXPECT_THAT(with([](auto& o) { o.detail = "medium"; }), HasSubstr("detail"));
  EXPECT_THAT(with([](auto& o) { o.timeout = {}; }), HasSubstr("timeout"));
}

}  // namespace
}  // namespace dew::teacher
