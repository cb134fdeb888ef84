// PNG without transparency and PNM, by OpenCV.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "media/decode.h"
#include "media/quiet.h"

namespace dew::media {

Result<Decoded> decode_by_opencv(std::string_view bytes, const DecodeRequest& request) {
  const Quiet quiet;
  cv::Mat bgr;
  try {
    const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
    bgr = cv::imdecode(input, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    bgr.release();
  }
  if (bgr.empty()) return damaged(request.name, quiet.words());
  Decoded decoded{blank(bgr.cols, bgr.rows), false, Orientation::kUpright};
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, decoded.image.rgb.data());
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return decoded;
}

}  // namespace dew::media
