package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OutpaintTest {

  private static final Margins MARGINS = new Margins(5, 0, 40, 3);
  private static final RgbImage ORIGINAL = Patterns.rgb(11, 7);
  private static final Outpaint OUTPAINT = new Outpaint(ORIGINAL, MARGINS);

  @Test
  void growsByTheMargins() {
    assertEquals(new PictureSize(16, 50), OUTPAINT.size());
    GrayImage mask = OUTPAINT.mask();
    RgbImage canvas = OUTPAINT.canvas();
    for (int y = 0; y < 50; y++) {
      for (int x = 0; x < 16; x++) {
        boolean inside = isInside(x, y);
        assertEquals(inside ? 0 : 255, mask.gray()[y * 16 + x] & 0xff);
        if (inside) {
          assertOriginal(canvas, x, y);
        }
      }
    }
  }

  @Test
  void fillsTheNewPartWithTheColoursOfTheEdges() {
    byte[] rgb = new byte[3 * 4 * 4];
    for (int i = 0; i < 16; i++) {
      rgb[3 * i] = (byte) (i % 4 < 2 ? 0 : 200); // left half black, right half red
    }
    RgbImage canvas = new Outpaint(new RgbImage(4, 4, rgb), new Margins(2, 2, 2, 0)).canvas();
    // means of 2 or 3 pixels of the edge one row above it, of 3 or 4 two rows above it
    assertArrayEquals(new int[] {0, 67, 133, 200}, reds(canvas, 1, 2, 6));
    assertArrayEquals(new int[] {67, 100, 100, 133}, reds(canvas, 0, 2, 6));
    assertArrayEquals(new int[] {0, 0}, reds(canvas, 4, 0, 2));
    assertArrayEquals(new int[] {200, 200}, reds(canvas, 4, 6, 8));
  }

  @Test
  void aPlainPictureGrowsPlain() {
    byte[] plain = new byte[3 * 4 * 3];
    Arrays.fill(plain, (byte) 201);
    for (byte level : new Outpaint(new RgbImage(4, 3, plain), MARGINS).canvas().rgb()) {
      assertEquals((byte) 201, level);
    }
  }

  @Test
  void keepsTheOriginalExactly() {
    RgbImage composed = OUTPAINT.compose(Patterns.rgb(16, 50));
    for (int y = 40; y < 47; y++) {
      for (int x = 5; x < 16; x++) {
        assertOriginal(composed, x, y);
      }
    }
  }

  @Test
  void takesRenderedPixelsBeyondTheSeam() {
    RgbImage rendered = Patterns.rgb(16, 50);
    byte[] composed = OUTPAINT.compose(rendered).rgb();
    int beyond = 3 * 16 * 8; // rows 0 to 7 are more than 32 pixels above the original
    assertArrayEquals(Arrays.copyOf(rendered.rgb(), beyond), Arrays.copyOf(composed, beyond));
  }

  @Test
  void changesNothingWhereTheOriginalWasRenderedTruly() {
    RgbImage canvas = OUTPAINT.canvas();
    assertArrayEquals(canvas.rgb(), OUTPAINT.compose(canvas).rgb());
  }

  @Test
  void blendsAnOffsetAwayOverTheSeam() {
    RgbImage original = plain(20, 20, 100);
    Outpaint outpaint = new Outpaint(original, new Margins(0, 48, 0, 0));
    RgbImage composed = outpaint.compose(plain(68, 20, 160));
    int before = 100;
    for (int x = 20; x < 68; x++) {
      int level = composed.rgb()[3 * (10 * 68 + x)] & 0xff;
      assertTrue(level >= before && level - before <= 4, "at %d: %d".formatted(x, level));
      before = level;
    }
    assertEquals(160, composed.rgb()[3 * (10 * 68 + 20 + 32)] & 0xff);
  }

  @Test
  void blendsWithinANarrowMargin() {
    Outpaint outpaint = new Outpaint(plain(8, 8, 0), new Margins(1, 0, 0, 0));
    RgbImage composed = outpaint.compose(plain(9, 8, 100));
    assertEquals(50, composed.rgb()[0]);
  }

  @Test
  void refusesMarginsAndPicturesThatDoNotFit() {
    assertThrows(IllegalArgumentException.class, () -> new Margins(0, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Margins(9, -1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> OUTPAINT.compose(ORIGINAL));
  }

  @Test
  void keepsUnmaskedPixels() {
    RgbImage original = plain(4, 1, 10);
    GrayImage mask = new GrayImage(4, 1, new byte[] {0, 127, (byte) 128, (byte) 255});
    RgbImage kept = Inpainting.keepUnmasked(original, mask, plain(4, 1, 90));
    assertArrayEquals(new byte[] {10, 10, 10, 10, 10, 10, 90, 90, 90, 90, 90, 90}, kept.rgb());
    assertThrows(
        IllegalArgumentException.class,
        () -> Inpainting.keepUnmasked(original, mask, plain(5, 1, 90)));
  }

  private static boolean isInside(int x, int y) {
    return x >= 5 && y >= 40 && y < 47;
  }

  private static void assertOriginal(RgbImage canvas, int x, int y) {
    int from = 3 * ((y - 40) * 11 + x - 5);
    int at = 3 * (y * 16 + x);
    assertArrayEquals(
        Arrays.copyOfRange(ORIGINAL.rgb(), from, from + 3),
        Arrays.copyOfRange(canvas.rgb(), at, at + 3));
  }

  private static int[] reds(RgbImage image, int y, int from, int to) {
    int[] reds = new int[to - from];
    for (int x = from; x < to; x++) {
      reds[x - from] = image.rgb()[3 * (y * image.width() + x)] & 0xff;
    }
    return reds;
  }

  private static RgbImage plain(int width, int height, int level) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) level);
    return new RgbImage(width, height, rgb);
  }
}
