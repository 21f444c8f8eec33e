package io.chitra.diffusion.lora;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.HalfPrecision;
import io.chitra.diffusion.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * New weights in a temporary file: mapped, they take neither heap nor the direct memory that a JVM
 * is limited to. Closing it removes the file's name; what was stored stays for as long as its
 * buffers are reachable. Used by one thread.
 */
final class MergedWeights implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  /** What vector instructions like. */
  private static final int ALIGNMENT = 64;

  private final Path file;
  private final FileChannel channel;

  private MergedWeights(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @throws DiffusionException temporary, when there can be no such file
   */
  static MergedWeights create(Path scratch) throws DiffusionException {
    try {
      Path file = Files.createTempFile(scratch, "chitra-lora-", ".weights");
      return new MergedWeights(
          file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw failure(scratch, e);
    }
  }

  /**
   * Stores a weight.
   *
   * @param type FLOAT or FLOAT16
   * @return its bytes, little-endian, in a direct buffer
   * @throws DiffusionException temporary, when there is no room
   */
  ByteBuffer store(TensorType type, float[] values) throws DiffusionException {
    try {
      long begin = (channel.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      channel.position(begin);
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        if (type == TensorType.FLOAT16) {
          chunk.putShort(HalfPrecision.fromFloat(value));
        } else {
          chunk.putFloat(value);
        }
        if (!chunk.hasRemaining()) {
          flush(chunk);
        }
      }
      flush(chunk);
      return channel.map(MapMode.READ_ONLY, begin, channel.position() - begin);
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  private void flush(ByteBuffer chunk) throws IOException {
    chunk.flip();
    while (chunk.hasRemaining()) {
      channel.write(chunk);
    }
    chunk.clear();
  }

  private static DiffusionException failure(Path where, IOException e) {
    return DiffusionException.temporary(
        "Cannot store weights with LoRAs in %s: %s".formatted(where, e), e);
  }

  @Override
  public void close() {
    try {
      channel.close();
      Files.delete(file);
    } catch (IOException e) {
      // some systems keep the name while the file is mapped
      file.toFile().deleteOnExit();
    }
  }
}
