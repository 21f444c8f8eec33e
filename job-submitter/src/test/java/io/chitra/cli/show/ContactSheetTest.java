package io.chitra.cli.show;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {

  @TempDir Path folder;

  private ContactSheet.Tile tile(String name, int width, int height, Color colour)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setColor(colour);
    canvas.fillRect(0, 0, width, height);
    canvas.dispose();
    Path file = folder.resolve(name + ".png");
    ImageIO.write(image, "png", file.toFile());
    return new ContactSheet.Tile(file, "নীল বিড়াল", name);
  }

  @Test
  void showsEveryPictureInItsPlace() throws IOException {
    Path sheet = folder.resolve("sheet.png");

    ContactSheet.draw(
        List.of(tile("a-0", 64, 64, Color.RED), tile("b-0", 128, 64, Color.BLUE)), sheet);

    BufferedImage drawn = ImageIO.read(sheet.toFile());
    assertEquals(12 + 2 * (256 + 12), drawn.getWidth());
    assertEquals(Color.RED.getRGB(), drawn.getRGB(12 + 128, 12 + 128));
    assertEquals(Color.BLUE.getRGB(), drawn.getRGB(12 + 268 + 128, 12 + 128));
    int aboveTheWidePicture = drawn.getRGB(12 + 268 + 128, 12 + 20);
    assertEquals(drawn.getRGB(0, 0), aboveTheWidePicture);
  }

  @Test
  void isASquareOfSmallerPicturesWhenThereAreMany() throws IOException {
    List<ContactSheet.Tile> tiles = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tiles.add(tile("picture-" + i, 8, 8, Color.GREEN));
    }
    Path sheet = folder.resolve("sheet.png");

    ContactSheet.draw(tiles, sheet);

    assertEquals(12 + 5 * (144 + 12), ImageIO.read(sheet.toFile()).getWidth());
  }

  @Test
  void replacesAnEarlierSheetAndLeavesNothingElse() throws IOException {
    Path sheet = Files.writeString(folder.resolve("sheet.png"), "old");

    ContactSheet.draw(List.of(tile("a", 8, 8, Color.RED)), sheet);

    assertTrue(ImageIO.read(sheet.toFile()).getWidth() > 0);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void saysWhichFileIsNoPicture() throws IOException {
    Path text = Files.writeString(folder.resolve("no.png"), "text");

    IOException e =
        assertThrows(
            IOException.class,
            () ->
                ContactSheet.draw(
                    List.of(new ContactSheet.Tile(text, "", "no")), folder.resolve("sheet.png")));

    assertTrue(String.valueOf(e.getMessage()).contains("no.png"), e.getMessage());
  }

  @Test
  void picksEvenlyFromTheFirstOn() {
    assertArrayEquals(new int[] {0, 1, 2}, ContactSheet.pick(3));
    int[] picked = ContactSheet.pick(1_000_000_000);
    assertEquals(64, picked.length);
    assertEquals(0, picked[0]);
    assertEquals(500_000_000, picked[32]);
    assertEquals(64, Arrays.stream(picked).distinct().count());
  }
}
