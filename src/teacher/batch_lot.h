// batch_lot: the lines of a batch's files. A question goes up as one line and comes back as one, known by its
// custom id. Pure: nothing is sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/store.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// Which question a line is about: the sample and the vote.
using Ask = std::pair<int64_t, int>;

/// {"custom_id": "s-12", "method": "POST", ...} with a line break at its end. The third vote's id is
/// "s-12-3".
std::string lot_line(const Ask& ask, std::string_view chat_body);

struct LotReply {
  Ask ask;
  HttpReply reply;
};

/// {"custom_id": "s-12", "response": {"status_code": 200, "body": {...}}, "error": null}; absent: not a line
/// about a question of ours.
std::optional<LotReply> read_lot_line(std::string_view line);

/// The name of a lot among all jobs of an account, 32 hexadecimal digits: the same after a restart, and
/// another one for each upload. `lot` has been kept once.
std::string lot_name(const Batch& lot);

}  // namespace dew::teacher
