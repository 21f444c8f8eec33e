package io.chitra.worker.render;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.tokenizer.ClipTokenizer;
import io.chitra.schemas.RenderJob;
import io.chitra.worker.task.Truncation;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model on this machine, and tokenizers of it that tell what of a prompt is cut off. Safe for use
 * by several threads.
 *
 * @param tokenizer2 of the second text encoder, where there is one
 */
record LocalModel(ModelFolder folder, ClipTokenizer tokenizer, @Nullable ClipTokenizer tokenizer2)
    implements LocalFolders.Local {

  static LocalModel open(Path path) throws DiffusionException {
    ModelFolder folder = ModelFolder.open(path);
    ClipTokenizer tokenizer = ClipTokenizer.open(path);
    try {
      boolean two = Files.isDirectory(path.resolve("tokenizer_2"));
      return new LocalModel(
          folder,
          tokenizer,
          two ? ClipTokenizer.open(path, "tokenizer_2", "text_encoder_2") : null);
    } catch (DiffusionException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  @Override
  public Path path() {
    return folder.path();
  }

  @Override
  public void close() {
    tokenizer.close();
    if (tokenizer2 != null) {
      tokenizer2.close();
    }
  }

  Truncation truncation(RenderJob job) throws DiffusionException {
    return new Truncation(
        truncated(tokenizer, job.getPrompt()),
        truncated(tokenizer, job.getNegativePrompt()),
        truncated(tokenizer2, job.getPrompt2()),
        truncated(tokenizer2, job.getNegativePrompt2()));
  }

  private static @Nullable String truncated(
      @Nullable ClipTokenizer tokenizer, @Nullable String prompt) throws DiffusionException {
    return tokenizer == null || prompt == null ? null : tokenizer.encode(prompt).truncated();
  }
}
