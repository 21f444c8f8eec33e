package io.chitra.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.show.SideBySide.Couple;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideBySideTest {

  private static final int RED = 0xffc00000;
  private static final int BLUE = 0xff0000c0;

  @TempDir private Path folder;

  @Test
  void aPageHasBothPicturesAndNoMarkupFromOutside() throws Exception {
    Path page = folder.resolve("sheet.html");
    SideBySide.write(
        "one", "other", List.of(new Couple("<script>'\"&", "PSNR", png(RED), png(BLUE))), page);

    String html = Files.readString(page);
    assertEquals(2, html.split("src=\"data:image/png;base64,", -1).length - 1);
    assertTrue(html.contains("&lt;script&gt;&#39;&quot;&amp;"), html);
    assertFalse(html.contains("<script>"), html);
    assertFalse(html.contains("http"), "nothing is fetched");
  }

  @Test
  void aPictureHasAllPairsTheOneOnTheLeft() throws Exception {
    Path sheet = folder.resolve("sheet.PNG");
    Couple couple = new Couple("a/0", "PSNR 1.0 dB", png(RED), png(BLUE));
    SideBySide.write("one", "other", List.of(couple, couple), sheet);

    BufferedImage image = ImageIO.read(sheet.toFile());
    assertEquals(3 * 8 + 2 * 256, image.getWidth());
    assertEquals(18 + 8 + 2 * (256 + 2 * 18 + 8), image.getHeight());
    for (int row = 0; row < 2; row++) {
      int y = 18 + 8 + row * (256 + 2 * 18 + 8) + 128;
      assertEquals(RED, image.getRGB(8 + 128, y));
      assertEquals(BLUE, image.getRGB(8 + 256 + 8 + 128, y));
    }
  }

  @Test
  void sheetsAreToldByTheirNames() {
    assertTrue(SideBySide.isSheet(Path.of("a.html")));
    assertTrue(SideBySide.isSheet(Path.of("a.PNG")));
    assertFalse(SideBySide.isSheet(Path.of("a.jpg")));
  }

  private static byte[] png(int colour) throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 16; i++) {
      image.setRGB(i % 4, i / 4, colour);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
