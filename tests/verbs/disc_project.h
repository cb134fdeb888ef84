// A project of discs with labels, to be trained in seconds.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "label/label.h"
#include "tests/support/shapes.h"
#include "verbs/project/project.h"

namespace dew::testing {

/// "disc-007.png" shows a disc where its number is even.
inline bool shows_disc(const std::string& sample) {
  return std::stoi(sample.substr(5, 3)) % 2 == 0;
}

/// What a teacher says of a sample; empty: nothing.
using Says = std::string (*)(const std::string& sample);

inline std::string says_the_truth(const std::string& sample) {
  return shows_disc(sample) ? "yes" : "no";
}

/// A teacher's answers become the labels.
inline void label_samples(const fs::path& folder, Says says) {
  auto project = Project::open(folder);
  ASSERT_TRUE(project);
  std::vector<Answer> answers;
  const auto samples = project->samples().value();
  for (const Sample& sample : samples) {
    Answer answer;
    answer.sample = sample.id;
    answer.teacher = "replay";
    answer.model = "test";
    answer.prompt_hash = "hash";
    answer.answer_class = says(sample.name);
    answer.at = "2026-01-01T00:00:00Z";
    if (!answer.answer_class.empty()) answers.push_back(answer);
  }
  ASSERT_TRUE(project->add_answers(answers));
  ASSERT_TRUE(label::relabel(*project));
}

/// `count` pictures in a project at `folder`: a tiny net of 32 pixels, two epochs. Nothing is labelled.
inline void make_disc_project(const fs::path& folder, int count) {
  const auto pictures = TemporaryFolder::create();
  ASSERT_TRUE(pictures);
  for (int i = 0; i < count; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "disc-%03d.png", i);
    const Image picture = disc_picture(i % 2 == 0, static_cast<uint64_t>(i));
    ASSERT_TRUE(write_file(pictures->path() / name, encode_png(picture)));
  }
  Watch watch;
  verbs::NewArgs fresh{folder, {}};
  Settings& settings = fresh.settings;
  settings.name = "disc";
  settings.question = "Is there a disc?";
  settings.classes = {"yes", "no"};
  settings.unsure = "unsure";
  settings.net = "tiny";
  settings.alpha = 1;
  settings.input = 32;
  settings.epochs = 2;
  settings.validation_share = 0.2;
  ASSERT_TRUE(verbs::create_project(fresh, watch));
  verbs::AddArgs added;
  added.project = folder;
  added.files = {pictures->path()};
  ASSERT_TRUE(verbs::add(added, watch));
}

/// The labelled samples of a split.
inline int64_t labelled_in(const fs::path& folder, Split split) {
  int64_t count = 0;
  const auto project = Project::open(folder);
  if (!project) return -1;
  const auto labelled = label::labelled_samples(*project).value();
  for (const label::Labelled& one : labelled) count += one.sample.split == split ? 1 : 0;
  return count;
}

}  // namespace dew::testing
