#include "intake/filling_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/intake/cameras.h"
#include "tests/verbs/recorded_watch.h"

namespace dew::intake {
namespace {

using namespace dew::testing;
using std::chrono_literals::operator""ms;

class Filling : public ::testing::Test {
 protected:
  void open(bool from_start = false) {
    auto opened = open_filling_folder(folder_, from_start, cameras_.host());
    ASSERT_EQ(error_of(opened), "fine");
    intake_ = *std::move(opened);
  }
  std::string next(std::chrono::milliseconds wait = 5000ms) {
    return next_of(*cameras_.find(folder_.string()), wait);
  }
  void put(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file(folder_ / name, bytes));
  }

  TemporaryFolder outer_ = *TemporaryFolder::create();
  fs::path folder_ = [this] {
    fs::create_directory(outer_.path() / "in");
    return outer_.path() / "in";
  }();
  Cameras cameras_;
  std::unique_ptr<Intake> intake_;
};

TEST_F(Filling, WhatArrivesIsTakenInItsOrderAndWhatWasThereIsLeft) {
  put("old.jpg", "old");
  open();
  for (const char* name : {"2", "1", "3"}) put(std::string(name) + ".jpg", name);
  put(".hidden.jpg", "hidden");
  put("note.txt", "text");
  ASSERT_TRUE(write_file(outer_.path() / "moved.png", "moved"));
  fs::rename(outer_.path() / "moved.png", folder_ / "moved.png");
  for (const char* expected : {"2", "1", "3", "moved"}) EXPECT_EQ(next(), expected);
  EXPECT_EQ(next(150ms), "nothing");
  EXPECT_TRUE(fs::exists(folder_ / "1.jpg")) << "pictures stay";
}

TEST_F(Filling, APictureIsTakenOnceItIsWhollyWritten) {
  open();
  std::ofstream writer(folder_ / "slow.jpg", std::ios::binary);
  writer << "half " << std::flush;
  EXPECT_EQ(next(200ms), "nothing");
  writer << "whole";
  writer.close();
  EXPECT_EQ(next(), "half whole");
}

TEST_F(Filling, FromTheStartTheOldestComesFirst) {
  const auto now = fs::file_time_type::clock::now();
  for (const auto& [name, hours] : {std::pair{"b", 3}, std::pair{"c", 2}, std::pair{"a", 1}}) {
    put(std::string(name) + ".jpg", name);
    fs::last_write_time(folder_ / (std::string(name) + ".jpg"), now - std::chrono::hours(hours));
  }
  open(true);
  put("new.jpg", "new");
  for (const char* expected : {"b", "c", "a", "new"}) EXPECT_EQ(next(), expected);
}

TEST_F(Filling, TimesAreTheFiles) {
  const auto now = fs::file_time_type::clock::now();
  for (const int hours : {5, 4}) {
    put(std::to_string(hours) + ".jpg", "x");
    fs::last_write_time(folder_ / (std::to_string(hours) + ".jpg"), now - std::chrono::hours(hours));
  }
  open(true);
  const auto first = cameras_.find(folder_.string())->take(5000ms);
  const auto second = cameras_.find(folder_.string())->take(5000ms);
  ASSERT_TRUE(first && second);
  EXPECT_NEAR(second->frame.seconds - first->frame.seconds, 3600, 1);
}

TEST_F(Filling, NothingIsDroppedWhereTheNetIsSlower) {
  open();
  const size_t count = PushedFrames::kMostWaiting + 40;
  for (size_t i = 0; i < count; ++i) put(std::to_string(i) + ".jpg", std::to_string(i));
  std::this_thread::sleep_for(200ms);
  for (size_t i = 0; i < count; ++i) EXPECT_EQ(next(), std::to_string(i));
  EXPECT_EQ(cameras_.find(folder_.string())->counts().dropped, 0);
}

TEST_F(Filling, AFolderThatVanishesIsToldAndWaitedFor) {
  open();
  put("1.jpg", "1");
  EXPECT_EQ(next(), "1");
  fs::rename(folder_, outer_.path() / "away");
  ASSERT_TRUE(soon([&] { return cameras_.warned("is gone") == 1; }));
  fs::create_directory(folder_);
  ASSERT_TRUE(soon([&] { return cameras_.warned("is back") == 1; }));
  put("2.jpg", "2");
  EXPECT_EQ(next(), "2");
  EXPECT_EQ(intake_->figures().reconnected, 1);
}

TEST_F(Filling, EmptyFilesAreCountedAndAFolderThatIsNotThereIsAnError) {
  open();
  put("empty.jpg", "");
  put("1.jpg", "1");
  EXPECT_EQ(next(), "1");
  EXPECT_EQ(intake_->figures().refused, 1);
  EXPECT_FALSE(open_filling_folder(outer_.path() / "nowhere", false, cameras_.host()));
}

}  // namespace
}  // namespace dew::intake
