package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WrittenTextTest {

  private static final String SETTINGS = "একটি আপেল, \"red\" <1>\nSteps: 20, Seed: 7 \ud83c\udf4e";

  static Stream<PictureFormat> formats() {
    return Stream.of(
        new PictureFormat.PngFormat(ColourMode.RGB),
        new PictureFormat.PngFormat(ColourMode.L),
        new PictureFormat.JpegFormat(ColourMode.RGB, 90));
  }

  private static byte[] file(PictureFormat format) {
    return PictureFile.encode(
        new RgbImage(3, 2, new byte[18]),
        format,
        new PictureText(SETTINGS, DigitalSource.TRAINED_ALGORITHMIC_MEDIA));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void whatWasWrittenIsFound(PictureFormat format) {
    assertEquals(Optional.of(SETTINGS), PictureText.parametersOf(file(format)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void noBeginningOfAFileBreaksIt(PictureFormat format) {
    byte[] file = file(format);
    for (int length = 0; length < file.length; length++) {
      Optional<String> found = PictureText.parametersOf(Arrays.copyOf(file, length));
      assertTrue(found.isEmpty() || found.get().equals(SETTINGS), "length " + length);
    }
  }

  @Test
  void otherFilesHaveNone() {
    assertEquals(Optional.empty(), PictureText.parametersOf(new byte[0]));
    assertEquals(Optional.empty(), PictureText.parametersOf(new byte[] {1, 2, 3}));
  }
}
