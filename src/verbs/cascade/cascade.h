// The cascade: the project's net watches videos and cameras, its events are logged, and a large model is
// asked about them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cascade/asker.h"
#include "cascade/judging.h"
#include "media/fragment.h"
#include "store/events.h"
#include "verbs/common/model.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// Lines that were posted to an address.
struct WebhookFigures {
  int64_t sent = 0;     ///< taken with a status of 2xx
  int64_t refused = 0;  ///< given up: a 4xx other than 408 and 429
  int64_t dropped = 0;  ///< the oldest, where too many waited
  int64_t waiting = 0;  ///< not delivered when the program ended
};

/// What was published by MQTT.
struct MqttOutFigures {
  int64_t sent = 0;         ///< messages that the broker confirmed
  int64_t dropped = 0;      ///< the oldest, where too many waited
  int64_t waiting = 0;      ///< not confirmed when the program ended
  int64_t reconnected = 0;  ///< times that the broker was back
};

/// Where pictures were pushed to.
struct PushedSource {
  std::string source;       ///< as it may be shown
  int64_t reconnected = 0;  ///< times that a broker was back
  int64_t refused = 0;      ///< messages that were no picture of a camera, or of one camera too many
};

struct CascadeArgs {
  ModelArgs model;  ///< its project keeps the events
  /// Videos, streams and cameras as FrameSource::open() takes them; "yard.mp4#xywh=0,0,192,192" watches that
  /// part of the frame. Several parts of one video are read once. "mqtt://[user@]host[:port]/topic": JPEG
  /// frames that boards publish; each topic that a wildcard takes is a camera. The password is
  /// DEWDROP_MQTT_PASSWORD. "frigate://[user@]host[:port][/prefix]": snapshots of what Frigate tracks; each
  /// is looked at for itself. A folder: the pictures that arrive in it.
  std::vector<std::string> sources;
  std::string
      listen;  ///< "127.0.0.1:8080": boards post JPEGs to /frames/<camera> there; empty: nobody listens
  bool folders_from_start = false;  ///< of folders also what lies in them already, the oldest first
  /// A keyword model, .tflite or microWakeWord's manifest: it listens to the sources' sound, and no net
  /// watches.
  fs::path sound;
  std::vector<std::function<void(Settings&)>> changes = {};  ///< to [cascade], for this call only
  std::vector<std::string> teachers;  ///< who is asked about events; empty: [cascade] of dewdrop.toml
  teacher::TeacherOptions options;    ///< how they are asked
  /// First the questions that failed, and those that a kill left uncertain, which may be paid for twice, wait
  /// again. No source is needed then.
  bool ask_again = false;
  /// After the last frame, how long questions that cannot be asked now (a budget, a server that is down) are
  /// waited for. Then they stay in the project, for the next call.
  std::chrono::milliseconds patience{5'000};
  std::string webhook;  ///< an address that the same lines are posted to; empty: none
  /// Where those lines, pictures and Home Assistant's devices are published:
  /// "mqtt://[user@]host[:port]/prefix". The password is DEWDROP_MQTT_PASSWORD. Empty: nowhere.
  std::string mqtt;
  fs::path lines;  ///< a JSON line an event is added to this file; "-": standard output; empty: nowhere
  std::function<void(const std::string&)> say_line = {};  ///< takes the lines for "-"
};

/// What the net said of pictures that are far apart in time.
struct Looks {
  int64_t looks = 0;
  int64_t unknown = 0;                  ///< of them, that the gate does not know
  int64_t unsure = 0;                   ///< of them, that speak neither for nor against an event
  std::array<int64_t, 10> histogram{};  ///< of the highest event score, in tenths
};

/// A share that is higher than with the project's own pictures, beyond what chance and another mix of classes
/// can do.
struct Drift {
  std::string what;  ///< "unknown" or "unsure"
  double share = 0;  ///< of the looks
  double low = 0;    ///< at least this, one-sided 95 %
  double usual = 0;  ///< at most this with the project's pictures: the class or place where it is highest,
                     ///< one-sided 95 %
};

/// What one source gave.
struct WatchedSource {
  std::string source;  ///< as it may be shown
  int64_t frames = 0;
  int64_t skipped = 0;  ///< of them, where nothing moved, so that the net did not run
  int64_t unknown = 0;  ///< of the frames that the net saw, that its gate did not know
  int64_t dropped = 0;  ///< of a live source, frames that came faster than the net took them
  int64_t breaks = 0;   ///< times that a live source broke off and was taken up again
  int64_t broken = 0;   ///< of a source whose pictures are pushed, those that could not be decoded
  double seconds = 0;   ///< of video
  int64_t events = 0;
  Looks looks;                     ///< one every ten seconds
  std::optional<Drift> drift;      ///< it shows the net other things than the project's pictures do
  std::optional<Error> broke_off;  ///< why it ended before its end
};

struct CascadeOutcome : Outcome {
  std::vector<WatchedSource> sources;  ///< cameras whose frames were pushed behind those that were named
  std::vector<PushedSource> pushed;
  bool listened = false;  ///< to sound: frames are answers of the sound net
  int64_t events = 0;     ///< that began
  int64_t known = 0;      ///< of them, that were in the log before: the recording was watched again
  int64_t pictures = 0;   ///< kept of them
  std::map<std::string, int64_t> by_class;
  std::optional<cascade::AskFigures> asked;  ///< absent: nobody is asked about events
  int64_t cut = 0;                           ///< events of an earlier run that its end cut off
  std::optional<WebhookFigures> webhook;     ///< absent: there is none
  std::optional<MqttOutFigures> mqtt;        ///< absent: nothing was to be published
  int64_t learned = 0;    ///< answers with a class that became the project's, each with its event's picture
  int64_t disagreed = 0;  ///< of them, another class than the tiny model's
  int64_t unsure = 0;     ///< frames that the net was unsure about and that became samples
  double wall_seconds = 0;
  std::optional<NetOfRun> net;
};

/// Watches until all sources have ended, or it is interrupted; live sources end with an error of theirs.
/// Whatever began is in the log when it returns. Error: no project, no net, no class that could be an event,
/// a source that cannot be opened while it is the only one, the log cannot be written.
Result<CascadeOutcome> cascade(const CascadeArgs& args, Watch& watch);

Json to_json(const CascadeOutcome& outcome);

/// Sources that are files by their whole path, so that the same recording is known from any folder; relative
/// ones start from `start`. Others as they are.
std::vector<std::string> whole_sources(std::vector<std::string> sources, const fs::path& start);

/// The file or folder that a source names, in its words or by a variable of the environment, with the part of
/// its frames; absent: it is an address, a camera or standard input. Error (usage): cascade()'s.
Result<std::optional<Fragment>> file_of_source(const std::string& source);

// --- tune ---

struct TuneArgs {
  ModelArgs model;
  std::vector<std::string> recordings;  ///< videos, or parts of them, as CascadeArgs::sources
  fs::path truth;                       ///< of the only recording; empty: the table beside each
  std::vector<std::function<void(Settings&)>> changes = {};
  double recall = 0.95;   ///< wanted, of events
  double usd_a_call = 0;  ///< what a question about an event costs, for the forecast
  fs::path page;          ///< with the curve; empty: tune.html in the project
  bool write = false;     ///< put what was chosen into dewdrop.toml
};

struct TunedClass {
  cascade::Rule rule;
  cascade::Judgement chosen;  ///< of the rule on all recordings, which it was chosen on
  cascade::Judgement apart;   ///< on recordings, or halves of one, that took no part in the choice
  double recall_low = 0;      ///< of `apart`: the recall is at least this, one-sided 95 %
  double sent_share = 0;      ///< of all frames, that are kept and sent, at most
  double events_a_day = 0;
  double usd_a_day = 0;
  std::vector<cascade::JudgedRule>
      frontier;  ///< rules than which none finds more while it tells fewer events
};

struct TuneOutcome : Outcome {
  std::vector<TunedClass> classes;
  std::vector<std::vector<cascade::Recording>> recordings;  ///< by class
  fs::path written;                                         ///< dewdrop.toml, where it was changed
  fs::path report;                                          ///< the page
  std::optional<NetOfRun> net;
};

/// Runs the net over recordings whose events are known (truth.h has the table), and picks for each event
/// class thresholds, n of m and the rest. Error: no recording, no table, no event in them, a live source.
Result<TuneOutcome> tune_cascade(const TuneArgs& args, Watch& watch);

Json to_json(const TuneOutcome& outcome);

/// What was chosen and what it does, as a table.
std::string tune_table(const TuneOutcome& outcome);

// --- report ---

struct CascadeReportArgs {
  fs::path project;
  fs::path page;       ///< empty: events.html in the project
  int64_t most = 200;  ///< events on the page, the newest
};

struct CascadeReportOutcome : Outcome {
  int64_t events = 0;  ///< in the log
  int64_t shown = 0;
  fs::path report;
};

/// Writes a page with the events, their pictures, what was asked and said, and what that cost, from the log
/// alone.
Result<CascadeReportOutcome> cascade_report(const CascadeReportArgs& args, Watch& watch);

Json to_json(const CascadeReportOutcome& outcome);

// --- the log, for a face that shows it ---

struct LoggedEvent {
  Event event;
  std::vector<EventQuestion> questions;
};

struct LoggedEvents {
  int64_t total = 0;                ///< events in the log
  int64_t questions = 0;            ///< calls that were made about them
  double usd = 0;                   ///< what those cost, or may have cost
  std::vector<LoggedEvent> events;  ///< the newest first
};

/// `project`: any folder inside it. Events whose id is below `before` (0: all), `most` at most.
Result<LoggedEvents> logged_events(const fs::path& project, int64_t before, int64_t most);

/// The file, JPEG, of one of the pictures of an event, from 0 in the order they happened. Absent: there is
/// none of that number, or it was deleted.
Result<std::optional<std::string>> event_picture(const fs::path& project, int64_t event, int64_t number);

Json to_json(const LoggedEvents& log);

/// The object of one event, as `lines` has it.
Json event_json(const Event& event);

/// And of an answer about one.
Json answer_json(const Event& event, const EventQuestion& question);

}  // namespace dew::verbs
