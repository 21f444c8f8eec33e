package io.chitra.worker.render;

import io.chitra.diffusion.image.PictureLimits;

/** How large the files may be that tasks work on. */
public record InputLimits(PictureLimits pictures, long maxLoraBytes) {}
