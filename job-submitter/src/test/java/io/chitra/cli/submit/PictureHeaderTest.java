package io.chitra.cli.submit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On files that Pillow made; the expected sizes are those of its {@code exif_transpose}. */
class PictureHeaderTest {

  private static byte[] file(String name) throws Exception {
    try (InputStream in = PictureHeaderTest.class.getResourceAsStream("pictures/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "plain.png, image/png, 30, 20",
    "turned-5.png, image/png, 20, 30",
    "upside-down-3.png, image/png, 30, 20",
    "plain.jpg, image/jpeg, 30, 20",
    "progressive.jpg, image/jpeg, 30, 20",
    "turned-6.jpg, image/jpeg, 20, 30",
    "lossy.webp, image/webp, 30, 20",
    "lossless.webp, image/webp, 30, 20",
    "turned-8.webp, image/webp, 20, 30"
  })
  void tellTheKindAndTheSizeUpright(String name, String contentType, int width, int height)
      throws Exception {
    assertEquals(new PictureHeader(contentType, width, height), PictureHeader.read(file(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.gif", "make.py"})
  void areThoseOfPictures(String name) throws Exception {
    byte[] file = file(name);

    assertThrows(InputException.class, () -> PictureHeader.read(file));
  }

  /** Whatever the bytes, either a header comes out or the one exception. */
  @ParameterizedTest
  @ValueSource(strings = {"turned-5.png", "turned-6.jpg", "turned-8.webp", "lossless.webp"})
  void damagedFilesAreRefusedOrRead(String name) throws Exception {
    byte[] good = file(name);
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        PictureHeader.read(bytes);
      } catch (InputException e) {
        refused++;
      }
    }
    assertEquals(true, refused > 100, "the damage does no harm");
  }

  @Test
  void anEmptyFileIsSaidToBe() {
    InputException e = assertThrows(InputException.class, () -> PictureHeader.read(new byte[0]));

    assertEquals("the file is empty", e.getMessage());
  }
}
