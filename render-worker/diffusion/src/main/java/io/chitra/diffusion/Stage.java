package io.chitra.diffusion;

/** Where a picture is on its way through the engine. */
enum Stage {
  /** It waits for its model, its prompt's encoding and its noise. */
  PREPARING,

  /** It waits for rows. */
  WAITING,

  /** It has rows. */
  DENOISING,

  /** It waits for its pixels. */
  DECODING
}
