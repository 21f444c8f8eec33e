package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.image.MaskShape.Point;
import io.chitra.diffusion.image.MaskShape.Polygon;
import io.chitra.diffusion.image.MaskShape.Rectangle;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskShapeTest {

  @Test
  void coversARectangle() throws DiffusionException {
    assertEquals(
        """
        ......
        ..###.
        ..###.
        ......
        """,
        drawn(new Rectangle(2, 1, 3, 2), 6, 4));
  }

  @Test
  void cutsOffWhatLiesOutside() throws DiffusionException {
    assertEquals("##.\n...\n", drawn(new Rectangle(-1, -5, 3, 6), 3, 2));
    assertEquals("###\n###\n", drawn(new Rectangle(-7, -5, Integer.MAX_VALUE, 100), 3, 2));
    assertEquals("###\n###\n", drawn(polygon(-9, -9, 1e300, -9, 1e300, 9, -9, 9), 3, 2));
  }

  @Test
  void coversPixelsWhoseCentreIsInside() throws DiffusionException {
    assertEquals(
        """
        #.....
        ##....
        ###...
        ####..
        """,
        drawn(polygon(0, 0, 4.2, 4, 0, 4), 6, 4));
    assertEquals(".##.\n", drawn(polygon(0.6, 0, 2.6, 0, 2.6, 1, 0.6, 1), 4, 1));
  }

  @Test
  void neighboursShareNoPixel() throws DiffusionException {
    Polygon left = polygon(0, 0, 2.5, 0, 1.5, 4, 0, 4);
    Polygon right = polygon(2.5, 0, 6, 0, 6, 4, 1.5, 4);
    GrayImage leftMask = left.over(6, 4);
    GrayImage rightMask = right.over(6, 4);
    for (int i = 0; i < 24; i++) {
      assertEquals(255, (leftMask.gray()[i] & 0xff) + (rightMask.gray()[i] & 0xff));
    }
  }

  @Test
  void leavesHolesByTheEvenOddRule() throws DiffusionException {
    assertEquals(
        """
        ######
        #....#
        #....#
        ######
        """,
        drawn(polygon(0, 0, 6, 0, 6, 4, 0, 4, 0, 0, 1, 1, 1, 3, 5, 3, 5, 1, 1, 1), 6, 4));
  }

  @Test
  void refusesAShapeThatCoversNothing() {
    DiffusionException e =
        assertThrows(DiffusionException.class, () -> new Rectangle(64, 0, 9, 9).over(64, 32));
    assertTrue(e.permanent());
    assertEquals(
        "Cannot mask a picture of 64 x 32 with Rectangle[left=64, top=0, width=9, height=9]: it"
            + " covers no pixel",
        e.getMessage());
    Polygon line = polygon(0, 0, 9, 9, 3, 3);
    assertThrows(DiffusionException.class, () -> line.over(64, 32));
  }

  @Test
  void refusesShapesThatAreNone() {
    assertThrows(IllegalArgumentException.class, () -> new Rectangle(0, 0, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> polygon(0, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Point(Double.NaN, 0));
    List<Point> many = Collections.nCopies(10_001, new Point(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Polygon(many));
  }

  private static Polygon polygon(double... coordinates) {
    Point[] points = new Point[coordinates.length / 2];
    for (int i = 0; i < points.length; i++) {
      points[i] = new Point(coordinates[2 * i], coordinates[2 * i + 1]);
    }
    return new Polygon(List.of(points));
  }

  private static String drawn(MaskShape shape, int width, int height) throws DiffusionException {
    GrayImage mask = shape.over(width, height);
    StringBuilder drawing = new StringBuilder();
    for (int i = 0; i < mask.gray().length; i++) {
      drawing.append(mask.gray()[i] == 0 ? '.' : '#').append((i + 1) % width == 0 ? "\n" : "");
    }
    return drawing.toString();
  }
}
