/* dew_model_camera: see dew_model_camera.h.
 *
 * All arithmetic is whole numbers. In units of 1 / width of the net's picture, each pixel of a row of the
 * frame is OUT_WIDTH wide and each pixel of the net's picture as wide as the frame has pixels; rows likewise.
 */
#include "dew_model_camera.h"

#include <string.h>

enum {
  OUT_WIDTH = DEW_MODEL_INPUT_WIDTH,
  OUT_HEIGHT = DEW_MODEL_INPUT_HEIGHT,
  CHANNELS = DEW_MODEL_INPUT_CHANNELS
};

/* Most small sensors give luma from 0 to 255. Define this as 1 for luma from 16 to 235 (video decoders). */
#ifndef DEW_CAMERA_VIDEO_RANGE
#define DEW_CAMERA_VIDEO_RANGE 0
#endif

static uint8_t dew_model_byte(int32_t value) {
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* ITU-R BT.601, in parts of 65,536. */
static void dew_model_from_yuv(int32_t y, int32_t u, int32_t v, uint8_t rgb[3]) {
#if DEW_CAMERA_VIDEO_RANGE
  const int32_t luma = (y - 16) * 76309 + 32768;
  const int32_t red = 104597, green_u = 25675, green_v = 53279, blue = 132201;
#else
  const int32_t luma = y * 65536 + 32768;
  const int32_t red = 91881, green_u = 22554, green_v = 46802, blue = 116130;
#endif
  u -= 128;
  v -= 128;
  rgb[0] = dew_model_byte((luma + red * v) / 65536);
  rgb[1] = dew_model_byte((luma - green_u * u - green_v * v) / 65536);
  rgb[2] = dew_model_byte((luma + blue * u) / 65536);
}

static void dew_model_pixel(dew_model_format format, const uint8_t* row, uint32_t x, uint8_t rgb[3]) {
  const uint8_t* two = row + 2 * x;         /* formats of two bytes a pixel */
  const uint8_t* pair = row + 4 * (x >> 1); /* two pixels of YUV 4:2:2 */
  uint32_t word;
  switch (format) {
    case DEW_MODEL_RGB888:
      rgb[0] = row[3 * x];
      rgb[1] = row[3 * x + 1];
      rgb[2] = row[3 * x + 2];
      return;
    case DEW_MODEL_BGR888:
      rgb[0] = row[3 * x + 2];
      rgb[1] = row[3 * x + 1];
      rgb[2] = row[3 * x];
      return;
    case DEW_MODEL_YUYV:
      dew_model_from_yuv(two[0], pair[1], pair[3], rgb);
      return;
    case DEW_MODEL_UYVY:
      dew_model_from_yuv(two[1], pair[0], pair[2], rgb);
      return;
    case DEW_MODEL_GREY:
      rgb[0] = rgb[1] = rgb[2] = row[x];
      return;
    case DEW_MODEL_RGB565:
    case DEW_MODEL_RGB565_BE:
      break;
  }
  word = format == DEW_MODEL_RGB565 ? (uint32_t)two[1] << 8 | two[0] : (uint32_t)two[0] << 8 | two[1];
  rgb[0] = (uint8_t)((word >> 11) << 3 | word >> 13);
  rgb[1] = (uint8_t)((word >> 5 & 63) << 2 | (word >> 9 & 3));
  rgb[2] = (uint8_t)((word & 31) << 3 | (word >> 2 & 7));
}

/* What the weights of one pixel of a row that is as wide as the net's picture add up to. */
static uint32_t dew_model_width_units(uint32_t width) {
  return width < OUT_WIDTH ? 2 * OUT_WIDTH : width;
}

/* Adds a row of the frame, made as wide as the net's picture, `weight` times to the sums. */
static void dew_model_add_shrunk(dew_model_camera* camera, const uint8_t* row, uint32_t weight) {
  uint32_t* sums = camera->sums;
  uint32_t x, lacks = camera->width;
  uint8_t rgb[3];
  for (x = 0; x < camera->width; x++) {
    uint32_t has = OUT_WIDTH;
    dew_model_pixel(camera->format, row, x, rgb);
    while (has > 0) {
      const uint32_t part = has < lacks ? has : lacks;
      sums[0] += part * weight * rgb[0];
      sums[1] += part * weight * rgb[1];
      sums[2] += part * weight * rgb[2];
      has -= part;
      lacks -= part;
      if (lacks == 0) {
        sums += 3;
        lacks = camera->width;
      }
    }
  }
}

/* Where pixel `at` of `out` pixels lies among `in` < out pixels: between *first and the one after it, at
 * *part / (2 * out) of the way. */
static void dew_model_place(uint32_t at, uint32_t in, uint32_t out, uint32_t* first, uint32_t* part) {
  const uint32_t twice = (2 * at + 1) * in;
  const uint32_t place = twice < out ? 0 : twice - out;
  *first = place / (2 * out);
  *part = place % (2 * out);
  if (*first >= in - 1) {
    *first = in - 1;
    *part = 0;
  }
}

static void dew_model_add_grown(dew_model_camera* camera, const uint8_t* row, uint32_t weight) {
  uint32_t x, c, first, part;
  uint8_t left[3], right[3];
  for (x = 0; x < OUT_WIDTH; x++) {
    dew_model_place(x, camera->width, OUT_WIDTH, &first, &part);
    dew_model_pixel(camera->format, row, first, left);
    dew_model_pixel(camera->format, row, part > 0 ? first + 1 : first, right);
    for (c = 0; c < 3; c++)
      camera->sums[3 * x + c] += weight * (left[c] * (2 * OUT_WIDTH - part) + right[c] * part);
  }
}

static void dew_model_add_row(dew_model_camera* camera, const uint8_t* row, uint32_t weight) {
  if (camera->width < OUT_WIDTH)
    dew_model_add_grown(camera, row, weight);
  else
    dew_model_add_shrunk(camera, row, weight);
}

/* Rounds the sums to pixels and clears them; `weights` is what the weights of a column add up to. */
static void dew_model_round(dew_model_camera* camera, uint32_t weights, uint8_t* to) {
  const uint32_t all = weights * dew_model_width_units(camera->width);
  uint32_t i;
  for (i = 0; i < OUT_WIDTH * 3; i++) {
    to[i] = (uint8_t)((camera->sums[i] + all / 2) / all);
    camera->sums[i] = 0;
  }
}

/* Gives the net its next row. A net of grey pictures gets their luma (ITU-R BT.601). */
static void dew_model_give(dew_model_camera* camera, uint8_t* pixels) {
  uint32_t x;
  for (x = 0; CHANNELS == 1 && x < OUT_WIDTH; x++) {
    const uint8_t* rgb = pixels + 3 * x;
    pixels[x] = (uint8_t)((299U * rgb[0] + 587U * rgb[1] + 114U * rgb[2] + 500U) / 1000U);
  }
  dew_model_push_row(camera->net, pixels);
  camera->made++;
}

/* Of a frame at least as high as the net's picture: rows are averaged. */
static void dew_model_push_shrunk(dew_model_camera* camera, const uint8_t* row) {
  uint32_t has = OUT_HEIGHT;
  while (has > 0) {
    const uint32_t part = has < camera->lacks ? has : camera->lacks;
    dew_model_add_row(camera, row, part);
    has -= part;
    camera->lacks -= part;
    if (camera->lacks == 0) {
      dew_model_round(camera, camera->height, camera->now);
      dew_model_give(camera, camera->now);
      camera->lacks = camera->height;
    }
  }
}

/* Of a lower one: each row lies between this one and the one before. Until the next row comes, the memory of
 * the sums is free for it. */
static void dew_model_push_grown(dew_model_camera* camera, const uint8_t* row) {
  uint8_t* between = (uint8_t*)camera->sums;
  memcpy(camera->before, camera->now, sizeof camera->now);
  dew_model_add_row(camera, row, 1);
  dew_model_round(camera, 1, camera->now);
  while (camera->made < OUT_HEIGHT) {
    uint32_t first, part, i;
    dew_model_place(camera->made, camera->height, OUT_HEIGHT, &first, &part);
    if (first + (part > 0) > camera->row) break;
    for (i = 0; i < OUT_WIDTH * 3; i++) {
      const uint32_t before = part > 0 ? camera->before[i] : camera->now[i];
      between[i] = (uint8_t)((before * (2 * OUT_HEIGHT - part) + camera->now[i] * part + OUT_HEIGHT) /
                             (2 * OUT_HEIGHT));
    }
    dew_model_give(camera, between);
  }
  memset(camera->sums, 0, sizeof camera->sums);
}

int dew_model_camera_begin(dew_model_camera* camera, dew_model_t* net, dew_model_format format,
                           uint32_t width, uint32_t height) {
  const int pairs = format == DEW_MODEL_YUYV || format == DEW_MODEL_UYVY;
  if (width == 0 || height == 0 || (pairs && width % 2 != 0)) return 1;
  if (width > 65535 || height > 16777216 / dew_model_width_units(width)) return 1;
  camera->net = net;
  camera->format = format;
  camera->width = width;
  camera->height = height;
  camera->row = 0;
  camera->made = 0;
  camera->lacks = height;
  memset(camera->sums, 0, sizeof camera->sums);
  dew_model_begin(net);
  return 0;
}

void dew_model_camera_push_row(dew_model_camera* camera, const uint8_t* row) {
  if (camera->row == camera->height) return;
  if (camera->height < OUT_HEIGHT)
    dew_model_push_grown(camera, row);
  else
    dew_model_push_shrunk(camera, row);
  camera->row++;
}

int dew_model_camera_finish(dew_model_camera* camera, dew_model_result* result) {
  return dew_model_finish(camera->net, result);
}

int dew_model_camera_run(dew_model_camera* camera, dew_model_t* net, dew_model_format format, uint32_t width,
                         uint32_t height, const uint8_t* frame, dew_model_result* result) {
  const uint32_t bytes = format == DEW_MODEL_GREY                                   ? 1
                         : format == DEW_MODEL_RGB888 || format == DEW_MODEL_BGR888 ? 3
                                                                                    : 2;
  uint32_t y;
  if (dew_model_camera_begin(camera, net, format, width, height) != 0) return 1;
  for (y = 0; y < height; y++) dew_model_camera_push_row(camera, frame + y * width * bytes);
  return dew_model_camera_finish(camera, result);
}
