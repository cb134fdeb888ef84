// breaker: a circuit breaker for a server that fails.
//
// After `give_up` failures in a row it opens: one request at a time probes whether the server is back. An
// answer closes it; more than `probes` failed probes end the run. So a restart of the server costs a few
// seconds, and a server that is down does not cost a hundred thousand requests.
#pragma once

namespace dew::teacher {

class Breaker {
 public:
  Breaker(int give_up, int probes) : give_up_(give_up), probes_(probes) {}

  [[nodiscard]] bool open() const { return row_ >= give_up_; }
  [[nodiscard]] bool hopeless() const { return failed_probes_ > probes_; }
  [[nodiscard]] int row() const { return row_; }
  [[nodiscard]] int failed_probes() const { return failed_probes_; }

  /// The server has answered, whatever it said.
  void alive() { row_ = failed_probes_ = 0; }
  /// `probe`: the request was sent while the breaker was open. Failures of requests that were in flight when
  /// it opened do not count as probes.
  void failed(bool probe) {
    ++row_;
    if (probe) ++failed_probes_;
  }

 private:
  int give_up_;
  int probes_;
  int row_ = 0;
  int failed_probes_ = 0;
};

}  // namespace dew::teacher
