// A source of sound: files of any rate, and what is told of those that cannot be heard.
#include "media/sound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/videoio.hpp>

#include "tests/media/samples.h"
#include "tests/support/wav.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<int16_t> tone(int count, double hertz, int rate, int channels = 1) {
  std::vector<int16_t> samples;
  for (int i = 0; i < count; ++i)
    for (int channel = 0; channel < channels; ++channel)
      samples.push_back(static_cast<int16_t>(8000 * std::sin(2 * 3.14159265358979 * hertz * i / rate)));
  return samples;
}

class Sound : public ::testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& bytes) {
    const fs::path path = folder_.path() / name;
    EXPECT_TRUE(write_file(path, bytes));
    return path;
  }
  Result<std::vector<int16_t>> all(const std::string& source) {
    DEW_TRY(SoundSource sound, SoundSource::open(source, watch_));
    std::vector<int16_t> samples;
    while (true) {
      DEW_TRY(const auto some, sound.read(watch_));
      if (some.empty()) return samples;
      samples.insert(samples.end(), some.begin(), some.end());
    }
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  Watch watch_;
};

TEST_F(Sound, AWavOfItsOwnRateComesAsItIs) {
  const auto samples = tone(40'000, 440, 16'000);
  const auto heard = all(write("tone.wav", wav_of(samples)));
  ASSERT_TRUE(heard) << told(heard);
  EXPECT_EQ(*heard, samples);
}

TEST_F(Sound, OtherRatesAndChannelsAreConverted) {
  for (const uint32_t rate : {8'000U, 22'050U, 44'100U, 48'000U}) {
    const auto given = tone(static_cast<int>(rate), 440, static_cast<int>(rate), 2);
    const auto heard = all(write("tone.wav", wav_of(given, rate, 2)));
    ASSERT_TRUE(heard) << told(heard);
    ASSERT_NEAR(static_cast<double>(heard->size()), 16'000, 40) << rate;
    const auto expected = tone(16'000, 440, 16'000);
    double most = 0;
    for (size_t i = 1000; i < 15'000; ++i) most = std::max(most, std::abs(1.0 * (*heard)[i] - expected[i]));
    EXPECT_LT(most, 8000 * 0.12) << rate << ": the same tone, at the same time";
  }
}

TEST_F(Sound, WhatCannotBeHeardIsTold) {
  EXPECT_THAT(told(all((folder_.path() / "none.wav").string())), HasSubstr("none.wav"));
  EXPECT_THAT(told(all(write("text.wav", "no sound at all, just a text of some length"))),
              HasSubstr("text.wav"));
  EXPECT_THAT(told(all(write("cut.wav", wav_of({}).substr(0, 20)))), HasSubstr("cut.wav"));
  EXPECT_THAT(told(all("microphone:no-such-device")), HasSubstr("microphone:no-such-device"));
  const fs::path video = folder_.path() / "mute.avi";
  {
    cv::VideoWriter writer(video.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, cv::Size(64, 48));
    const Image grey = plain(64, 48, 90, 90, 90);
    for (int k = 0; k < 5; ++k) writer.write(cv::Mat(48, 64, CV_8UC3, const_cast<uint8_t*>(grey.rgb.data())));
  }
  EXPECT_THAT(told(all(video)), AllOf(HasSubstr("holds no sound"), HasSubstr("mute.avi")));
}

TEST_F(Sound, AFileThatIsCutOffGivesWhatItHas) {
  const auto samples = tone(16'000, 300, 16'000);
  const std::string wav = wav_of(samples);
  const auto heard = all(write("cut.wav", wav.substr(0, 44 + 2 * 10'000)));
  ASSERT_TRUE(heard) << told(heard);
  EXPECT_EQ(*heard, std::vector<int16_t>(samples.begin(), samples.begin() + 10'000));
}

TEST_F(Sound, ARateThatNoSoundHasIsRefused) {
  EXPECT_FALSE(all(write("fast.wav", wav_of(tone(1000, 440, 16'000), 4'000'000'000U))));
  EXPECT_FALSE(all(write("many.wav", wav_of(tone(1000, 440, 16'000), 16'000, 500))));
}

}  // namespace
}  // namespace dew
