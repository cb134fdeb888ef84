// Reads pictures ahead of their turn.
#include "teacher/question_queue.h"

namespace dew::teacher {

void QuestionQueue::prepare(std::vector<Reply>& replies) {
  auto question = next_();
  if (!question) {
    more_ = false;
    return;
  }
  auto pictures = pictures_of(*question, state_.question);
  if (!pictures) {
    replies.push_back(
        {question->sample, std::move(question->name), tl::unexpected(std::move(pictures).error())});
    return;
  }
  Asked one;
  one.sample = question->sample;
  one.vote = question->vote;
  one.name = std::move(question->name);
  one.pictures = *std::move(pictures);
  one.expected = expected_cost(state_, one.pictures);
  fresh_.push_back(std::move(one));
}

bool QuestionQueue::turn_of_later() const {
  return !later_.empty() && (later_.size() > most_ || (fresh_.empty() && !more_));
}

Asked* QuestionQueue::front() {
  if (turn_of_later()) return &later_.front();
  return fresh_.empty() ? nullptr : &fresh_.front();
}

Asked QuestionQueue::pop() {
  std::deque<Asked>& from = turn_of_later() ? later_ : fresh_;
  Asked one = std::move(from.front());
  from.pop_front();
  return one;
}

}  // namespace dew::teacher
