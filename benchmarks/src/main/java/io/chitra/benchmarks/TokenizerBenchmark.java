package io.chitra.benchmarks;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.tokenizer.ClipTokenizer;
import io.chitra.diffusion.tokenizer.Tokens;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A prompt to ids, with the starter model's vocabulary. */
@SuppressWarnings("NullAway.Init") // JMH calls the method of @Setup first
public class TokenizerBenchmark extends Timed {

  /** What is tokenized. */
  public enum Prompt {
    SHORT("a red apple on a blue background"),
    /** More than the text encoder has places for. */
    LONG("a small house between two green trees under a yellow sun, ".repeat(12)),
    BENGALI("একটি সুন্দর সূর্যাস্তের দৃশ্য");

    private final String text;

    Prompt(String text) {
      this.text = text;
    }
  }

  @Param Prompt prompt = Prompt.SHORT;

  private ClipTokenizer tokenizer;

  @Setup
  public void open() throws DiffusionException, IOException {
    tokenizer = ClipTokenizer.open(Starter.folder());
  }

  @TearDown
  public void close() {
    tokenizer.close();
  }

  @Benchmark
  public Tokens encode() throws DiffusionException {
    return tokenizer.encode(prompt.text);
  }
}
