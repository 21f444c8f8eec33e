package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ThumbnailTest {

  @Test
  void isASmallJpegOfTheSameProportionsAndColour() throws Exception {
    BufferedImage small = read(Thumbnail.of(picture(1001, 500)));
    assertEquals(Thumbnail.SIDE, small.getWidth());
    assertEquals(80, small.getHeight());
    assertEquals(200, red(small, 20, 40), 6);
    assertEquals(20, red(small, 140, 40), 6);
  }

  @Test
  void smallPicturesKeepTheirSizeAndThinOnesAPixel() throws Exception {
    BufferedImage same = read(Thumbnail.of(picture(64, 48)));
    assertEquals(64, same.getWidth());
    assertEquals(48, same.getHeight());
    BufferedImage thin = read(Thumbnail.of(picture(4000, 2)));
    assertEquals(Thumbnail.SIDE, thin.getWidth());
    assertEquals(1, thin.getHeight());
  }

  @Test
  void aFileThatIsNotThePictureIsRefused() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(picture(8, 6), "png", file);
    assertEquals(8, Decoded.of(file.toByteArray(), 8, 6).getWidth());
    IOException size = assertThrows(IOException.class, () -> Decoded.of(file.toByteArray(), 6, 8));
    assertEquals("it has 8 x 6 pixels, the record says 6 x 8", size.getMessage());
    assertThrows(IOException.class, () -> Decoded.of(new byte[] {1, 2, 3}, 8, 6));
  }

  /** Light red on the left, dark red on the right. */
  private static BufferedImage picture(int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, x < width / 2 ? 0xc80000 : 0x140000);
      }
    }
    return picture;
  }

  private static int red(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) >> 16 & 0xff;
  }

  private static BufferedImage read(String uri) throws IOException {
    assertTrue(uri.startsWith("data:image/jpeg;base64,"), uri.substring(0, 30));
    byte[] file = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    return ImageIO.read(new ByteArrayInputStream(file));
  }
}
