package io.chitra.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.look.Gate;
import io.chitra.dataset.look.GateLimits;
import io.chitra.dataset.look.GateModels;
import io.chitra.dataset.look.GateSettings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class GateOptionsTest {

  @TempDir private Path folder;

  @Test
  void nobodyNeedLookWhereNothingIsAskedFor() throws CliException {
    assertEquals(Optional.empty(), settings());
  }

  @Test
  void allMeansWhatNeedsNoModelAndWhoseModelIsNamed() throws CliException {
    Set<Gate> plain = EnumSet.allOf(Gate.class);
    plain.removeAll(Set.of(Gate.CLIP_SCORE, Gate.NSFW, Gate.NEAR_COPY));
    assertEquals(plain, gates("--gates", "all"));

    plain.add(Gate.CLIP_SCORE);
    assertEquals(plain, gates("--gates", "all", "--clip-model", folder.toString()));
  }

  @Test
  void anOptionOfAGateAsksForIt() throws CliException {
    assertEquals(Set.of(Gate.READABLE, Gate.NEAR_DUPLICATE), gates("--near-duplicates", "6"));
    assertEquals(Set.of(Gate.READABLE, Gate.NEAR_COPY), gates("--reference", folder.toString()));
    assertEquals(Set.of(Gate.READABLE, Gate.BLANK), gates("--drop", "blank"));
    assertEquals(
        Set.of(Gate.READABLE, Gate.SIZE, Gate.EXACT_DUPLICATE),
        gates("--require-gate", "size,exact-duplicate"));
  }

  @Test
  void whatIsSaidIsWhatHolds() throws CliException {
    String here = folder.toString();
    GateSettings settings =
        settings(
                "--gates=blank",
                "--drop=blank",
                "--require-gate=nsfw",
                "--near-duplicates=7",
                "--min-contrast=0.1",
                "--min-brightness=0.2",
                "--max-brightness=0.8",
                "--min-colourfulness=9",
                "--min-side=512",
                "--clip-model=" + here,
                "--min-clip-score=25.5",
                "--nsfw-model=" + here,
                "--nsfw-label=drawings,neutral",
                "--max-nsfw=0.3",
                "--reference=" + here,
                "--embedder=" + here,
                "--copy-distance=0.07")
            .orElseThrow();

    assertEquals(new GateLimits(7, 0.1, 0.2, 0.8, 9, 512, 25.5, 0.3, 0.07), settings.limits());
    assertEquals(
        new GateModels(folder, folder, List.of("drawings", "neutral"), folder, folder),
        settings.models());
    assertEquals(Set.of(Gate.BLANK), settings.drop());
    assertEquals(Set.of(Gate.NSFW), settings.require());
    assertTrue(settings.gates().containsAll(Set.of(Gate.LOW_CONTRAST, Gate.NEAR_COPY, Gate.SIZE)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--gates=pretty | Cannot use gate 'pretty': there are readable, exact-duplicate,",
        "--gates=nsfw | Cannot judge by gate nsfw without an NSFW model: name one",
        "--min-clip-score=20 | Cannot judge by gate clip-score without a CLIP model: name one",
        "--near-duplicates=16 | Cannot use near-duplicates 16: 0 to 15 would be right",
        "--min-contrast=0.7 | Cannot use min-contrast 0.7: 0 to 0.5 would be right",
        "--clip-model=nowhere | Cannot use --clip-model"
      })
  void refusesWithTheWayOut(String option, String message) {
    CliException refused = assertThrows(CliException.class, () -> settings(option));
    assertEquals(CommandLine.ExitCode.USAGE, refused.exitCode());
    assertTrue(String.valueOf(refused.getMessage()).startsWith(message), refused.getMessage());
  }

  private static Optional<GateSettings> settings(String... arguments) throws CliException {
    GateOptions options = CommandLine.populateCommand(new GateOptions(), arguments);
    return options.settings();
  }

  private static Collection<Gate> gates(String... arguments) throws CliException {
    return settings(arguments).orElseThrow().gates();
  }
}
