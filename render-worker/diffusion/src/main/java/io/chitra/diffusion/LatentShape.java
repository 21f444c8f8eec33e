package io.chitra.diffusion;

/** The size of a picture's latents: pictures of equal ones can share a batch. */
record LatentShape(int channels, int height, int width) {

  int size() {
    return channels * height * width;
  }
}
