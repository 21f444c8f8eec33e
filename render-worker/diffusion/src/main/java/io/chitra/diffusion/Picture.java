package io.chitra.diffusion;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A finished picture.
 *
 * @param rgb height x width x 3 bytes, row by row from the top; not copied, not to be changed
 * @param promptTruncated the end of the prompt that did not fit into the text encoder, null when
 *     all of it did
 * @param negativePromptTruncated the same for the negative prompt
 * @param renderTime from the first denoising step to the last pixel
 * @param environment what its bits depend on besides request and model
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are large, and compared by pixelSha256
public record Picture(
    int width,
    int height,
    byte[] rgb,
    @Nullable String promptTruncated,
    @Nullable String negativePromptTruncated,
    Duration renderTime,
    Environment environment) {

  public Picture {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "Cannot make a picture of %d x %d: %d bytes are not height x width x 3"
              .formatted(width, height, rgb.length));
    }
  }

  /** SHA-256 of {@link #rgb}, in lower-case hex: equal pictures have equal ones. */
  public String pixelSha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rgb));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
