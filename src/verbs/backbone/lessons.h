// Lessons for a backbone: views of pictures, and what a larger int8 net's last features say of each.
#pragma once

#include <string>
#include <vector>

#include "base/base.h"
#include "student/student.h"

namespace dew::verbs {

struct LessonArgs {
  std::vector<fs::path> pictures;  ///< files, or folders of them
  fs::path teacher;                ///< an int8 .tflite that classifies pictures
  int size = 96;                   ///< pixels of a view's side
  int views = 3;                   ///< of each picture: the whole, then crops
  fs::path folder;                 ///< where lessons are kept
};

/// Makes the lessons, or what is missing of them: `folder`/views.rgb and targets.bin grow together, and a
/// broken run goes on where it ended. Error: a folder that holds other lessons, a teacher whose last layer
/// is not a dense one over features, an unreadable picture.
Result<student::PretrainData> make_lessons(const LessonArgs& args, Watch& watch);

}  // namespace dew::verbs
