/* dew_model_camera: camera frames of any size and format, row by row, into dew_model.
 *
 * The net was trained on whole pictures that were stretched to DEW_MODEL_INPUT_WIDTH x
 * DEW_MODEL_INPUT_HEIGHT: averaged over areas where they shrink, interpolated where they grow. This does the
 * same, to within one step of a pixel. Give it the whole frame: a net that is fed a cropped one, or blue
 * before red, answers worse.
 *
 *     static dew_model_camera camera;
 *     dew_model_camera_begin(&camera, &model, DEW_MODEL_RGB565, 320, 240);
 *     for (y = 0; y < 240; y++) dew_model_camera_push_row(&camera, row);
 *     dew_model_camera_finish(&camera, &result);
 *
 * It holds sizeof(dew_model_camera) bytes and never a whole frame. */
#ifndef DEW_MODEL_CAMERA_H
#define DEW_MODEL_CAMERA_H

#include "dew_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a row of a frame holds. */
typedef enum {
  DEW_MODEL_RGB888, /* red, green, blue; one byte each */
  DEW_MODEL_BGR888, /* the same, blue first: bitmaps, OpenCV */
  DEW_MODEL_RGB565, /* 16-bit words, red in the upper bits, lower byte first: a uint16_t buffer of most MCUs
                     */
  DEW_MODEL_RGB565_BE, /* the same, upper byte first: as OV2640, OV7670 and the esp32-camera driver deliver it
                        */
  DEW_MODEL_YUYV,      /* YUV 4:2:2: luma, U, luma, V; an even width */
  DEW_MODEL_UYVY,      /* YUV 4:2:2: U, luma, V, luma; an even width */
  DEW_MODEL_GREY       /* one byte */
} dew_model_format;

typedef struct {
  dew_model_t* net;
  dew_model_format format;
  uint32_t width, height; /* of the frame */
  uint32_t row;           /* rows of the frame that have come */
  uint32_t made;          /* rows of the net's picture that have been pushed */
  uint32_t lacks;         /* parts of rows that the average of rows still lacks */
  uint32_t sums[DEW_MODEL_INPUT_WIDTH * 3];
  uint8_t now[DEW_MODEL_INPUT_WIDTH * 3];
  uint8_t before[DEW_MODEL_INPUT_WIDTH * 3]; /* where frames are lower than the net's picture */
} dew_model_camera;

/* Begins a frame, and the net's picture with it. Returns 0; or 1 for a size it cannot take: empty, an odd
 * width of YUV 4:2:2, or more than 16 million pixels. */
int dew_model_camera_begin(dew_model_camera* camera, dew_model_t* net, dew_model_format format,
                           uint32_t width, uint32_t height);

/* row: the frame's next row, top down. Rows beyond its height are ignored. */
void dew_model_camera_push_row(dew_model_camera* camera, const uint8_t* row);

/* The same as dew_model_finish: 0, or how many rows the net still lacks. */
int dew_model_camera_finish(dew_model_camera* camera, dew_model_result* result);

/* A whole frame; returns what dew_model_camera_begin returns. */
int dew_model_camera_run(dew_model_camera* camera, dew_model_t* net, dew_model_format format, uint32_t width,
                         uint32_t height, const uint8_t* frame, dew_model_result* result);

#ifdef __cplusplus
}
#endif

#endif
