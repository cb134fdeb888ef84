// An earlier run's net as the teacher. It stands here because the teachers' room may not know the students'.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"
#include "teacher/teacher.h"

namespace dew::verbs {

/// `student` (the newest finished run) or `student:3`. Answers carry the net's probability as confidence;
/// nothing is sent anywhere. Error: no such run, one that was trained on other classes than the project has
/// now.
Result<std::unique_ptr<teacher::Teacher>> make_student_teacher(const Project& project,
                                                               const std::string& spec);

}  // namespace dew::verbs
