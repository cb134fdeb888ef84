// events_page: what a cascade saw and asked, as one self-contained page. Gets all of it as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/media.h"

namespace dew::report {

struct ShownPicture {
  Image picture;       ///< empty: its file is gone
  std::string why;     ///< "first", "surest" ...
  double seconds = 0;  ///< from the start of the source
  double score = 0;    ///< 0...1
};

struct ShownAnswer {
  std::string by;        ///< the model
  std::string state;     ///< "answered", "waiting", "failed", "uncertain", "asking"
  std::string question;  ///< that was asked; empty: not known
  std::string text;      ///< the answer, or why there is none
  std::optional<double> usd;
};

struct ShownEvent {
  int64_t id = 0;
  std::string source;  ///< with the part of the frame, if it was one
  std::string event_class;
  std::string at;     ///< UTC; empty: of a file
  std::string state;  ///< "open", "ended", "cut"
  double start = 0;   ///< seconds from the start of the source
  double end = 0;
  double score = 0;
  std::vector<ShownPicture> pictures;
  std::vector<ShownAnswer> answers;
};

struct EventsPage {
  std::string title;     ///< the project
  std::string question;  ///< that is asked about events; empty: none
  std::string made_at;
  int64_t events = 0;  ///< in the log
  double usd = 0;      ///< spent on all questions
  int64_t questions = 0;
  std::vector<ShownEvent> shown;  ///< the newest of them, oldest first
};

/// Whole and well-formed, whatever the texts hold.
std::string to_html(const EventsPage& page);

}  // namespace dew::report
