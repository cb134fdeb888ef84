// FFmpeg's objects with owners, and its errors as text. Private to the room: no door shows an FFmpeg type.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

#include "media/decode.h"

namespace dew::media {

struct AvFree {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

using Frame = std::unique_ptr<AVFrame, AvFree>;
using Packet = std::unique_ptr<AVPacket, AvFree>;
using CodecContext = std::unique_ptr<AVCodecContext, AvFree>;
using FormatContext = std::unique_ptr<AVFormatContext, AvFree>;

/// "Invalid data found when processing input".
std::string av_error(int code);

/// What one allocation of FFmpeg's may take, so that a header of a few bytes does not take gigabytes (an MP4
/// may promise four billion frames). For the process; larger limits raise it.
void limit_allocations(const MediaLimits& limits);

/// Turns decoded frames into RGB. Keeps swscale's tables from one frame to the next.
class Converter {
 public:
  /// Scaled to width x height where the frame has another size.
  Result<Decoded> convert(const AVFrame& frame, int width, int height, const std::string& name);

 private:
  std::unique_ptr<SwsContext, AvFree> scaler_;
};

/// A display matrix (nine 16.16 numbers) as an orientation; upright where it is no quarter turn.
Orientation orientation_of_matrix(const int32_t* matrix);

}  // namespace dew::media
