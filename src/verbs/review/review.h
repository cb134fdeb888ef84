// review: people look at labels, the likeliest wrong ones first, and decide.
//
//     auto session = verbs::ReviewSession::open({.ranking = {.project = "person"}, .by = "ada"}, watch);
//     auto suspect = session->current(watch);      // which label, what the classifier thinks of it
//     auto picture = session->picture();
//     session->decide("yes");                      // stored before the call returns
//
// A terminal, a browser and a script drive the same session. How the ranking is made: docs/review.md.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "media/media.h"
#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// Which labels are ranked, and whose features the classifier reads.
struct RankingArgs {
  fs::path project;      ///< any folder inside it
  std::string backbone;  ///< "bundled", "random", an imported one's name, a file, or an int8 classifier
                         ///< (.tflite); empty: student::default_backbone()
  int input = 128;       ///< pixels of the backbone's square input, a multiple of 32; a .tflite has its own
  std::optional<Split> split;  ///< these samples only
};

/// One label in question.
struct Suspect {
  Sample sample;
  std::string label;                  ///< the class that stands
  std::string classifier;             ///< the class that a classifier gives which never saw this sample
  double label_probability = 0;       ///< that it gives the label
  double classifier_probability = 0;  ///< that it gives its own class
  double suspicion = 0;  ///< logarithm of odds: the larger, the likelier the label is wrong; comparable
                         ///< within one ranking
  std::optional<double> confidence;  ///< the teacher's in the label, 0...1
  std::string reason;                ///< the teacher's; may be empty
};

struct ReviewArgs {
  RankingArgs ranking;
  std::string by = "somebody";   ///< who decides, for the labels' origin
  std::optional<int64_t> limit;  ///< samples to ask about at most
  int64_t again = 25;            ///< decisions after which the rest is ranked anew; 0: never
};

/// What a review has come to.
struct ReviewOutcome : Outcome {
  int64_t decided = 0;  ///< labels by a person that this session leaves behind
  int64_t changed = 0;  ///< of them, how many differ from what stood
  int64_t unsure = 0;   ///< of them, how many set the sample aside
  int64_t skipped = 0;
  int64_t undone = 0;
  int64_t left = 0;  ///< in the queue: not asked yet, or skipped
};

enum class Undo {
  kNothing,    ///< this session has done nothing that could be taken back
  kTakenBack,  ///< the last step; what stood before stands again
  kOverruled,  ///< the last step was a decision that somebody else has replaced since: theirs stands
};

/// A queue of labels, walked one after the other. Every decision is in the database before the call returns:
/// a session that is dropped, or killed, loses nothing, and the next one does not ask about it again. One
/// thread at a time; any number of sessions may work on one project.
class ReviewSession {
 public:
  /// Ranks the labels. The queue is empty where people have decided about all of them. Error: no labels yet,
  /// no such backbone, no picture can be read, interrupted.
  static Result<ReviewSession> open(const ReviewArgs& args, Watch& watch);
  ReviewSession(ReviewSession&&) noexcept;
  ReviewSession& operator=(ReviewSession&&) noexcept;
  ~ReviewSession();

  /// The project's: its classes, and the answer that sets aside.
  [[nodiscard]] const Settings& settings() const;
  [[nodiscard]] const fs::path& project_folder() const;

  /// The label in question, null at the end of the queue; valid until the session is called again. Where
  /// `again` decisions have come since the last ranking, ranks anew first. Error: rank_again()'s; the next
  /// call tries again.
  Result<const Suspect*> current(Watch& watch);
  /// The picture of the label in question, cut but not scaled. Error: it cannot be read; the queue has ended.
  [[nodiscard]] Result<Image> picture() const;

  /// The person says `answer_class`; goes on to the next. The project's unsure answer sets aside. Error: no
  /// such class (usage; names the nearest), the database, the queue has ended. Then nothing has changed.
  Result<void> decide(const std::string& answer_class);
  /// The person cannot tell: the sample takes no part in training and tests.
  Result<void> set_aside();
  /// Goes on without a decision: the next session asks again. Nothing at the end of the queue.
  void skip();
  /// Takes the last step back that is not taken back yet, decision or skip, also from before a ranking; its
  /// label is in question again. Error: the database.
  Result<Undo> undo();

  /// Teaches the classifier the labels as they stand now, also what others decided meanwhile, and sorts what
  /// is left, behind the next `keep` labels: a face may have shown those already. What was walked stays as it
  /// is. Error: interrupted, the database; the old order stands.
  Result<void> rank_again(Watch& watch, size_t keep = 0);

  [[nodiscard]] size_t position() const;  ///< of the label in question, from 0; queue_length() at the end
  [[nodiscard]] size_t queue_length() const;
  [[nodiscard]] ReviewOutcome outcome() const;
  /// The samples that come after the label in question, `most` at most: to fetch their pictures ahead.
  [[nodiscard]] std::vector<int64_t> ahead(size_t most) const;
  /// How suspicious the last ranking found each label, by sample.
  [[nodiscard]] std::unordered_map<int64_t, double> suspicions() const;

 private:
  struct Inside;
  explicit ReviewSession(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

struct ListSuspectsArgs {
  RankingArgs ranking;
  int64_t count = 20;            ///< of the queue's head
  std::optional<int64_t> limit;  ///< of the queue's length
};

struct SuspectsOutcome : Outcome {
  int64_t queue_length = 0;
  std::vector<Suspect> suspects;  ///< the most suspicious first
};

/// What a session would ask about. Errors as ReviewSession::open().
Result<SuspectsOutcome> list_suspects(const ListSuspectsArgs& args, Watch& watch);

struct ImportLabelsArgs {
  fs::path project;
  fs::path file;                ///< CSV of sample or file name and class; see label/human.h
  std::string by = "somebody";  ///< who decided
  bool skip_unknown = false;    ///< leave out lines that do not name one sample, and take the others
};

struct ImportLabelsOutcome : Outcome {
  int64_t imported = 0;
  int64_t changed = 0;                     ///< of them, how many differ from what stood
  int64_t unsure = 0;                      ///< of them, how many set their sample aside
  int64_t unknown = 0;                     ///< lines left out, as they do not name one sample
  std::vector<std::string> first_unknown;  ///< the names in the first twenty of them
  std::map<std::string, int64_t> by_class;
};

/// Takes labels by people from a file, all of them or none. Error: unknown samples (usage; all such lines at
/// once) unless they are to be left out, an unknown class (usage; names the line and the nearest), the file,
/// the database.
Result<ImportLabelsOutcome> import_labels(const ImportLabelsArgs& args, Watch& watch);

struct ScoreRankingArgs {
  RankingArgs ranking;
  fs::path truth;      ///< labels by people, a file as import_labels() takes
  int64_t again = 25;  ///< as in ReviewArgs
};

/// What reviewing the most suspicious labels finds.
struct ReviewedShare {
  double share = 0;  ///< of the labels, 0...1
  int64_t reviewed = 0;
  int64_t found = 0;    ///< wrong labels among them
  double of_wrong = 0;  ///< share of all wrong labels that are found
};

struct ScoreRankingOutcome : Outcome {
  int64_t labels = 0;  ///< in question, with a label in the file
  int64_t wrong = 0;   ///< of them, how many the file contradicts
  int64_t again = 0;
  double classifier_accuracy = 0;  ///< of the first ranking's classifier, by the file
  double found_at_10_percent = 0;  ///< share of the wrong labels
  std::vector<ReviewedShare> curve;
};

/// Plays a review whose reviewer answers as the file does: how many of the labels that it contradicts come up
/// how early. As in a session, the labels are ranked anew after every `again` decisions, for the first fifth
/// of the labels. Labels by people, and those of which the file says nothing, take no part. Nothing is
/// stored. Error: the file contradicts no label; import_labels()'s; ReviewSession::open()'s.
Result<ScoreRankingOutcome> score_ranking(const ScoreRankingArgs& args, Watch& watch);

Json to_json(const Suspect& suspect);
Json to_json(const ReviewOutcome& outcome);
Json to_json(const SuspectsOutcome& outcome);
Json to_json(const ImportLabelsOutcome& outcome);
Json to_json(const ScoreRankingOutcome& outcome);

}  // namespace dew::verbs
