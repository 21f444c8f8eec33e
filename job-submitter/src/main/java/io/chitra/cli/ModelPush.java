package io.chitra.cli;

import io.chitra.cli.show.Humans;
import io.chitra.store.ModelRepository;
import io.chitra.store.PushListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Puts a model into a store, and says so where it takes a while. Used by one thread. */
final class ModelPush {

  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final Console console;
  private final ModelRepository repository;
  private long nextWord = System.nanoTime() + SILENCE.toNanos();

  ModelPush(Console console, ModelRepository repository) {
    this.console = console;
    this.repository = repository;
  }

  /** Returns the model's digest. */
  String push(Path folder) throws IOException {
    return repository.push(folder, progress(folder));
  }

  /** Likewise, and keeps a copy where the worker on this machine looks first. */
  String pushAndKeep(Path folder) throws IOException {
    return repository.pushAndKeep(folder, progress(folder));
  }

  private PushListener progress(Path folder) {
    return (file, done, total) -> {
      if (System.nanoTime() >= nextWord && done < total) {
        nextWord = System.nanoTime() + SILENCE.toNanos();
        console.say(
            "Pushing model %s: %s of %s"
                .formatted(folder, Humans.bytes(done), Humans.bytes(total)));
      }
    };
  }
}
