package io.chitra.cli.submit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a file is to a job, how large it may be, and how it is looked at. */
enum InputKind {
  PICTURE(64L << 20) {
    @Override
    Content look(Path file) throws IOException, InputException {
      requireSize(Files.size(file));
      byte[] bytes = Files.readAllBytes(file);
      PictureHeader header = PictureHeader.read(bytes);
      int width = header.width();
      int height = header.height();
      if (Math.max(width, height) > MAX_SIDE || (long) width * height > MAX_PIXELS) {
        throw new InputException(
            "it has %d x %d pixels: up to %d a side and %d in all would be right"
                .formatted(width, height, MAX_SIDE, MAX_PIXELS));
      }
      String sha256 = HexFormat.of().formatHex(digest().digest(bytes));
      return new Content(sha256, bytes.length, header.contentType(), header);
    }
  },

  LORA(4L << 30) {
    @Override
    Content look(Path file) throws IOException, InputException {
      long bytes = Files.size(file);
      requireSize(bytes);
      requireSafetensors(file, bytes);
      return new Content(sha256(file), bytes, "application/octet-stream", null);
    }
  };

  /** As workers read them; they have options to read less. */
  private static final int MAX_SIDE = 16_384;

  private static final long MAX_PIXELS = 50_000_000;
  private static final int SAFETENSORS_PREFIX_BYTES = 9;

  private final long maxBytes;

  InputKind(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * What was seen of a file.
   *
   * @param header of a picture
   */
  record Content(String sha256, long bytes, String contentType, @Nullable PictureHeader header) {

    PictureHeader pictureHeader() {
      return Objects.requireNonNull(header);
    }
  }

  long maxBytes() {
    return maxBytes;
  }

  /** Reads a file. */
  abstract Content look(Path file) throws IOException, InputException;

  void requireSize(long bytes) throws InputException {
    if (bytes > maxBytes) {
      throw new InputException(
          "it has %d bytes: up to %d would be right".formatted(bytes, maxBytes));
    }
  }

  /** SHA-256 of a file, 64 hexadecimal digits. */
  static String sha256(Path file) throws IOException {
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** It begins with the length of its header, which is a JSON object. */
  private static void requireSafetensors(Path file, long bytes) throws IOException, InputException {
    try (InputStream in = Files.newInputStream(file)) {
      ByteBuffer start =
          ByteBuffer.wrap(in.readNBytes(SAFETENSORS_PREFIX_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
      boolean safetensors =
          start.limit() == SAFETENSORS_PREFIX_BYTES
              && start.getLong() > 0
              && start.getLong(0) <= bytes - Long.BYTES
              && start.get() == '{';
      if (!safetensors) {
        throw new InputException("it is no file in safetensors format");
      }
    }
  }
}
