#include "exchange/write_pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "media/media.h"

namespace dew::exchange {
namespace {

constexpr size_t kNamed = 10;  ///< files that are told one by one

bool is_whole_file(const Sample& sample, const Source& source) {
  return source.info.kind == MediaKind::kImage && !sample.frame && !sample.region;
}

}  // namespace

PictureWriter::PictureWriter(Export& out, const OutFormat& format)
    : out_(out), format_(format), place_(format.place(out.settings)), names_(format.by_stem) {}

Result<std::vector<OutPicture>> PictureWriter::write(const OutgoingPage& page, int64_t before) {
  page_ = &page;
  before_ = before;
  pictures_.assign(page.items.size(), {});
  std::vector<size_t> of_source;
  for (size_t i = 0; i < page.items.size();) {
    const int64_t source = page.items[i].sample.source;
    of_source.clear();
    for (; i < page.items.size() && page.items[i].sample.source == source; ++i) of_source.push_back(i);
    if (out_.watch.interrupted()) return export_interrupted();
    DEW_CHECK(write_source(of_source));
  }
  return std::move(pictures_);
}

Result<void> PictureWriter::write_source(const std::vector<size_t>& items) {
  const int64_t id = page_->items[items.front()].sample.source;
  const Source& source = page_->sources.at(id);
  const auto file = out_.origins.file(id, out_.watch);
  if (!file && out_.watch.interrupted()) return export_interrupted();
  if (!file && out_.skip_missing) leave_out(items, file.error());
  if (!file && !out_.skip_missing) note_missing(items, file.error());
  // Where one is missing, nothing is exported: only what else is missing is of interest then.
  if (!file || !missing_.empty()) return {};
  std::vector<size_t> to_cut;
  for (const size_t item : items) {
    const std::string name =
        is_whole_file(page_->items[item].sample, source) ? name_of_copy(source, *file) : std::string();
    if (name.empty()) {
      to_cut.push_back(item);
      continue;
    }
    const std::string path = take_name(item, name);
    DEW_CHECK(out_.folder.copy(*file, path));
    done(item, path, source.info.width, source.info.height);
  }
  return to_cut.empty() ? Result<void>() : cut(to_cut, source);
}

void PictureWriter::note_missing(const std::vector<size_t>& items, const Error& error) {
  missing_pictures_ += std::ssize(items);
  ++missing_files_;
  if (missing_.size() < kNamed) missing_.push_back(error);
}

tl::unexpected<Error> PictureWriter::missing() const {
  std::string what =
      fmt::format("nothing was exported: {} cannot be read", plural(missing_files_, "file", "files"));
  if (missing_pictures_ > missing_files_)
    what += fmt::format(", of which {} samples are cut", with_commas(missing_pictures_));
  for (const Error& error : missing_)
    what += fmt::format("\n  {} ({})", printable(error.what), printable(error.where));
  if (missing_files_ > std::ssize(missing_))
    what += fmt::format("\n  and {} more", with_commas(missing_files_ - std::ssize(missing_)));
  const std::string& next = missing_.front().next;
  return work_error(what, {},
                    (next.empty() ? std::string() : next + "; ") + "--skip-missing exports the others");
}

Result<void> PictureWriter::finish() {
  if (!missing_.empty()) return missing();
  const auto& unreadable = out_.written.unreadable;
  if (!unreadable.empty() && !any_) return tl::unexpected(*first_);
  if (!unreadable.empty())
    out_.watch.warn(fmt::format("{} left out that cannot be read (files: {})",
                                plural(std::ssize(unreadable), "picture", "pictures"),
                                with_commas(static_cast<int64_t>(bad_files_))));
  return {};
}

/// The name under which a whole picture is copied: its own, with the extension that its content has. Empty:
/// the tools of this format do not read it.
std::string PictureWriter::name_of_copy(const Source& source, const fs::path& file) const {
  const auto taken = [this](const std::string& extension) {
    return format_.takes.empty() || format_.takes.find(" " + extension + " ") != std::string_view::npos;
  };
  const auto right = picture_extensions(file);
  if (!right || right->empty()) return {};
  std::string name = safe_path(source.name);
  const std::string own = lower(fs::path(name).extension().string());
  if (std::find(right->begin(), right->end(), own) != right->end() && taken(own)) return name;
  return taken(right->front()) ? name + right->front() : std::string();
}

std::string PictureWriter::take_name(size_t item, const std::string& name) {
  return names_.take(place_(page_->items[item]), format_.flat ? flat(name) : name);
}

void PictureWriter::done(size_t item, const std::string& path, int width, int height) {
  pictures_[item] = {path, width, height};
  any_ = true;
  out_.watch.advance(before_ + static_cast<int64_t>(item) + 1);
}

Result<void> PictureWriter::cut(const std::vector<size_t>& items, const Source& source) {
  std::vector<Sample> wanted;
  for (const size_t item : items) wanted.push_back(page_->items[item].sample);
  std::vector<bool> written(items.size());
  Result<void> kept;  // what writing says ends it all
  const auto read = out_.origins.pictures(
      wanted,
      [&](size_t at, const Image& image) -> Result<void> {
        kept = write_png(items[at], image, source);
        written[at] = kept.has_value();
        return kept;
      },
      out_.watch);
  DEW_CHECK(kept);
  if (out_.watch.interrupted()) return export_interrupted();
  if (read) return {};
  std::vector<size_t> missing;
  for (size_t i = 0; i < items.size(); ++i)
    if (!written[i]) missing.push_back(items[i]);
  leave_out(missing, read.error());
  return {};
}

Result<void> PictureWriter::write_png(size_t item, const Image& image, const Source& source) {
  if (out_.watch.interrupted()) return export_interrupted();
  const Sample& sample = page_->items[item].sample;
  const std::string bytes = encode_png(image);
  if (bytes.empty()) return work_error("this picture cannot be written as PNG", printable(sample.name));
  const std::string path = take_name(item, picture_stem(sample, source) + ".png");
  DEW_CHECK(out_.folder.write(path, bytes));
  if (is_whole_file(sample, source)) ++out_.written.converted;
  done(item, path, image.width, image.height);
  return {};
}

void PictureWriter::leave_out(const std::vector<size_t>& items, const Error& error) {
  for (const size_t item : items) out_.written.unreadable.push_back(page_->items[item].sample.name);
  if (!first_) first_ = error;
  if (++bad_files_ <= kNamed)
    out_.watch.warn(fmt::format("left out: {}: {}", printable(error.where), printable(error.what)));
}

}  // namespace dew::exchange
