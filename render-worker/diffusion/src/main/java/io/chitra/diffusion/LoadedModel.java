package io.chitra.diffusion;

import io.chitra.diffusion.Counters.Count;
import io.chitra.diffusion.ModelFolder.TextPart;
import io.chitra.diffusion.image.Pixels;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.lora.LoraFile;
import io.chitra.diffusion.lora.LoraMerge;
import io.chitra.diffusion.lora.ScaledLora;
import io.chitra.diffusion.model.ModelFiles;
import io.chitra.diffusion.model.VaeConfig;
import io.chitra.diffusion.onnx.GraphSource;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.onnx.PromptEmbeds;
import io.chitra.diffusion.onnx.TextEncoder;
import io.chitra.diffusion.onnx.UNet;
import io.chitra.diffusion.onnx.VaeDecoder;
import io.chitra.diffusion.onnx.VaeEncoder;
import io.chitra.diffusion.scheduler.Scheduler;
import io.chitra.diffusion.tokenizer.ClipTokenizer;
import io.chitra.diffusion.tokenizer.Tokens;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory: tokenizers, text encoders, UNet and VAE, and what has been worked out with
 * them. Owns all of them until closed. Prompts, schedulers and the VAE's encoder are asked for by
 * one thread (the preparing one); the UNet and the decoder may be used by others meanwhile.
 */
final class LoadedModel implements AutoCloseable {

  /** A prompt's encoding, and the end of the prompt that it leaves out. */
  record Prompt(PromptEmbeds embeds, @Nullable String truncated) {}

  /** What the text encoders are given, one after the other. */
  private record Texts(String first, String second) {}

  /** diffusers' pipelines for a kind of task read a model's scheduler config in their own way. */
  private record SchedulerUse(String name, Class<? extends Task> task) {}

  /** A text encoder with its tokenizer. */
  private record TextReader(ClipTokenizer tokenizer, TextEncoder encoder) {

    Prompt read(String text) throws DiffusionException {
      Tokens tokens = tokenizer.encode(text);
      return new Prompt(encoder.encode(tokens.inputIds()), tokens.truncated());
    }
  }

  private static final Texts NO_TEXT = new Texts("", "");

  /** Where weights that LoRAs have changed lie while they are used. */
  private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir"));

  private final OnnxRuntime runtime;
  private final ModelSetup setup;
  private final Counters counters;
  private final long bytes;
  private final VaeConfig vae;
  private final Resources resources = new Resources();
  private final List<TextReader> textReaders = new ArrayList<>();
  private final List<ScaledLora> loras = new ArrayList<>();
  private final UNet unet;
  private final VaeDecoder vaeDecoder;
  private @Nullable VaeEncoder vaeEncoder;
  private final Map<SchedulerUse, Scheduler> schedulers = new HashMap<>();
  private final Map<Texts, Prompt> prompts;
  private @Nullable Prompt emptyPrompt;

  /** Loads every part; when one cannot be loaded, those before it are closed. */
  LoadedModel(OnnxRuntime runtime, ModelSetup setup, int maxPrompts, Counters counters)
      throws DiffusionException {
    this.runtime = runtime;
    this.setup = setup;
    this.counters = counters;
    this.bytes = bytes(setup);
    this.prompts = leastRecentlyUsed(maxPrompts);
    ModelFolder folder = setup.folder();
    VaeConfig config = setup.vae().config();
    this.vae = folder.isXl() ? config : config.withoutStatistics();
    Path path = folder.path();
    try {
      for (Lora lora : setup.loras()) {
        LoraFile file = LoraFile.open(lora.file());
        file.requireParts(folder.partsForLoras());
        loras.add(new ScaledLora(file, lora.scale()));
      }
      TextEncoder.States states =
          folder.isXl() ? TextEncoder.States.PENULTIMATE : TextEncoder.States.LAST;
      for (TextPart part : folder.textParts()) {
        textReaders.add(
            new TextReader(
                resources.own(ClipTokenizer.open(path, part.tokenizer(), part.encoder())),
                resources.own(TextEncoder.open(runtime, source(part.encoder()), states))));
      }
      unet = resources.own(UNet.open(runtime, source(UNet.PART), folder.unet()));
      vaeDecoder =
          resources.own(VaeDecoder.open(runtime, setup.vae().path(), vae.latentChannels()));
    } catch (DiffusionException | RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  /** A part's graph with the setup's LoRAs. */
  private GraphSource source(String part) throws DiffusionException {
    GraphSource source = GraphSource.read(setup.folder().path(), part);
    return source.with(LoraMerge.merge(part, source.graph(), loras, SCRATCH));
  }

  private static Map<Texts, Prompt> leastRecentlyUsed(int max) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Texts, Prompt> eldest) {
        return size() > max;
      }
    };
  }

  /** Bytes of the files that the parts are loaded from. */
  static long bytes(ModelSetup setup) {
    Path folder = setup.folder().path();
    long bytes = ModelFiles.bytes(folder, UNet.PART);
    for (TextPart part : setup.folder().textParts()) {
      bytes += ModelFiles.bytes(folder, part.encoder());
    }
    Path vae = setup.vae().path();
    return bytes + ModelFiles.bytes(vae, VaeDecoder.PART) + ModelFiles.bytes(vae, VaeEncoder.PART);
  }

  ModelSetup setup() {
    return setup;
  }

  ModelFolder folder() {
    return setup.folder();
  }

  long bytes() {
    return bytes;
  }

  UNet unet() {
    return unet;
  }

  LatentShape latentShape(int width, int height) {
    return new LatentShape(vae.latentChannels(), height / vae.factor(), width / vae.factor());
  }

  /**
   * Encodes prompts, or finds their encoding: that of the empty prompt is always kept.
   *
   * @param second for the second text encoder, where the model has one
   */
  Prompt encode(String text, String second) throws DiffusionException {
    Texts texts = new Texts(text, textReaders.size() == 1 ? "" : second);
    Prompt known = texts.equals(NO_TEXT) ? emptyPrompt : prompts.get(texts);
    if (known != null) {
      counters.add(Count.PROMPT_HITS, 1);
      return known;
    }
    counters.add(Count.PROMPT_MISSES, 1);
    Prompt encoded = read(texts);
    if (texts.equals(NO_TEXT)) {
      emptyPrompt = encoded;
    } else {
      prompts.put(texts, encoded);
    }
    return encoded;
  }

  private Prompt read(Texts texts) throws DiffusionException {
    Prompt encoded = textReaders.get(0).read(texts.first());
    if (textReaders.size() == 1) {
      return encoded;
    }
    Prompt beside = textReaders.get(1).read(texts.second());
    return new Prompt(
        encoded.embeds().beside(beside.embeds()),
        encoded.truncated() == null ? beside.truncated() : encoded.truncated());
  }

  Scheduler scheduler(String name, Task task) throws DiffusionException {
    SchedulerUse use = new SchedulerUse(name, task.getClass());
    Scheduler scheduler = schedulers.get(use);
    if (scheduler == null) {
      scheduler = folder().scheduler(name, task);
      schedulers.put(use, scheduler);
    }
    return scheduler;
  }

  /**
   * A given picture as latents: a draw from the VAE's distribution (Kingma and Welling, 2013).
   *
   * @param image 3 x height x width values, -1 to 1
   * @param noise standard normal, as many as the latents
   */
  float[] encode(float[] image, int width, int height, float[] noise) throws DiffusionException {
    if (vaeEncoder == null) {
      vaeEncoder =
          resources.own(VaeEncoder.open(runtime, setup.vae().path(), vae.latentChannels()));
    }
    LatentShape shape = latentShape(width, height);
    float[] parameters = vaeEncoder.encode(image, height, width, shape.height(), shape.width());
    float[] latents = new float[noise.length];
    for (int i = 0; i < latents.length; i++) {
      float logVariance = Math.min(Math.max(parameters[latents.length + i], -30), 20);
      latents[i] = parameters[i] + (float) StrictMath.exp(0.5f * logVariance) * noise[i];
    }
    vae.scale(latents);
    return latents;
  }

  /**
   * Finished latents of some pictures to the pictures.
   *
   * @param maxBatch pictures that are decoded at once, at most
   */
  List<RgbImage> decode(List<float[]> latents, int maxBatch, LatentShape shape)
      throws DiffusionException {
    int width = shape.width() * vae.factor();
    int height = shape.height() * vae.factor();
    List<float[]> unscaled = latents.stream().map(vae::unscale).toList();
    List<RgbImage> images = new ArrayList<>();
    for (FloatBuffer image :
        vaeDecoder.decode(unscaled, maxBatch, shape.height(), shape.width(), height, width)) {
      images.add(new RgbImage(width, height, Pixels.rgb(image, width, height)));
    }
    return images;
  }

  @Override
  public void close() {
    resources.close();
  }
}
