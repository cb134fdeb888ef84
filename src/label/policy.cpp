// Votes, voices, ties, the threshold.
#include "label/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace dew::label {
namespace {

constexpr double kUntold =
    0.75;  ///< of a voter that tells no confidence: (k + 1/2) / (n + 1) with one of one

int vote_of(std::string_view vote_hash) {
  const std::string_view own = prompt_of(vote_hash);
  int vote = 1;
  if (own.size() < vote_hash.size())
    std::from_chars(vote_hash.data() + own.size() + 1, vote_hash.data() + vote_hash.size(), vote);
  return vote;
}

/// A voter's voice among others'.
struct Heard {
  Voice voice;
  double confidence = kUntold;
  bool told = false;
};

/// The choice with the most; the newest of equals, and whether there are any.
struct Winner {
  int choice = 0;
  bool tie = false;
};

Winner winner_of(const std::map<int, double>& score, const std::map<int, int64_t>& newest) {
  constexpr double kSame = 1e-9;
  double most = 0;
  for (const auto& [choice, sum] : score) most = std::max(most, sum);
  Winner winner;
  int equals = 0;
  int64_t latest = -1;
  for (const auto& [choice, sum] : score) {
    if (sum < most - kSame) continue;
    ++equals;
    if (newest.at(choice) > latest) {
      latest = newest.at(choice);
      winner.choice = choice;
    }
  }
  winner.tie = equals > 1;
  return winner;
}

/// log(p / (1 - p)) for two classes; with more, the wrong ones share 1 - p.
double log_odds(double confidence, size_t classes) {
  const double p = std::clamp(confidence, 1e-6, 1 - 1e-6);
  return std::max(1e-3, std::log(p * static_cast<double>(classes - 1) / (1 - p)));
}

/// The probability of `choice` by summed log-odds, the unsure answer left out.
double posterior(const std::map<int, double>& evidence, int choice, size_t classes) {
  double sum = static_cast<double>(classes);
  for (const auto& [other, odds] : evidence)
    if (other < static_cast<int>(classes)) sum += std::exp(odds) - 1;
  return std::exp(evidence.at(choice)) / sum;
}

/// The mean of what the voters give `choice`; of several that tell nothing, by their voices.
std::optional<double> together(const std::vector<Heard>& heard, int choice, size_t votes, size_t classes) {
  const auto voters = static_cast<double>(heard.size());
  double sum = 0;
  double voices = 0;
  bool told = false;
  for (const Heard& one : heard) {
    sum += one.voice.top == choice ? one.confidence : (1 - one.confidence) / static_cast<double>(classes - 1);
    const auto share = one.voice.share.find(choice);
    voices += share == one.voice.share.end() ? 0 : share->second;
    told = told || one.told;
  }
  if (told) return sum / voters;
  if (votes < 2) return std::nullopt;
  const auto n = static_cast<double>(votes);
  return (voices / voters * n + 0.5) / (n + 1);
}

std::vector<const Ballot*> that_count(const Ballots& ballots, size_t begin, size_t end,
                                      const std::vector<bool>& electorate) {
  std::vector<const Ballot*> count;
  for (size_t at = begin; at < end; ++at)
    if (electorate.at(static_cast<size_t>(ballots.all[at].voter))) count.push_back(&ballots.all[at]);
  if (!count.empty()) return count;
  const auto newest = std::max_element(ballots.all.begin() + static_cast<int64_t>(begin),
                                       ballots.all.begin() + static_cast<int64_t>(end),
                                       [](const Ballot& a, const Ballot& b) { return a.answer < b.answer; });
  for (size_t at = begin; at < end; ++at)
    if (ballots.all[at].voter == newest->voter) count.push_back(&ballots.all[at]);
  return count;
}

std::string ids_of(const std::vector<const Ballot*>& ballots) {
  std::vector<int64_t> ids;
  for (const Ballot* ballot : ballots) ids.push_back(ballot->answer);
  std::sort(ids.begin(), ids.end());
  return fmt::format("{}", fmt::join(ids, ","));
}

std::optional<double> told_by(const Ballot& ballot) {
  if (!ballot.confidence) return std::nullopt;
  return static_cast<double>(*ballot.confidence);
}

/// Whom the policy follows: a choice, how sure it is, whether there was a tie.
struct PolicyChoice {
  int choice = 0;
  bool tie = false;
  std::optional<double> confidence;
};

PolicyChoice by_newest(const Ballots& ballots, const std::vector<const Ballot*>& count, size_t classes,
                       const Calibrate& calibrate) {
  const Ballot& newest = **std::max_element(
      count.begin(), count.end(), [](const Ballot* a, const Ballot* b) { return a->answer < b->answer; });
  PolicyChoice result{newest.choice, false, told_by(newest)};
  if (newest.choice < static_cast<int>(classes))
    if (const auto better =
            calibrate(ballots.voters[static_cast<size_t>(newest.voter)], newest.choice, result.confidence))
      result.confidence = better;
  return result;
}

PolicyChoice by_voices(const Ballots& ballots, const std::vector<const Ballot*>& count, bool weighted,
                       size_t classes, const Calibrate& calibrate) {
  std::vector<Heard> heard;
  std::map<int, double> score;
  std::map<int, int64_t> newest;
  for (size_t at = 0; at < count.size();) {
    std::vector<Ballot> votes;
    const int32_t voter = count[at]->voter;
    for (; at < count.size() && count[at]->voter == voter; ++at) {
      votes.push_back(*count[at]);
      int64_t& latest = newest.try_emplace(count[at]->choice, -1).first->second;
      latest = std::max(latest, count[at]->answer);
    }
    Heard one{voice_of(votes.data(), votes.data() + votes.size(), classes)};
    auto confidence = one.voice.confidence;
    if (one.voice.top < static_cast<int>(classes))
      if (const auto better =
              calibrate(ballots.voters[static_cast<size_t>(voter)], one.voice.top, confidence))
        confidence = better;
    one.told = confidence.has_value();
    one.confidence = confidence.value_or(kUntold);
    for (const auto& [choice, share] : one.voice.share)
      score[choice] += share * (weighted ? log_odds(one.confidence, classes) : 1);
    heard.push_back(std::move(one));
  }
  const Winner winner = winner_of(score, newest);
  PolicyChoice result{winner.choice, winner.tie, std::nullopt};
  if (winner.choice == static_cast<int>(classes)) return result;
  result.confidence = together(heard, winner.choice, count.size(), classes);
  if (weighted && heard.size() > 1 && result.confidence)
    result.confidence = posterior(score, winner.choice, classes);
  return result;
}

}  // namespace

std::optional<int> class_index(const Settings& settings, std::string_view name) {
  const auto at = std::find(settings.classes.begin(), settings.classes.end(), name);
  if (at == settings.classes.end()) return std::nullopt;
  return static_cast<int>(at - settings.classes.begin());
}

Voter voter_of(const Answer& answer) {
  return {answer.teacher, answer.model, std::string(prompt_of(answer.prompt_hash))};
}

void cast(Ballots& ballots, const Answer& answer, const Settings& settings) {
  const bool unsure = !settings.unsure.empty() && answer.answer_class == settings.unsure;
  const auto known = class_index(settings, answer.answer_class);
  if (!known && !unsure) return;
  const Voter voter = voter_of(answer);
  const auto at = std::find(ballots.voters.begin(), ballots.voters.end(), voter);
  Ballot ballot;
  ballot.sample = answer.sample;
  ballot.answer = answer.id;
  ballot.voter = static_cast<int32_t>(at - ballots.voters.begin());
  ballot.vote = vote_of(answer.prompt_hash);
  ballot.choice = known.value_or(static_cast<int>(settings.classes.size()));
  if (answer.confidence) ballot.confidence = static_cast<float>(*answer.confidence);
  if (at == ballots.voters.end()) ballots.voters.push_back(voter);
  ballots.all.push_back(ballot);
}

void sort_ballots(Ballots& ballots) {
  std::sort(ballots.all.begin(), ballots.all.end(), [](const Ballot& a, const Ballot& b) {
    return std::tie(a.sample, a.voter, a.vote, b.answer) < std::tie(b.sample, b.voter, b.vote, a.answer);
  });
  const auto same = [](const Ballot& a, const Ballot& b) {
    return a.sample == b.sample && a.voter == b.voter && a.vote == b.vote;
  };
  ballots.all.erase(std::unique(ballots.all.begin(), ballots.all.end(), same), ballots.all.end());
}

Voice voice_of(const Ballot* begin, const Ballot* end, size_t classes) {
  const auto votes = static_cast<double>(end - begin);
  std::map<int, int64_t> newest;
  Voice voice;
  for (const Ballot* ballot = begin; ballot != end; ++ballot) {
    voice.share[ballot->choice] += 1 / votes;
    int64_t& latest = newest.try_emplace(ballot->choice, -1).first->second;
    latest = std::max(latest, ballot->answer);
  }
  const Winner winner = winner_of(voice.share, newest);
  voice.top = winner.choice;
  voice.tie = winner.tie;
  if (voice.top == static_cast<int>(classes)) return voice;
  if (std::all_of(begin, end, [](const Ballot& ballot) { return ballot.confidence.has_value(); })) {
    double sum = 0;
    for (const Ballot* ballot = begin; ballot != end; ++ballot) {
      const auto told = static_cast<double>(*ballot->confidence);
      sum += ballot->choice == voice.top ? told : (1 - told) / static_cast<double>(classes - 1);
    }
    voice.confidence = sum / votes;
  } else if (votes > 1) {
    voice.confidence = (voice.share[voice.top] * votes + 0.5) / (votes + 1);
  }
  return voice;
}

Decision decide_one(const Ballots& ballots, size_t begin, size_t end, const std::vector<bool>& electorate,
                    const Settings& settings, const Calibrate& calibrate) {
  const auto count = that_count(ballots, begin, end, electorate);
  const size_t classes = settings.classes.size();
  const PolicyChoice result =
      settings.policy == "newest"
          ? by_newest(ballots, count, classes, calibrate)
          : by_voices(ballots, count, settings.policy == "weighted", classes, calibrate);
  Decision decision;
  decision.sample = ballots.all[begin].sample;
  decision.confidence = result.confidence;
  decision.basis = ids_of(count);
  if (count.size() > 1) decision.basis += " " + settings.policy;
  if (result.tie && settings.tie == "unsure") {
    decision.aside = Decision::Aside::kTie;
    decision.basis += ", tie";
  } else if (result.choice == static_cast<int>(classes)) {
    decision.aside = Decision::Aside::kUnsure;
  } else if (result.confidence && *result.confidence < settings.threshold) {
    decision.aside = Decision::Aside::kThreshold;
    decision.basis += fmt::format(", {:.3f} is below {}", *result.confidence, settings.threshold);
  } else {
    decision.choice = result.choice;
  }
  return decision;
}

std::vector<Decision> decide_all(const Ballots& ballots, const std::vector<Voter>& electorate,
                                 const Settings& settings, const Calibrate& calibrate) {
  std::vector<bool> elected(ballots.voters.size());
  for (size_t i = 0; i < ballots.voters.size(); ++i)
    elected[i] = std::find(electorate.begin(), electorate.end(), ballots.voters[i]) != electorate.end();
  std::vector<Decision> decisions;
  for (size_t begin = 0; begin < ballots.all.size();) {
    size_t end = begin;
    while (end < ballots.all.size() && ballots.all[end].sample == ballots.all[begin].sample) ++end;
    decisions.push_back(decide_one(ballots, begin, end, elected, settings, calibrate));
    begin = end;
  }
  return decisions;
}

}  // namespace dew::label
