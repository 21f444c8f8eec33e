package io.chitra.diffusion;

import io.chitra.diffusion.onnx.Device;

/**
 * How an engine uses its machine. None of these changes a pixel, save device, rows and decodeBatch
 * on a GPU: they are in the environment class.
 *
 * @param device that computes
 * @param rows the UNet's largest batch, 2 or more: a picture with guidance takes two rows, one
 *     without takes one
 * @param threads of a CPU that compute: the rows are divided among them
 * @param maxModelBytes unused models are closed, oldest use first, until the model files behind all
 *     open ones are within this
 * @param maxPromptEncodings prompts whose encoding is kept, for each model
 * @param batching when pictures come into a batch
 * @param decodeBatch the most pictures that the VAE decodes at once
 */
public record EngineOptions(
    Device device,
    int rows,
    int threads,
    long maxModelBytes,
    int maxPromptEncodings,
    Batching batching,
    int decodeBatch) {

  public EngineOptions {
    require(rows >= 2, "rows", rows, "2 or more");
    require(threads >= 1, "threads", threads, "1 or more");
    require(maxModelBytes >= 0, "maxModelBytes", maxModelBytes, "0 or more");
    require(maxPromptEncodings >= 1, "maxPromptEncodings", maxPromptEncodings, "1 or more");
    require(decodeBatch >= 1, "decodeBatch", decodeBatch, "1 or more");
  }

  /** For a CPU: two pictures with guidance at a time, a thread a processor, 8 GiB of models. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        new Device.Cpu(),
        4,
        Runtime.getRuntime().availableProcessors(),
        8L << 30,
        256,
        Batching.CONTINUOUS,
        1);
  }

  public EngineOptions withDevice(Device value) {
    return new EngineOptions(
        value, rows, threads, maxModelBytes, maxPromptEncodings, batching, decodeBatch);
  }

  public EngineOptions withRows(int value) {
    return new EngineOptions(
        device, value, threads, maxModelBytes, maxPromptEncodings, batching, decodeBatch);
  }

  public EngineOptions withThreads(int value) {
    return new EngineOptions(
        device, rows, value, maxModelBytes, maxPromptEncodings, batching, decodeBatch);
  }

  public EngineOptions withMaxModelBytes(long value) {
    return new EngineOptions(
        device, rows, threads, value, maxPromptEncodings, batching, decodeBatch);
  }

  public EngineOptions withMaxPromptEncodings(int value) {
    return new EngineOptions(device, rows, threads, maxModelBytes, value, batching, decodeBatch);
  }

  public EngineOptions withBatching(Batching value) {
    return new EngineOptions(
        device, rows, threads, maxModelBytes, maxPromptEncodings, value, decodeBatch);
  }

  public EngineOptions withDecodeBatch(int value) {
    return new EngineOptions(
        device, rows, threads, maxModelBytes, maxPromptEncodings, batching, value);
  }

  private static void require(boolean holds, String name, long value, String right) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Cannot start an engine with %s %d: it must be %s".formatted(name, value, right));
    }
  }
}
