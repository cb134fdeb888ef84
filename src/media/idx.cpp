#include "media/idx.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <string>

#include "media/bytes.h"
#include "media/files.h"
#include "media/format.h"
#include "media/frame_decoder.h"

namespace dew {
namespace media {
namespace {

using namespace std::string_view_literals;

constexpr size_t kLongestHeader = 4 + 4 * 4;
constexpr int64_t kMostBytes = int64_t{4} << 30;  // unpacked: a small gzip file can promise anything

struct Header {
  std::vector<int64_t> sizes;  ///< labels: count; pictures: count, rows, columns and, where given, channels

  [[nodiscard]] size_t bytes() const { return 4 + 4 * sizes.size(); }
  [[nodiscard]] bool pictures() const {
    return sizes.size() == 3 || (sizes.size() == 4 && (sizes[3] == 1 || sizes[3] == 3));
  }
  [[nodiscard]] bool labels() const { return sizes.size() == 1; }
};

/// The first bytes of what a gzip file unpacks to, as far as `head` has them; `head` itself of other files.
std::string unpacked(std::string_view head) {
  if (!head.starts_with("\x1F\x8B\x08"sv)) return std::string(head.substr(0, kLongestHeader));
  constexpr int kGzip = 15 + 16;
  z_stream stream{};
  if (::inflateInit2(&stream, kGzip) != Z_OK) return {};
  std::string out(kLongestHeader, '\0');
  std::string in(head);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  ::inflateEnd(&stream);
  return out;
}

std::optional<Header> header_of(std::string_view head) {
  const std::string start = unpacked(head);
  const Bytes bytes(start);
  if (!bytes.is(0, "\0\0\x08"sv) || !bytes.has(3, 1)) return std::nullopt;
  const size_t dimensions = bytes.byte(3);
  if (dimensions < 1 || dimensions > 4 || dimensions == 2) return std::nullopt;
  Header header;
  for (size_t i = 0; i < dimensions; ++i) {
    const auto size = bytes.big_endian(4 + 4 * i, 4);
    if (!size || *size == 0 || *size > INT32_MAX) return std::nullopt;
    header.sizes.push_back(*size);
  }
  return header;
}

/// Reads a file forwards, unpacked where it is packed.
class Stream {
 public:
  static Result<Stream> open(const fs::path& path, std::string name) {
    DEW_CHECK(check_regular_file(path));
    File file(::gzopen(path.c_str(), "rb"), ::gzclose);
    if (!file) return work_error("the file cannot be opened", name, "check who may read it");
    return Stream(std::move(file), std::move(name));
  }

  /// As many bytes as there are, `count` at most. Error: damaged.
  Result<size_t> read(uint8_t* to, size_t count) {
    constexpr size_t kOnce = size_t{1} << 30;
    size_t got = 0;
    while (got < count) {
      const int some = ::gzread(file_.get(), to + got, static_cast<unsigned>(std::min(count - got, kOnce)));
      if (some < 0)
        return work_error("the file is cut off or damaged", name_, "get it again from where it came");
      if (some == 0) break;
      got += static_cast<size_t>(some);
    }
    return got;
  }

  /// The header, behind which the stream stands then. Error: none that is read.
  Result<Header> header() {
    std::string head(4, '\0');
    DEW_TRY(const size_t got, read(reinterpret_cast<uint8_t*>(head.data()), head.size()));
    const size_t rest = got == head.size() ? 4 * static_cast<size_t>(static_cast<uint8_t>(head[3])) : 0;
    head.resize(std::min(got + rest, kLongestHeader));
    DEW_CHECK(read(reinterpret_cast<uint8_t*>(head.data()) + got, head.size() - got));
    // What is packed twice is not read.
    const auto header = head.starts_with('\0') ? header_of(head) : std::nullopt;
    if (header) return *header;
    return work_error("this is no IDX file of unsigned bytes", name_, "give a file as MNIST has them");
  }

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  using File = std::unique_ptr<gzFile_s, int (*)(gzFile)>;
  Stream(File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}
  File file_;
  std::string name_;
};

tl::unexpected<Error> too_short(const std::string& name, int64_t there, int64_t promised) {
  return work_error("the file is cut off: it holds " + with_commas(there) + " of the " +
                        with_commas(promised) + " entries that its header promises",
                    name, "get it again from where it came");
}

tl::unexpected<Error> too_long(const std::string& name, int64_t promised) {
  return work_error(
      "the file goes on behind the " + with_commas(promised) + " entries that its header promises", name,
      "get it again from where it came, or write its header anew");
}

class IdxPictures : public FrameDecoder {
 public:
  static Result<std::unique_ptr<IdxPictures>> open(const Source& source, const MediaLimits& limits) {
    DEW_TRY(Stream stream, Stream::open(source.address, source.name));
    DEW_TRY(const Header header, stream.header());
    if (!header.pictures())
      return work_error("this IDX file holds no pictures", source.name,
                        "give one of count x rows x columns, grey, or x 3 for RGB");
    DEW_CHECK(check_pixels(header.sizes[2], header.sizes[1], limits, source.name));
    std::unique_ptr<IdxPictures> pictures(new IdxPictures(std::move(stream), header));
    if (pictures->count_ > limits.max_frames || pictures->count_ > kMostBytes / std::ssize(pictures->frame_))
      return limit_error(Limit::kFrames,
                         "the file promises " + with_commas(pictures->count_) + " pictures of " +
                             with_commas(std::ssize(pictures->frame_)) + " bytes, more than is read of one",
                         source.name, "cut it into parts");
    return pictures;
  }

  Result<bool> advance(Watch& watch) override {
    if (watch.interrupted()) return interrupted_error();
    if (number_ + 1 == count_) return at_end();
    DEW_TRY(const size_t got, stream_.read(frame_.data(), frame_.size()));
    if (got < frame_.size()) return too_short(stream_.name(), number_ + 1, count_);
    ++number_;
    return true;
  }

  Result<Image> image() override {
    assert(number_ >= 0);
    Image image{columns_, rows_, {}};
    if (channels_ == 3) {
      image.rgb = frame_;
      return image;
    }
    image.rgb.reserve(3 * frame_.size());
    for (const uint8_t grey : frame_) image.rgb.insert(image.rgb.end(), 3, grey);
    return image;
  }

  [[nodiscard]] int64_t number() const override { return number_; }
  [[nodiscard]] double seconds() const override { return 0; }
  [[nodiscard]] bool live() const override { return false; }
  [[nodiscard]] bool endless() const override { return false; }
  [[nodiscard]] int64_t promised_frames() const override { return count_; }
  [[nodiscard]] double frames_per_second() const override { return 0; }

 private:
  IdxPictures(Stream stream, const Header& header)
      : stream_(std::move(stream)),
        count_(header.sizes[0]),
        rows_(static_cast<int>(header.sizes[1])),
        columns_(static_cast<int>(header.sizes[2])),
        channels_(header.sizes.size() == 4 ? static_cast<int>(header.sizes[3]) : 1),
        frame_(static_cast<size_t>(rows_) * static_cast<size_t>(columns_) * static_cast<size_t>(channels_)) {}

  /// A file that goes on is none that can be trusted, and a damaged one shows it by gzip's sum at its end.
  Result<bool> at_end() {
    uint8_t more = 0;
    DEW_TRY(const size_t got, stream_.read(&more, 1));
    if (got > 0) return too_long(stream_.name(), count_);
    return false;
  }

  Stream stream_;
  int64_t count_;
  int rows_;
  int columns_;
  int channels_;
  std::vector<uint8_t> frame_;
  int64_t number_ = -1;
};

}  // namespace

Result<Decoder> open_idx(const Source& source, const MediaLimits& limits) {
  DEW_TRY(Decoder decoder, IdxPictures::open(source, limits));
  return decoder;
}

}  // namespace media

bool is_idx_pictures(std::string_view head) {
  const auto header = media::header_of(head);
  return header && header->pictures();
}

bool is_idx_labels(std::string_view head) {
  const auto header = media::header_of(head);
  return header && header->labels();
}

Result<int64_t> count_idx_pictures(const fs::path& path) {
  DEW_TRY(media::Stream stream, media::Stream::open(path, media::shown(path)));
  DEW_TRY(const media::Header header, stream.header());
  if (!header.pictures()) return work_error("this IDX file holds no pictures", media::shown(path));
  return header.sizes[0];
}

Result<std::vector<uint8_t>> read_idx_labels(const fs::path& path, int64_t most) {
  DEW_TRY(media::Stream stream, media::Stream::open(path, media::shown(path)));
  DEW_TRY(const media::Header header, stream.header());
  const std::string& name = stream.name();
  if (!header.labels()) return work_error("this IDX file holds no labels", name, "give one of count bytes");
  const int64_t count = header.sizes[0];
  if (count > most)
    return work_error("the file promises " + with_commas(count) + " labels, more than the " +
                          with_commas(most) + " that are read of one",
                      name, "cut it into parts");
  std::vector<uint8_t> labels;
  constexpr int64_t kTogether = 1 << 16;  // a header costs nothing to write: memory comes with the bytes
  while (std::ssize(labels) < count) {
    const auto there = labels.size();
    labels.resize(there + static_cast<size_t>(std::min(kTogether, count - std::ssize(labels))));
    DEW_TRY(const size_t got, stream.read(labels.data() + there, labels.size() - there));
    if (there + got < labels.size()) return media::too_short(name, static_cast<int64_t>(there + got), count);
  }
  uint8_t more = 0;
  DEW_TRY(const size_t behind, stream.read(&more, 1));
  if (behind > 0) return media::too_long(name, count);
  return labels;
}

}  // namespace dew
