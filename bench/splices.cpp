#include "bench/splices.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace dew::bench {
namespace {

cv::Mat floats(const Image& image) {
  const cv::Mat bytes(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  cv::Mat out;
  bytes.convertTo(out, CV_32FC3);
  return out;
}

Image bytes(const cv::Mat& picture) {
  Image image{picture.cols, picture.rows, std::vector<uint8_t>(picture.total() * 3)};
  cv::Mat out(picture.rows, picture.cols, CV_8UC3, image.rgb.data());
  picture.convertTo(out, CV_8UC3);
  return image;
}

cv::Mat median_of(const std::vector<Image>& pictures) {
  Image median = pictures.front();
  std::vector<uint8_t> values(pictures.size());
  for (size_t at = 0; at < median.rgb.size(); ++at) {
    for (size_t i = 0; i < pictures.size(); ++i) values[i] = pictures[i].rgb[at];
    std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
    median.rgb[at] = values[values.size() / 2];
  }
  return floats(median);
}

constexpr double kNoise = 18;   ///< grey levels that a camera's noise may make
constexpr double kSurely = 40;  ///< and that something else has made

/// The largest step of the three channels, without single pixels.
cv::Mat steps_of(const cv::Mat& frame, const cv::Mat& empty) {
  cv::Mat step;
  cv::absdiff(frame, empty, step);
  std::vector<cv::Mat> channels;
  cv::split(step, channels);
  cv::Mat most = cv::max(cv::max(channels[0], channels[1]), channels[2]);
  cv::GaussianBlur(most, most, {5, 5}, 0);
  return most;
}

cv::Mat three(const cv::Mat& one) {
  cv::Mat out;
  cv::merge(std::vector<cv::Mat>{one, one, one}, out);
  return out;
}

/// 0 where the frame is as the empty scene, 1 where it is something else.
cv::Mat matte_of(const cv::Mat& frame, const cv::Mat& empty) {
  cv::Mat matte = (steps_of(frame, empty) - kNoise) / (kSurely - kNoise);
  matte = cv::min(cv::max(matte, 0), 1);
  // Clothes of the colour of the ground make holes.
  cv::morphologyEx(matte, matte, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_ELLIPSE, {9, 9}));
  return matte;
}

/// The share of the light that is left around what was cut out: 1 where no shadow lies.
cv::Mat shadow_of(const cv::Mat& frame, const cv::Mat& empty, const cv::Mat& matte) {
  cv::Mat grey;
  cv::Mat grey_empty;
  cv::cvtColor(frame, grey, cv::COLOR_RGB2GRAY);
  cv::cvtColor(empty, grey_empty, cv::COLOR_RGB2GRAY);
  cv::Mat left = (grey + 8) / (grey_empty + 8);
  cv::GaussianBlur(left, left, {9, 9}, 0);
  left = cv::min(cv::max(left, 0.4), 1.0);
  cv::Mat near;
  cv::dilate(matte, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {31, 31}));
  return three(1 - near.mul(1 - left));
}

/// What the camera's noise adds. Whoever is partly in the picture, and was not counted, is no noise.
cv::Mat noise_of(const cv::Mat& frame, const cv::Mat& empty) {
  cv::Mat calm;
  cv::threshold(steps_of(frame, empty), calm, kNoise, 1, cv::THRESH_BINARY_INV);
  cv::erode(calm, calm, cv::getStructuringElement(cv::MORPH_ELLIPSE, {15, 15}));
  cv::Mat noise = frame - empty;
  return noise.mul(three(calm));
}

cv::Mat mirrored(const cv::Mat& picture, bool mirror) {
  if (!mirror) return picture;
  cv::Mat out;
  cv::flip(picture, out, 1);
  return out;
}

}  // namespace

struct Splices::Scene {
  cv::Mat empty;
  std::vector<cv::Mat> noise;  ///< what its frames differ by while nobody is there
};

struct Splices::Walk {
  size_t tile = 0;
  std::vector<cv::Mat> frames;
  std::vector<cv::Mat> mattes;
  std::vector<cv::Mat> shadows;  ///< share of the light that is left
  cascade::TrueEvent shows;      ///< seconds from the walk's first frame
};

Splices::~Splices() = default;
size_t Splices::walks() const {
  return walks_.size();
}
size_t Splices::scenes() const {
  return scenes_.size();
}

Splices::Splices(std::vector<TileFilm> tiles, double fps, uint32_t seed) : fps_(fps), random_(seed) {
  constexpr double kAround = 1;  ///< seconds of a walk that are taken before and after somebody was seen
  for (size_t tile = 0; tile < tiles.size(); ++tile) {
    const TileFilm& film = tiles[tile];
    Scene scene{median_of(film.sampled), {}};
    const auto within = [&](double seconds, double slack) {
      return std::any_of(film.present.begin(), film.present.end(), [&](const auto& one) {
        return seconds >= one.start - slack && seconds <= one.end + slack;
      });
    };
    for (size_t i = 0; i < film.frames.size(); ++i)
      if (!within(static_cast<double>(i) / fps, kAround))
        scene.noise.push_back(noise_of(floats(film.frames[i]), scene.empty));
    for (const auto& one : film.present) {
      if (one.start < kAround) continue;  // was there before the stretch began
      Walk walk;
      walk.tile = tile;
      const auto first = static_cast<size_t>((one.start - kAround) * fps);
      const auto last = std::min(film.frames.size() - 1, static_cast<size_t>((one.end + kAround) * fps));
      std::vector<double> areas;
      for (size_t i = first; i <= last; ++i) {
        walk.frames.push_back(floats(film.frames[i]));
        walk.mattes.push_back(matte_of(walk.frames.back(), scene.empty));
        walk.shadows.push_back(shadow_of(walk.frames.back(), scene.empty, walk.mattes.back()));
        areas.push_back(cv::sum(walk.mattes.back())[0]);
      }
      const double enough = *std::max_element(areas.begin(), areas.end()) / 10;
      const auto is_enough = [&](double area) { return area >= enough; };
      const auto from = std::find_if(areas.begin(), areas.end(), is_enough) - areas.begin();
      const auto to = areas.rend() - std::find_if(areas.rbegin(), areas.rend(), is_enough) - 1;
      walk.shows = {static_cast<double>(from) / fps, static_cast<double>(to) / fps};
      walks_.push_back(std::move(walk));
    }
    scenes_.push_back(std::move(scene));
  }
  // A scene that was never empty long enough borrows the noise of the one before.
  for (size_t i = 0; i < scenes_.size(); ++i)
    for (size_t k = 1; scenes_[i].noise.size() < 10 && k < scenes_.size(); ++k)
      scenes_[i].noise = scenes_[(i + k) % scenes_.size()].noise;
  std::shuffle(walks_.begin(), walks_.end(), random_);
}

std::vector<cascade::TrueEvent> Splices::play(
    size_t number, int events, double apart,
    const std::function<void(const Image& frame, double seconds)>& give) {
  const Scene& scene = scenes_[number];
  std::vector<cascade::TrueEvent> truth;
  size_t at = 0;
  const auto background = [&] {
    const size_t there = scene.noise.size();
    const size_t place = at % (2 * there);  // forwards and backwards
    const double light = 1 + 0.05 * std::sin(2 * std::numbers::pi * static_cast<double>(at) / fps_ / 97);
    return cv::Mat((scene.empty + scene.noise[place < there ? place : 2 * there - 1 - place]) * light);
  };
  const auto show = [&](const cv::Mat& picture) { give(bytes(picture), static_cast<double>(at++) / fps_); };
  const auto wait = [&] {
    const double seconds = apart * std::uniform_real_distribution<double>(0.5, 1.5)(random_);
    for (int i = 0; i < static_cast<int>(seconds * fps_); ++i) show(background());
  };
  for (int event = 0; event < events; ++event) {
    wait();
    while (walks_[next_walk_ % walks_.size()].tile == number) ++next_walk_;
    const Walk& walk = walks_[next_walk_ % walks_.size()];
    const bool mirror = next_walk_ / walks_.size() % 2 == 1;
    ++next_walk_;
    const double begins = static_cast<double>(at) / fps_;
    truth.push_back({begins + walk.shows.start, begins + walk.shows.end});
    for (size_t i = 0; i < walk.frames.size(); ++i) {
      const cv::Mat matte = three(mirrored(walk.mattes[i], mirror));
      const cv::Mat person = mirrored(walk.frames[i], mirror);
      const cv::Mat ground = background().mul(mirrored(walk.shadows[i], mirror));
      show(cv::Mat(person.mul(matte) + ground.mul(cv::Scalar::all(1) - matte)));
    }
  }
  wait();
  return truth;
}

}  // namespace dew::bench
