package io.chitra.diffusion;

import io.chitra.diffusion.image.Pixels;
import io.chitra.diffusion.model.ModelFiles;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.onnx.PromptEmbeds;
import io.chitra.diffusion.onnx.TextEncoder;
import io.chitra.diffusion.onnx.UNet;
import io.chitra.diffusion.onnx.VaeDecoder;
import io.chitra.diffusion.scheduler.Scheduler;
import io.chitra.diffusion.tokenizer.ClipTokenizer;
import io.chitra.diffusion.tokenizer.Tokens;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory: tokenizer, text encoder, UNet and VAE decoder, and what has been worked out
 * with them. Owns all of them until closed. Prompts and schedulers are asked for by one thread (the
 * preparing one); the UNet and the decoder may be used by others meanwhile.
 */
final class LoadedModel implements AutoCloseable {

  /** A prompt's encoding, and the end of the prompt that it leaves out. */
  record Prompt(PromptEmbeds embeds, @Nullable String truncated) {}

  private final ModelFolder folder;
  private final long bytes;
  private final Resources resources = new Resources();
  private final ClipTokenizer tokenizer;
  private final TextEncoder textEncoder;
  private final UNet unet;
  private final VaeDecoder vaeDecoder;
  private final Map<String, Scheduler> schedulers = new HashMap<>();
  private final Map<String, Prompt> prompts;

  /** Loads every part; when one cannot be loaded, those before it are closed. */
  LoadedModel(OnnxRuntime runtime, ModelFolder folder, int maxPrompts) throws DiffusionException {
    this.folder = folder;
    this.bytes = bytes(folder);
    this.prompts = leastRecentlyUsed(maxPrompts);
    Path path = folder.path();
    int channels = folder.vae().latentChannels();
    try {
      tokenizer = resources.own(ClipTokenizer.open(path));
      textEncoder = resources.own(TextEncoder.open(runtime, path));
      unet = resources.own(UNet.open(runtime, path, channels));
      vaeDecoder = resources.own(VaeDecoder.open(runtime, path, channels));
    } catch (DiffusionException | RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  private static Map<String, Prompt> leastRecentlyUsed(int max) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Prompt> eldest) {
        return size() > max;
      }
    };
  }

  /** Bytes of the files that the parts are loaded from. */
  static long bytes(ModelFolder folder) {
    return Stream.of(TextEncoder.PART, UNet.PART, VaeDecoder.PART)
        .mapToLong(part -> ModelFiles.bytes(folder.path(), part))
        .sum();
  }

  ModelFolder folder() {
    return folder;
  }

  long bytes() {
    return bytes;
  }

  UNet unet() {
    return unet;
  }

  Prompt encode(String prompt) throws DiffusionException {
    Prompt encoded = prompts.get(prompt);
    if (encoded == null) {
      Tokens tokens = tokenizer.encode(prompt);
      encoded = new Prompt(textEncoder.encode(tokens.inputIds()), tokens.truncated());
      prompts.put(prompt, encoded);
    }
    return encoded;
  }

  Scheduler scheduler(String name) throws DiffusionException {
    Scheduler scheduler = schedulers.get(name);
    if (scheduler == null) {
      scheduler = folder.scheduler(name);
      schedulers.put(name, scheduler);
    }
    return scheduler;
  }

  /** Finished latents to the bytes of a picture. */
  byte[] decode(float[] latents, LatentShape shape, int width, int height)
      throws DiffusionException {
    return Pixels.rgb(
        vaeDecoder.decode(
            folder.vae().unscale(latents), shape.height(), shape.width(), height, width),
        width,
        height);
  }

  @Override
  public void close() {
    resources.close();
  }
}
