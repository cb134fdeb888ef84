// Pictures by FFmpeg's libavcodec: BMP, GIF (the first frame), JPEG 2000, and PNG with transparency.
#include <cstring>

#include "media/av.h"
#include "media/files.h"
#include "media/quiet.h"

namespace dew::media {
namespace {

AVCodecID codec_of(Format format) {
  switch (format) {
    case Format::kBmp:
      return AV_CODEC_ID_BMP;
    case Format::kGif:
      return AV_CODEC_ID_GIF;
    case Format::kJpeg2000:
      return AV_CODEC_ID_JPEG2000;
    default:
      return AV_CODEC_ID_PNG;
  }
}

CodecContext open_codec(Format format, const DecodeRequest& request) {
  const AVCodec* const codec = avcodec_find_decoder(codec_of(format));
  CodecContext context(avcodec_alloc_context3(codec));
  if (!context) return nullptr;
  context->thread_count = 1;
  context->max_pixels = request.limits.max_pixels;
  context->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return nullptr;
  return context;
}

/// A packet must be followed by zeros, which the decoders may read.
Packet packet_of(std::string_view bytes) {
  Packet packet(av_packet_alloc());
  if (!packet || av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return nullptr;
  std::memcpy(packet->data, bytes.data(), bytes.size());
  return packet;
}

}  // namespace

Result<Decoded> decode_by_ffmpeg(Format format, std::string_view bytes, const DecodeRequest& request) {
  const Quiet quiet;
  limit_allocations(request.limits);
  const CodecContext context = open_codec(format, request);
  const Packet packet = packet_of(bytes);
  const Frame frame(av_frame_alloc());
  if (!context || !packet || !frame) return damaged(request.name, "FFmpeg's decoder cannot be opened");
  int code = avcodec_send_packet(context.get(), packet.get());
  if (code >= 0) avcodec_send_packet(context.get(), nullptr);
  if (code >= 0) code = avcodec_receive_frame(context.get(), frame.get());
  if (code < 0 || frame->width <= 0 || frame->height <= 0) {
    const std::string words = quiet.words();
    return damaged(request.name, words.empty() ? av_error(code) : words);
  }
  DEW_CHECK(check_pixels(frame->width, frame->height, request.limits, request.name));
  Converter converter;
  return converter.convert(*frame, frame->width, frame->height, request.name);
}

}  // namespace dew::media
