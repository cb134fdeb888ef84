// Forecasts, pictures and answers of chat-completions teachers.
#include "teacher/chat_teacher.h"

#include <algorithm>

#include "teacher/lifetime.h"

namespace dew::teacher {

Cost expected_cost(const ChatState& state, const ChatPictures& pictures) {
  const ImageRule rule = state.price ? state.price->image : ImageRule{};
  Cost cost{chat_tokens(state.question, rule, pictures),
            state.reply_length.forecast(reply_tokens(state.question)), std::nullopt};
  if (state.price) cost.usd = state.price->of(cost.tokens_in, cost.tokens_out);
  return cost;
}

Result<ChatPictures> pictures_of(const Question& question, const ChatQuestion& how) {
  ChatPictures pictures;
  DEW_TRY(const Image image, question.picture());
  DEW_TRY(pictures.picture, chat_picture(image, how));
  pictures.caption = question.caption;
  for (const Shown& one : question.more) {
    DEW_TRY(const Image shown, one.picture());
    DEW_TRY(auto sent, chat_picture(shown, how));
    pictures.more.push_back({std::move(sent), one.caption});
  }
  if (how.context == Context::kNone || !question.context) return pictures;
  DEW_TRY(const Image around, question.context());
  DEW_TRY(pictures.context, chat_picture(around, how));
  return pictures;
}

Answer answer_of(const ChatState& state, int64_t sample, int vote, ChatAnswer said, std::string raw,
                 const Cost& spent) {
  Answer answer;
  answer.sample = sample;
  answer.teacher = "openai";
  answer.model = state.question.model;
  answer.prompt_hash = vote_hash(state.prompt_hash, vote);
  answer.raw = std::move(raw);
  answer.answer_class = std::move(said.label);
  answer.confidence = said.confidence;
  answer.reason = std::move(said.reason);
  answer.tokens_in = spent.tokens_in;
  answer.tokens_out = spent.tokens_out;
  answer.cost_usd = state.price ? spent.usd.value_or(0) : 0;
  answer.at = utc_text(state.options.clock->utc());
  return answer;
}

ChatPicture ChatTeacher::as_sent(Size size) const {
  const int64_t longest = std::max(size.width, size.height);
  const int64_t most = state_.question.jpeg_size;
  if (longest <= most) return {{}, size.width, size.height};
  const auto scaled = [&](int side) { return std::max(1, static_cast<int>(side * most / longest)); };
  return {{}, scaled(size.width), scaled(size.height)};
}

Cost ChatTeacher::forecast_event(const std::vector<Size>& pictures) const {
  constexpr const char* kCaption = "frame 10 of 10, 12.4 s after the first";
  ChatPictures shown;
  if (!pictures.empty()) shown.picture = as_sent(pictures.front());
  shown.caption = kCaption;
  for (size_t i = 1; i < pictures.size(); ++i) shown.more.push_back({as_sent(pictures[i]), kCaption});
  return expected_cost(state_, shown);
}

Cost ChatTeacher::forecast(Size picture, Size context) const {
  const bool shown = state_.question.context != Context::kNone && context.width > 0;
  return expected_cost(state_, {as_sent(picture), shown ? as_sent(context) : ChatPicture{}});
}

std::string ChatTeacher::prices_true_on() const {
  return state_.price ? state_.price->true_on : std::string();
}

std::string ChatTeacher::prompt_text() const {
  return system_text(state_.question) + "\n\n" + state_.question.question;
}

std::string ChatTeacher::ends_on(Watch& watch) {
  if (state_.server.azure) return {};  // retires models on days of its own, which its list does not tell
  const std::string day = ask_for_end(*state_.transport, state_.server, state_.question.model, watch);
  return day.empty() && state_.price ? state_.price->ends_on : day;
}

}  // namespace dew::teacher
