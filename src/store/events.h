// events: what a cascade saw, and what it asked about it. A row an event and a row a question, in the
// project's database; the pictures of an event stand beside it, in .dewdrop/events/<id>/.
//
// An event is known by where and when it began, so that a recording that is watched again finds its events
// instead of making new ones.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "media/geometry.h"
#include "store/store.h"

namespace dew {

/// A picture that an event keeps.
struct EventPicture {
  std::string file;    ///< below EventLog::folder(id): "3.jpg"
  int64_t frame = 0;   ///< of its source, from 0
  double seconds = 0;  ///< from the start of the source
  double score = 0;    ///< of the event's class, 0...1
  std::string why;     ///< "before", "first", "surest", "sharpest", "between"
};

/// What the tiny model saw.
struct Event {
  int64_t id = 0;
  std::string source;          ///< a path, or an address without its password
  std::optional<Rect> region;  ///< the part of each frame that was watched; absent: all of it
  std::string event_class;
  int64_t first_frame = 0;
  int64_t last_frame = 0;  ///< of the frames seen so far
  double start = 0;        ///< seconds from the start of the source
  double end = 0;
  double score = 0;  ///< the highest of the class, 0...1
  /// UTC, when it began; of a file: empty, it has no time of its own.
  std::string at;
  /// "open": it goes on; "ended"; "cut": the program ended before the event did.
  std::string state = "open";
  std::vector<EventPicture> pictures;  ///< in the order they happened
};

/// One question to a large model about an event.
struct EventQuestion {
  int64_t id = 0;
  int64_t event = 0;
  std::string teacher;  ///< Teacher::name()
  std::string model;
  std::string prompt_hash;
  /// "waiting": to be asked; "asking": sent, no reply yet; "answered"; "failed": never to be asked again;
  /// "uncertain": the program was killed while it was asked, and it may have been paid for.
  std::string state = "waiting";
  std::string answer;  ///< a text, or a JSON object on one line
  std::string error;   ///< why there is none
  std::string raw;     ///< what came back, byte for byte
  int64_t tries = 0;
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;
  std::optional<double> cost_usd;  ///< absent: no price is known
  std::string at;                  ///< UTC, when it last changed
};

/// The log of a project. It has its own connection, for one thread; others open their own. Errors of all
/// calls: as Project's.
class EventLog {
 public:
  static Result<EventLog> open(const Project& project);
  EventLog(EventLog&&) noexcept;
  EventLog& operator=(EventLog&&) noexcept;
  ~EventLog();

  /// Where the pictures of an event are.
  [[nodiscard]] fs::path folder(int64_t event) const;

  /// An event that begins. One that is there already (the same source, region, class, first frame and `at`)
  /// is given back as it is, with its id.
  Result<Event> begin(const Event& event);
  /// How it goes on or has ended, with its pictures.
  Result<void> update(const Event& event);
  /// Those of an earlier program that are open still are "cut". Returns how many. To be called before any
  /// begins, by the only program that watches this project.
  Result<int64_t> cut_open();

  /// Those behind the one with this id, `most` at most, in the order in which they began.
  [[nodiscard]] Result<std::vector<Event>> events_after(int64_t id, int64_t most) const;
  /// Those before it, `most` at most, the newest first; id 0: of all.
  [[nodiscard]] Result<std::vector<Event>> events_before(int64_t id, int64_t most) const;
  /// Error: there is none of that id.
  [[nodiscard]] Result<Event> event(int64_t id) const;
  [[nodiscard]] Result<int64_t> count() const;

  /// A question to be asked, id 0, or one that has changed; returns it with its id. The same event, teacher,
  /// model and prompt make one question: of a new one that is there already, that one is returned, unchanged.
  Result<EventQuestion> keep(EventQuestion question);
  /// About this event, in the order they were first kept.
  [[nodiscard]] Result<std::vector<EventQuestion>> questions_about(int64_t event) const;
  /// In this state, by event.
  [[nodiscard]] Result<std::vector<EventQuestion>> questions_in(const std::string& state) const;
  /// What was asked since `at` (UTC, as utc_text() writes it): calls made, and what they cost or may have
  /// cost.
  struct Spent {
    int64_t calls = 0;
    double usd = 0;
  };
  [[nodiscard]] Result<Spent> spent_since(const std::string& at) const;

 private:
  struct Inside;
  explicit EventLog(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
