#include "verbs/browse/thumbnails.h"

#include <algorithm>

#include "media/image.h"

namespace dew::verbs {

Result<std::shared_ptr<const std::string>> Thumbnails::get(const Sample& sample, int side) {
  const Key key{sample.id, side};
  if (Jpeg found = kept(key)) return found;
  DEW_TRY(Jpeg made, make(sample, side));
  keep(key, made);
  return made;
}

Result<Thumbnails::Jpeg> Thumbnails::make(const Sample& sample, int side) {
  // A source stays with its reader, which reads a video on from where it is.
  Reader& reader = readers_[static_cast<size_t>(sample.source) % readers_.size()];
  Image picture;
  {
    const std::lock_guard lock(reader.mutex);
    if (!reader.project) {
      DEW_TRY(Project opened, Project::open(project_));
      reader.project.emplace(std::move(opened));
    }
    DEW_TRY(picture, reader.project->picture(sample));
  }
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(picture.width, picture.height));
  const auto scaled = [scale](int length) { return std::max(1, static_cast<int>(length * scale + 0.5)); };
  if (scale < 1) picture = resize(picture, scaled(picture.width), scaled(picture.height));
  constexpr int kQuality = 85;
  return std::make_shared<const std::string>(encode_jpeg(picture, kQuality));
}

Thumbnails::Jpeg Thumbnails::kept(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
  return found->second->jpeg;
}

void Thumbnails::keep(const Key& key, const Jpeg& jpeg) {
  const std::lock_guard lock(mutex_);
  if (places_.count(key) != 0) return;
  newest_first_.push_front({key, jpeg});
  places_[key] = newest_first_.begin();
  bytes_ += jpeg->size();
  while (bytes_ > kMostBytes) {
    bytes_ -= newest_first_.back().jpeg->size();
    places_.erase(newest_first_.back().key);
    newest_first_.pop_back();
  }
}

}  // namespace dew::verbs
