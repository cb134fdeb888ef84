// Until when a model is served, by its server's list of models.
#include "teacher/lifetime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "teacher/teacher.h"
#include "tests/teacher/fake_transport.h"

namespace dew::teacher {
namespace {

using dew::testing::FakeTransport;
using dew::testing::Scripted;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string list(const std::string& fields) {
  return R"({"object":"list","data":[{"id":"m-mini","shutdown_date":"2030-01-01"},{"id":"m")" + fields +
         "}]}";
}

TEST(ModelsEnd, ByTheNamesThatServersGiveIt) {
  EXPECT_EQ(end_in_list(list(R"(,"shutdown_date":"2027-01-14")"), "m"), "2027-01-14");
  EXPECT_EQ(end_in_list(list(R"(,"shutdown_date":null,"deprecation":"2027-01-14T00:00:00Z")"), "m"),
            "2027-01-14");
  EXPECT_EQ(end_in_list(list(R"(,"shutdown_date":1799884800)"), "m"), "2027-01-14");
  EXPECT_EQ(end_in_list(list(R"(,"expiration_date":"2027-01-14")"), "m"), "2027-01-14");
}

TEST(ModelsEnd, NothingWhereNoDayIsNamed) {
  for (const char* fields :
       {"", R"(,"shutdown_date":null)", R"(,"shutdown_date":"soon")", R"(,"shutdown_date":"2027-02-30")",
        R"(,"shutdown_date":-5)", R"(,"shutdown_date":{})", R"(,"shutdown_date":1e300)"})
    EXPECT_EQ(end_in_list(list(fields), "m"), "") << fields;
  for (const char* body : {"", "[]", "{}", R"({"data":{}})", R"({"data":[1,{"id":7}]})", "<html>"})
    EXPECT_EQ(end_in_list(body, "m"), "") << body;
}

TEST(ModelsEnd, IsAskedOnceAndFailsWithoutAWord) {
  Server server;
  server.url = "https://host/v1/chat/completions";
  server.key = "sk-1";
  Watch watch;
  const auto ask = [&](const HttpReply& reply, Milliseconds after) {
    FakeTransport transport([&](size_t, const HttpRequest& request) {
      EXPECT_EQ(request.url, "https://host/v1/models");
      EXPECT_TRUE(request.get);
      return Scripted{reply, after};
    });
    const std::string day = ask_for_end(transport, server, "m", watch);
    EXPECT_EQ(transport.started().size(), 1U);
    EXPECT_EQ(transport.in_flight(), 0U);
    return day;
  };
  HttpReply reply;
  reply.status = 200;
  reply.body = list(R"(,"shutdown_date":"2027-01-14")");
  EXPECT_EQ(ask(reply, 10ms), "2027-01-14");
  EXPECT_EQ(ask(reply, 60s), "") << "a slow server is not waited for";
  reply.status = 404;
  EXPECT_EQ(ask(reply, 10ms), "");
  reply.status = 0;
  reply.delivery = Delivery::kUnreachable;
  EXPECT_EQ(ask(reply, 10ms), "");
}

TEST(ModelsEnd, IsWarnedOfNinetyDaysBefore) {
  const auto on = [](std::chrono::year_month_day day) {
    return ending_warning("m", "2027-01-14", std::chrono::sys_days(day));
  };
  EXPECT_EQ(on(2026y / 10 / 15), "");
  EXPECT_THAT(on(2026y / 10 / 16), HasSubstr("no longer served from 2027-01-14, in 90 days"));
  EXPECT_THAT(on(2027y / 1 / 13), HasSubstr("in 1 day."));
  EXPECT_THAT(on(2027y / 1 / 14), HasSubstr("no longer served since 2027-01-14"));
  EXPECT_EQ(ending_warning("m", "", std::chrono::sys_days(2026y / 10 / 16)), "");
}

}  // namespace
}  // namespace dew::teacher
