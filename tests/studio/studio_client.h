// A studio over a small project, and a browser's part of the talk with it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "studio/studio.h"
#include "tests/verbs/disc_project.h"

namespace dew::testing {

using Json = nlohmann::json;

class StudioTest : public ::testing::Test {
 protected:
  /// The project p with `pictures` discs; a page of a few files.
  void make(int pictures) {
    make_disc_project(project(), pictures);
    ASSERT_TRUE(write_file(page() / "index.html", "<!doctype html><title>page</title>"));
    ASSERT_TRUE(write_file(page() / "assets" / "main-1.js", "export {};"));
    ASSERT_TRUE(write_file(folder_.path() / "secret.txt", "not for anybody"));
    fs::create_symlink(folder_.path() / "secret.txt", page() / "linked.txt");
  }
  /// `port` 0: the usual one, or any that is free.
  void open(int port = 0) {
    studio::StudioArgs args;
    args.port = port;
    args.project = fs::relative(project());  // as people name it
    args.page = page();
    args.open_browser = false;
    args.by = "ada";
    auto opened = studio::Studio::open(args, watch_);
    ASSERT_TRUE(opened) << opened.error().what;
    studio_ = *std::move(opened);
    const std::string url = studio_->url();
    const size_t colon = url.rfind(':', url.find('?'));
    host_ = url.substr(7, url.find('/', 7) - 7);
    port_ = std::stoi(url.substr(colon + 1));
    token_ = url.substr(url.find("token=") + 6);
    const auto reply = httplib::Client("127.0.0.1", port_).Get("/?token=" + token_);
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->status, 303);
    const std::string given = reply->get_header_value("Set-Cookie");
    cookie_ = given.substr(0, given.find(';'));
  }

  [[nodiscard]] fs::path project() const { return folder_.path() / "p"; }
  [[nodiscard]] fs::path page() const { return folder_.path() / "page"; }
  [[nodiscard]] httplib::Headers headers() const {
    return {{"Cookie", cookie_}, {"Origin", "http://" + host_}};
  }

  /// The status of a GET; its body is in `body_`.
  int get(const std::string& path, const httplib::Headers& headers) {
    const auto reply = httplib::Client("127.0.0.1", port_).Get(path, headers);
    body_ = reply ? reply->body : "";
    return reply ? reply->status : -1;
  }
  int get(const std::string& path) { return get(path, headers()); }
  Json json_at(const std::string& path) {
    EXPECT_EQ(get(path), 200) << path << body_;
    return Json::parse(body_, nullptr, false);
  }
  int post(const std::string& path, const std::string& body, const httplib::Headers& headers,
           const std::string& type = "application/json") {
    const auto reply = httplib::Client("127.0.0.1", port_).Post(path, headers, body, type);
    body_ = reply ? reply->body : "";
    return reply ? reply->status : -1;
  }
  int post(const std::string& path, const Json& body) { return post(path, body.dump(), headers()); }
  Json posted(const std::string& path, const Json& body, int status = 200) {
    EXPECT_EQ(post(path, body), status) << path << body_;
    return Json::parse(body_, nullptr, false);
  }

  /// The job once it has ended.
  Json ended(const Json& started) {
    const int64_t id = started.value("id", int64_t{-1});
    for (int i = 0; i < 1200; ++i) {
      const Json jobs = json_at("/api/jobs");
      for (const Json& job : jobs.at("jobs"))
        if (job.at("id") == id && job.at("state") != "waiting" && job.at("state") != "running") return job;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "the job did not end";
    return Json::object();
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  Watch watch_;
  std::unique_ptr<studio::Studio> studio_;
  std::string host_;
  std::string token_;
  std::string cookie_;
  int port_ = 0;
  std::string body_;
};

}  // namespace dew::testing
