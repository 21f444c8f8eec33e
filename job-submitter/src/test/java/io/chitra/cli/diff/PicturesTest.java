package io.chitra.cli.diff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PicturesTest {

  @Test
  void pixelsComeAsTheyWereWritten() throws Exception {
    BufferedImage colours = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    colours.setRGB(0, 0, 0x102030);
    colours.setRGB(1, 0, 0xfefdfc);
    assertArrayEquals(
        new byte[] {0x10, 0x20, 0x30, (byte) 0xfe, (byte) 0xfd, (byte) 0xfc},
        Rgb.decode(png(colours)).rgb());

    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 100);
    grey.getRaster().setSample(1, 0, 0, 200);
    assertArrayEquals(
        new byte[] {100, 100, 100, (byte) 200, (byte) 200, (byte) 200},
        Rgb.decode(png(grey)).rgb());
    assertThrows(IOException.class, () -> Rgb.decode(new byte[] {1, 2, 3}));
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
