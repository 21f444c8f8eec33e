package io.chitra.worker.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.Sha256;
import io.chitra.dataset.pack.PackedPicture;
import io.chitra.dataset.pack.Recode;
import io.chitra.diffusion.image.ColourMode;
import io.chitra.diffusion.image.DigitalSource;
import io.chitra.diffusion.image.Lanczos;
import io.chitra.diffusion.image.PictureFile;
import io.chitra.diffusion.image.PictureFormat;
import io.chitra.diffusion.image.PictureLimits;
import io.chitra.diffusion.image.PictureReader;
import io.chitra.diffusion.image.PictureText;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.schemas.ImageRecord;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecoderTest {

  private static final RgbImage IMAGE = image(64, 40);
  private static final byte[] PNG =
      PictureFile.encode(
          IMAGE,
          new PictureFormat.PngFormat(ColourMode.RGB),
          new PictureText("a fox\nSteps: 3", DigitalSource.TRAINED_ALGORITHMIC_MEDIA));
  private static final ImageRecord RECORD = Records.of("fox", 3, PNG).build();

  private final PictureReader reader = new PictureReader(PictureLimits.DEFAULTS);

  private static RgbImage image(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(5).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  @Test
  void whatIsRightAlreadyStaysAsItIs() throws Exception {
    assertSame(PNG, new Recoder(null).recode(RECORD, PNG, null).file());
    PackedPicture picture = new Recoder(new Recode(64, null)).recode(RECORD, PNG, null);
    assertSame(PNG, picture.file());
    assertEquals("png", picture.extension());
    assertEquals(64, picture.width());
    assertEquals(40, picture.height());
    assertEquals(Sha256.of(PNG), picture.sha256());
  }

  @Test
  void longerSidesAreMadeSmallerByLanczos() throws Exception {
    PackedPicture picture = new Recoder(new Recode(16, null)).recode(RECORD, PNG, null);

    assertEquals(16, picture.width());
    assertEquals(10, picture.height());
    assertEquals("png", picture.extension());
    RgbImage expected = Lanczos.resize(IMAGE, 16, 10);
    assertArrayEquals(expected.rgb(), reader.rgb(picture.file()).rgb());
    assertEquals(Sha256.of(picture.file()), picture.sha256());
    assertEquals(
        Optional.of("a fox\nSteps: 3"),
        PictureText.parametersOf(picture.file()),
        "what it was made with stays in it");
  }

  @Test
  void jpegIsMadeOfPng() throws Exception {
    PackedPicture picture = new Recoder(new Recode(null, 95)).recode(RECORD, PNG, null);

    assertEquals("jpg", picture.extension());
    assertEquals(64, picture.width());
    assertEquals(64, reader.rgb(picture.file()).width());
    assertEquals(Optional.of("a fox\nSteps: 3"), PictureText.parametersOf(picture.file()));
    assertArrayEquals(
        picture.file(), new Recoder(new Recode(null, 95)).recode(RECORD, PNG, null).file());
    PackedPicture coarse = new Recoder(new Recode(null, 20)).recode(RECORD, PNG, null);
    assertTrue(coarse.file().length < picture.file().length);
  }

  @Test
  void aPictureThatCannotBeReadIsNamed() {
    byte[] cut = Arrays.copyOf(PNG, PNG.length / 2);
    DamagedPictureException failure =
        assertThrows(
            DamagedPictureException.class,
            () ->
                new Recoder(new Recode(16, null))
                    .recode(Records.of("fox", 3, cut).build(), cut, null));
    assertTrue(
        String.valueOf(failure.getMessage())
            .startsWith("Cannot export picture 3 of job fox: its object images/fox-3.png cannot"),
        failure.getMessage());
  }
}
