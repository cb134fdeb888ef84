#include "exchange/spill.h"

#include <unistd.h>

namespace dew::exchange {

Spill::Place Spill::add(std::string_view bytes) {
  if (!file_ && !failed_) file_.reset(std::tmpfile());
  failed_ = failed_ || !file_ || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size() ||
            std::fflush(file_.get()) != 0;
  if (failed_) {
    kept_.push_back(texts_.keep(bytes));
    return {kept_.size() - 1, static_cast<uint32_t>(bytes.size()), true};
  }
  const Place place{size_, static_cast<uint32_t>(bytes.size()), false};
  size_ += bytes.size();
  return place;
}

std::string Spill::read(const Place& place) const {
  if (place.in_memory) return std::string(kept_[place.at]);
  std::string bytes(place.size, '\0');
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::pread(::fileno(file_.get()), bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(place.at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      intact_ = false;
      return {};
    }
    done += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace dew::exchange
