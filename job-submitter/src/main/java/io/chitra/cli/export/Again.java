package io.chitra.cli.export;

import io.chitra.dataset.look.Gate;
import io.chitra.dataset.look.GateLimits;
import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.Recode;
import io.chitra.dataset.plan.ExportRequest;
import io.chitra.dataset.plan.ShardSettings;
import io.chitra.dataset.plan.Split;
import io.chitra.dataset.plan.SplitSettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command that makes a dataset again, as its card says it. */
public final class Again {

  private Again() {}

  /** A format as the command line has it. */
  public static String name(PackFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  /** The command line of a request; equal ones for equal requests. */
  static String command(ExportRequest request) {
    List<String> words =
        new ArrayList<>(List.of("chitra", "export", "--dataset", quoted(request.dataset())));
    add(words, "--format", name(request.format()));
    add(words, "--class-label", request.classLabel());
    splits(words, request.splits());
    add(words, "--shuffle", request.shuffle());
    Recode recode = request.recode();
    if (recode != null) {
      add(words, "--jpeg", recode.jpegQuality());
      add(words, "--resize", recode.longestSide());
    }
    if (request.shards().rows() != request.format().mostRows()) {
      add(words, "--shard-rows", request.shards().rows());
    }
    if (request.shards().bytes() != ShardSettings.DEFAULT_BYTES) {
      add(words, "--shard-bytes", request.shards().bytes());
    }
    if (request.gates() != null) {
      gates(words, request.gates());
    }
    add(words, "--to", "TARGET");
    return String.join(" ", words);
  }

  private static void gates(List<String> words, GateSettings gates) {
    GateLimits limits = gates.limits();
    GateLimits usual = GateLimits.DEFAULTS;
    add(words, "--gates", labels(gates.gates()));
    changed(words, "--near-duplicates", limits.nearDuplicateBits(), usual.nearDuplicateBits());
    changed(words, "--min-contrast", limits.minContrast(), usual.minContrast());
    changed(words, "--min-brightness", limits.minBrightness(), usual.minBrightness());
    changed(words, "--max-brightness", limits.maxBrightness(), usual.maxBrightness());
    changed(words, "--min-colourfulness", limits.minColourfulness(), usual.minColourfulness());
    changed(words, "--min-side", limits.minSide(), usual.minSide());
    changed(words, "--min-clip-score", limits.minClipScore(), usual.minClipScore());
    changed(words, "--max-nsfw", limits.maxNsfw(), usual.maxNsfw());
    add(words, "--copy-distance", limits.copyDistance());
    add(words, "--clip-model", gates.models().clip());
    add(words, "--nsfw-model", gates.models().nsfw());
    if (!gates.models().nsfwLabels().isEmpty()) {
      add(words, "--nsfw-label", String.join(",", gates.models().nsfwLabels()));
    }
    add(words, "--reference", gates.models().reference());
    add(words, "--embedder", gates.models().embedder());
    if (!gates.drop().isEmpty()) {
      add(words, "--drop", labels(gates.drop()));
    }
    if (!gates.require().isEmpty()) {
      add(words, "--require-gate", labels(gates.require()));
    }
  }

  /** As the command line takes them. */
  private static String labels(Collection<Gate> gates) {
    return gates.stream().map(Gate::label).collect(Collectors.joining(","));
  }

  private static void changed(List<String> words, String option, Object value, Object usual) {
    if (!value.equals(usual)) {
      add(words, option, value);
    }
  }

  private static void splits(List<String> words, SplitSettings splits) {
    if (splits.splits().isEmpty()) {
      return;
    }
    add(
        words,
        "--split",
        splits.splits().stream().map(Again::split).collect(Collectors.joining(",")));
    add(words, "--stratify", splits.stratify());
    if (splits.unit() == SplitSettings.Unit.JOB) {
      words.add("--keep-jobs-together");
    }
    add(words, "--seed", splits.seed());
  }

  private static String split(Split split) {
    return split.name() + "=" + BigDecimal.valueOf(split.share()).toPlainString();
  }

  private static void add(List<String> words, String option, @Nullable Object value) {
    if (value != null) {
      words.add(option);
      words.add(quoted(value.toString()));
    }
  }

  /** As a shell takes it for one word. */
  public static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
