// JPEG by libjpeg itself, the library behind OpenCV: OpenCV hides its warnings, and they are what tells a
// picture whose data end too early (libjpeg fills the rest with grey) from one that lacks only its end mark.
#include <csetjmp>
#include <cstdio>
//
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <string>

#include "media/decode.h"
#include "media/files.h"

namespace dew::media {
namespace {

/// A scan costs time, not bytes: a file of a few kilobytes may hold thousands over a large picture.
constexpr int kMostScans = 500;
/// With several scans libjpeg keeps all coefficients in memory, also where the picture is decoded smaller: so
/// many times the limit may it then have.
constexpr int64_t kMostShrinkingOfScans = 2;

/// What libjpeg reports while one picture is decoded.
struct Reports {
  jpeg_error_mgr manager{};
  std::jmp_buf leave{};
  char fatal[JMSG_LENGTH_MAX] = "";
  char corrupt[JMSG_LENGTH_MAX] = "";  ///< the first warning that means wrong pixels
  bool end_missing = false;
};

Reports& reports_of(j_common_ptr info) {
  return *reinterpret_cast<Reports*>(info->err);
}

[[noreturn]] void on_error(j_common_ptr info) {
  Reports& reports = reports_of(info);
  (*info->err->format_message)(info, reports.fatal);
  std::longjmp(reports.leave, 1);
}

/// Data that end before the picture does, and codes that cannot be. Other warnings (bytes between segments,
/// odd versions) leave the pixels right.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  Reports& reports = reports_of(info);
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
      reports.end_missing = true;
      break;
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      if (reports.corrupt[0] == '\0') (*info->err->format_message)(info, reports.corrupt);
      break;
    default:
      break;
  }
}

void on_progress(j_common_ptr info) {
  const auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number <= kMostScans) return;
  std::snprintf(reports_of(info).fatal, JMSG_LENGTH_MAX, "more than %d scans", kMostScans);
  std::longjmp(reports_of(info).leave, 1);
}

/// libjpeg's state and where its rows go. longjmp() passes over no destructor: everything that needs one
/// lives here, outside the functions that call libjpeg.
struct Decoding {
  Reports reports;
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  Image image;
  std::vector<uint8_t> cmyk;  ///< one row
  bool several_scans = false;
  bool all_scans_came = true;  ///< as far as can be said where the end mark is missing

  Decoding() {
    info.err = jpeg_std_error(&reports.manager);
    reports.manager.error_exit = on_error;
    reports.manager.emit_message = on_message;
    progress.progress_monitor = on_progress;
  }
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;
  ~Decoding() { jpeg_destroy_decompress(&info); }
};

/// 1/8, 1/4, 1/2 or 1: the smallest that leaves `at_most` pixels along the shorter side.
unsigned denominator_for(const jpeg_decompress_struct& info, int at_most) {
  if (at_most <= 0) return 1;
  const unsigned shorter = std::min(info.image_width, info.image_height);
  for (const unsigned denominator : {8U, 4U, 2U})
    if ((shorter + denominator - 1) / denominator >= static_cast<unsigned>(at_most)) return denominator;
  return 1;
}

/// Decides what comes out, too. False where libjpeg gives up; reports.fatal says why.
bool read_header(Decoding& decoding, std::string_view bytes, int at_most) {
  if (setjmp(decoding.reports.leave) != 0) return false;
  jpeg_decompress_struct& info = decoding.info;
  jpeg_create_decompress(&info);
  info.progress = &decoding.progress;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&info, TRUE);
  decoding.several_scans = jpeg_has_multiple_scans(&info) != 0;
  info.scale_num = 1;
  info.scale_denom = denominator_for(info, at_most);
  const bool cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_calc_output_dimensions(&info);
  return true;
}

/// Adobe's writers store ink inverted, and say so by their marker; all writers of CMYK JPEGs follow them.
void cmyk_to_rgb(const std::vector<uint8_t>& cmyk, bool inverted, uint8_t* rgb) {
  for (size_t at = 0; at + 3 < cmyk.size(); at += 4) {
    const auto light = [&](size_t channel) {
      return inverted ? cmyk[at + channel] : 255 - cmyk[at + channel];
    };
    for (size_t channel = 0; channel < 3; ++channel)
      *rgb++ = static_cast<uint8_t>((light(channel) * light(3) + 127) / 255);
  }
}

/// Whether all of a picture of several scans is there: the last ones may be missing without a warning. In a
/// progressive one every coefficient has all its bits in the end; of a sequential one nothing can be said.
bool all_scans_came(const jpeg_decompress_struct& info) {
  if (info.progressive_mode == 0) return false;
  for (int component = 0; component < info.num_components; ++component)
    for (int coefficient = 0; coefficient < DCTSIZE2; ++coefficient)
      if (info.coef_bits[component][coefficient] != 0) return false;  // bits still to come; -1: none came
  return true;
}

/// False where libjpeg gives up. `decoding.image` has the size of the output.
bool read_pixels(Decoding& decoding) {
  if (setjmp(decoding.reports.leave) != 0) return false;
  jpeg_decompress_struct& info = decoding.info;
  jpeg_start_decompress(&info);  // of several scans, reads all
  if (decoding.several_scans) decoding.all_scans_came = all_scans_came(info);
  const size_t stride = size_t{3} * info.output_width;
  while (info.output_scanline < info.output_height) {
    uint8_t* const row = decoding.image.rgb.data() + info.output_scanline * stride;
    const bool cmyk = info.out_color_space == JCS_CMYK;
    JSAMPROW target = cmyk ? decoding.cmyk.data() : row;
    jpeg_read_scanlines(&info, &target, 1);
    if (cmyk) cmyk_to_rgb(decoding.cmyk, info.saw_Adobe_marker != 0, row);
  }
  jpeg_finish_decompress(&info);
  return true;
}

}  // namespace

Result<Decoded> decode_jpeg(std::string_view bytes, const DecodeRequest& request) {
  Decoding decoding;
  jpeg_decompress_struct& info = decoding.info;
  const std::string& name = request.name;
  if (!read_header(decoding, bytes, request.at_most))
    return work_error(
        "the picture's header is cut off or damaged (" + printable(decoding.reports.fatal) + ")", name,
        "get the file again from where it came");
  DEW_CHECK(check_pixels(info.output_width, info.output_height, request.limits, name));
  if (request.whole_limits)
    DEW_CHECK(check_pixels(info.image_width, info.image_height, request.limits, name));
  if (decoding.several_scans) {
    MediaLimits whole = request.limits;
    whole.max_pixels *= kMostShrinkingOfScans;
    DEW_CHECK(check_pixels(info.image_width, info.image_height, whole, name));
  }
  decoding.image = blank(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
  if (info.out_color_space == JCS_CMYK) decoding.cmyk.resize(size_t{4} * info.output_width);
  if (!read_pixels(decoding)) return damaged(name, printable(decoding.reports.fatal));
  if (decoding.reports.corrupt[0] != '\0') return damaged(name, printable(decoding.reports.corrupt));
  if (decoding.reports.end_missing && !decoding.all_scans_came) return cut_off(name);
  Decoded decoded{std::move(decoding.image), false, Orientation::kUpright};
  decoded.whole = {0, 0, static_cast<int>(info.image_width), static_cast<int>(info.image_height)};
  return decoded;
}

}  // namespace dew::media
