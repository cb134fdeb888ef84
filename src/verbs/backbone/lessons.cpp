// Makes lessons: cuts views, runs the teacher's int8 graph on them up to its last dense layer.
#include "verbs/backbone/lessons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <future>
#include <random>
#include <thread>

#include "base/beside.h"
#include "compiler/compiler.h"
#include "graph/graph.h"
#include "target/target.h"
#include "verbs/common/cut_net.h"
#include "verbs/common/outcome.h"
#include "verbs/common/picture_files.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

double uniform(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
}

/// View 0 is the whole picture; the others are windows of 30 to 100 % of its area (half and more of a
/// small picture) and 3:4 to 4:3, the same ones each time: drawn from the picture's place in the list.
Rect window(const Image& image, size_t picture, int view) {
  const Rect whole{0, 0, image.width, image.height};
  if (view == 0) return whole;
  std::mt19937_64 random(picture * 1000003 + static_cast<size_t>(view));
  constexpr int kSmall = 80;
  const double least = std::min(image.width, image.height) < kSmall ? 0.5 : 0.3;
  const double area = uniform(random, least, 1.0) * image.width * image.height;
  const double aspect = std::exp(uniform(random, std::log(0.75), std::log(4.0 / 3.0)));
  Rect cut;
  cut.width = std::clamp(static_cast<int>(std::sqrt(area * aspect)), 8, image.width);
  cut.height = std::clamp(static_cast<int>(std::sqrt(area / aspect)), 8, image.height);
  cut.x = static_cast<int>(uniform(random, 0, image.width - cut.width + 1));
  cut.y = static_cast<int>(uniform(random, 0, image.height - cut.height + 1));
  return cut;
}

/// What one picture gives.
struct ViewsOfPicture {
  std::string views;
  std::string targets;
};

Result<ViewsOfPicture> show_teacher(const CutNet& teacher, target::HostNet& net, const LessonArgs& args,
                                    const fs::path& file, size_t number) {
  constexpr int kLeast = 8;
  DEW_TRY(const Image image, read_image(file));
  if (image.width < kLeast || image.height < kLeast)
    return work_error("smaller than 8 pixels", file.string(), "leave it out");
  ViewsOfPicture made;
  for (int view = 0; view < args.views; ++view) {
    const Image part = crop(image, window(image, number, view));
    const Image small = resize(part, args.size, args.size);
    made.views.append(reinterpret_cast<const char*>(small.rgb.data()), small.rgb.size());
    DEW_TRY(const auto tensor, to_tensor(part, teacher.input));
    DEW_TRY(const auto output, net.run(tensor));
    made.targets.append(reinterpret_cast<const char*>(output.data()), output.size());
  }
  return made;
}

/// The two files that grow picture by picture.
class LessonFiles {
 public:
  static Result<LessonFiles> open(const fs::path& folder, int64_t done, int64_t view_bytes,
                                  int64_t target_bytes) {
    LessonFiles files;
    DEW_CHECK(files.open_one(files.views_, folder / "views.rgb", done * view_bytes));
    DEW_CHECK(files.open_one(files.targets_, folder / "targets.bin", done * target_bytes));
    return files;
  }
  Result<void> append(const ViewsOfPicture& more) {
    views_ << more.views;
    views_.flush();
    targets_ << more.targets;
    targets_.flush();
    if (!views_ || !targets_) return work_error("the lessons cannot be written", {}, "is the disk full?");
    return {};
  }

 private:
  static Result<void> open_one(std::ofstream& file, const fs::path& path, int64_t bytes) {
    { std::ofstream create(path, std::ios::app | std::ios::binary); }
    std::error_code failed;
    fs::resize_file(path, static_cast<uintmax_t>(bytes), failed);
    if (!failed) file.open(path, std::ios::app | std::ios::binary);
    if (failed || !file) return work_error("cannot be written", path.string());
    return {};
  }
  std::ofstream views_;
  std::ofstream targets_;
};

int64_t size_of(const fs::path& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  return failed ? 0 : static_cast<int64_t>(size);
}

Result<void> check_folder(const LessonArgs& args, const std::vector<fs::path>& files) {
  DEW_CHECK(make_folders(args.folder));
  DEW_TRY(const std::string teacher, sha256_file(args.teacher));
  std::string names;
  for (const fs::path& file : files) names += file.string() + '\n';
  const std::string mark =
      Json{{"teacher", teacher}, {"pictures", sha256(names)}, {"size", args.size}, {"views", args.views}}
          .dump() +
      "\n";
  const fs::path path = args.folder / "lessons.json";
  std::error_code failed;
  if (!fs::exists(path, failed)) return write_file(path, mark);
  DEW_TRY(const std::string there, read_file(path, 1 << 20));
  if (there == mark) return {};
  return work_error("holds other lessons", args.folder.string(), "name another folder, or remove this one");
}

Result<std::vector<uint8_t>> read_all(const fs::path& path) {
  std::vector<uint8_t> bytes(static_cast<size_t>(size_of(path)));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) return work_error("cannot be read", path.string());
  return bytes;
}

}  // namespace

Result<student::PretrainData> make_lessons(const LessonArgs& args, Watch& watch) {
  std::vector<fs::path> files;
  for (const fs::path& path : args.pictures) {
    DEW_TRY(const auto found, pictures_at(path, watch));
    files.insert(files.end(), found.begin(), found.end());
  }
  DEW_CHECK(check_folder(args, files));
  DEW_TRY(const CutNet teacher, cut_net(args.teacher));
  const int64_t view_bytes = int64_t{3} * args.size * args.size * args.views;
  const int64_t target_bytes = int64_t{teacher.head.features} * args.views;
  int64_t done = std::min(size_of(args.folder / "views.rgb") / view_bytes,
                          size_of(args.folder / "targets.bin") / target_bytes);
  DEW_TRY(LessonFiles kept, LessonFiles::open(args.folder, done, view_bytes, target_bytes));
  const auto total = static_cast<int64_t>(files.size());
  watch.begin("asking the teacher", total);
  const int64_t together = std::max(1U, std::thread::hardware_concurrency());
  std::vector<target::HostNet> nets;  // one a thread
  for (int64_t i = 0; i < together; ++i) nets.emplace_back(teacher.plan);
  while (done < total) {
    if (watch.interrupted()) return interrupted_error();
    std::vector<std::future<Result<ViewsOfPicture>>> made;
    const int64_t first = done;
    for (int64_t i = first; i < std::min(first + together, total); ++i)
      made.push_back(beside([&, i, first] {
        return show_teacher(teacher, nets[static_cast<size_t>(i - first)], args,
                            files[static_cast<size_t>(i)], static_cast<size_t>(i));
      }));
    for (auto& one : made) {
      DEW_TRY(const ViewsOfPicture finished, one.get());
      DEW_CHECK(kept.append(finished));
      watch.advance(++done);
    }
  }
  watch.end();
  student::PretrainData lessons;
  lessons.size = args.size;
  lessons.views = args.views;
  lessons.head = teacher.head;
  DEW_TRY(lessons.pictures, read_all(args.folder / "views.rgb"));
  DEW_TRY(lessons.targets, read_all(args.folder / "targets.bin"));
  return lessons;
}

}  // namespace dew::verbs
