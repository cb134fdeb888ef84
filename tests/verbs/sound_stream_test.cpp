// A stream of sound that breaks off is taken up again, and what is said then is heard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "store/events.h"
#include "tests/support/wav.h"
#include "tests/verbs/watching_beside.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::SizeIs;

const fs::path kFixtures = DEWDROP_SOURCE_DIR "/tests/verbs/fixtures";

/// As a server sends what it records: nobody knows how long it will be.
std::string without_length(std::string wav) {
  const size_t data = wav.find("data");
  for (const size_t at : {size_t{4}, data + 4}) wav.replace(at, 4, "\xff\xff\xff\xff");
  return wav;
}

/// A microphone on the network: the first connection ends after a second of silence, the second one after the
/// word, and the others are silent.
class Microphone {
 public:
  explicit Microphone(std::string word) : word_(std::move(word)) {
    server_.Get("/sound", [this](const httplib::Request&, httplib::Response& response) {
      const bool speaks = connections_++ == 1;
      response.set_chunked_content_provider("audio/wav", [this, speaks](size_t, httplib::DataSink& sink) {
        const std::string& wav = speaks ? word_ : silence_;
        sink.write(wav.data(), wav.size());
        sink.done();
        return true;
      });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  Microphone(const Microphone&) = delete;
  Microphone& operator=(const Microphone&) = delete;
  ~Microphone() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_) + "/sound"; }

 private:
  const std::string word_;
  const std::string silence_ = without_length(wav_of(std::vector<int16_t>(16'000, 0)));
  httplib::Server server_;
  std::atomic<int> connections_{0};
  int port_ = 0;
  std::thread thread_;
};

TEST(CascadeSoundStream, ABreakIsToldAndTheWordBehindItIsHeard) {
  const TemporaryFolder folder = *TemporaryFolder::create();
  make_disc_project(folder.path() / "p", 4);
  const Microphone microphone(without_length(*read_file(kFixtures / "dewdrop.wav")));
  CascadeArgs asked;
  asked.model.project = folder.path() / "p";
  asked.sources = {microphone.address()};
  asked.sound = kFixtures / "dewdrop.tflite";
  LiveWatch watch;
  std::optional<Result<CascadeOutcome>> outcome;
  std::thread running([&] { outcome = cascade(asked, watch); });
  const auto events = [&] {
    const auto project = Project::open(folder.path() / "p");
    return EventLog::open(*project)->events_after(0, 1000).value();
  };
  EXPECT_TRUE(soon([&] { return some_hold(watch.warned(), "is back after"); }));
  EXPECT_TRUE(soon([&] { return !events().empty() && events()[0].state == "ended"; }));
  watch.stop = true;
  running.join();
  ASSERT_EQ(error_of(*outcome), "fine");
  EXPECT_TRUE(some_hold(watch.warned(), "the stream has ended; it is opened again as soon as it can be"));
  ASSERT_THAT(events(), SizeIs(1));
  EXPECT_EQ(events()[0].event_class, "dewdrop");
}

TEST(CascadeSoundStream, OneThatWasNeverThereIsAnError) {
  const TemporaryFolder folder = *TemporaryFolder::create();
  make_disc_project(folder.path() / "p", 4);
  CascadeArgs asked;
  asked.model.project = folder.path() / "p";
  asked.sources = {"http://127.0.0.1:9/sound"};
  asked.sound = kFixtures / "dewdrop.tflite";
  RecordedWatch watch;
  const auto outcome = cascade(asked, watch);
  EXPECT_NE(error_of(outcome), "fine");
}

}  // namespace
}  // namespace dew::verbs
