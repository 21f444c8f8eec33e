package io.chitra.diffusion.image;

import io.chitra.diffusion.DiffusionException;
import java.util.Arrays;
import java.util.List;

/** A mask given as a shape, in pixels from the upper left corner of the picture as rendered. */
public sealed interface MaskShape {

  /**
   * The shape as a mask: 255 inside, 0 outside. What lies outside the picture is cut off.
   *
   * @throws DiffusionException permanent, when the shape covers no pixel of such a picture
   */
  GrayImage over(int width, int height) throws DiffusionException;

  /** Covers the pixels from left and top on; left and top may be negative. */
  record Rectangle(int left, int top, int width, int height) implements MaskShape {

    public Rectangle {
      if (width < 1 || height < 1) {
        throw new IllegalArgumentException(
            "Cannot mask a rectangle of %d x %d: both sides are at least 1"
                .formatted(width, height));
      }
    }

    @Override
    public GrayImage over(int width, int height) throws DiffusionException {
      byte[] mask = new byte[width * height];
      int from = clip(left, width);
      int to = clip((long) left + this.width, width);
      for (int y = clip(top, height); y < clip((long) top + this.height, height); y++) {
        Arrays.fill(mask, y * width + from, y * width + to, (byte) 255);
      }
      return covering(new GrayImage(width, height, mask), this);
    }

    private static int clip(long at, int side) {
      return (int) Math.min(Math.max(at, 0), side);
    }
  }

  /** A corner of a polygon. */
  record Point(double x, double y) {

    public Point {
      if (!Double.isFinite(x) || !Double.isFinite(y)) {
        throw new IllegalArgumentException(
            "Cannot mask a polygon with the corner (%s, %s): both are finite numbers"
                .formatted(x, y));
      }
    }
  }

  /**
   * Covers the pixels whose centre lies inside by the even-odd rule; the last point is joined to
   * the first.
   */
  record Polygon(List<Point> points) implements MaskShape {

    private static final int MOST_POINTS = 10_000;

    public Polygon {
      points = List.copyOf(points);
      if (points.size() < 3 || points.size() > MOST_POINTS) {
        throw new IllegalArgumentException(
            "Cannot mask a polygon of %d points: it has 3 to %d"
                .formatted(points.size(), MOST_POINTS));
      }
    }

    @Override
    public GrayImage over(int width, int height) throws DiffusionException {
      byte[] mask = new byte[width * height];
      for (int y = 0; y < height; y++) {
        double[] crossings = crossings(y + 0.5);
        for (int i = 0; i + 1 < crossings.length; i += 2) {
          int from = firstCentreFrom(crossings[i], width);
          int to = firstCentreFrom(crossings[i + 1], width);
          Arrays.fill(mask, y * width + from, y * width + to, (byte) 255);
        }
      }
      return covering(new GrayImage(width, height, mask), this);
    }

    /** Where the edges cross a horizontal line, from left to right; always an even number. */
    private double[] crossings(double y) {
      double[] crossings = new double[points.size()];
      int count = 0;
      Point from = points.get(points.size() - 1);
      for (Point to : points) {
        if ((from.y() <= y) != (to.y() <= y)) {
          double along = (y - from.y()) / (to.y() - from.y());
          crossings[count++] = from.x() + along * (to.x() - from.x());
        }
        from = to;
      }
      double[] sorted = Arrays.copyOf(crossings, count);
      Arrays.sort(sorted);
      return sorted;
    }

    private static int firstCentreFrom(double x, int width) {
      return (int) Math.min(Math.max(Math.ceil(x - 0.5), 0), width);
    }
  }

  private static GrayImage covering(GrayImage mask, MaskShape shape) throws DiffusionException {
    for (byte level : mask.gray()) {
      if (level != 0) {
        return mask;
      }
    }
    throw DiffusionException.permanent(
        "Cannot mask a picture of %d x %d with %s: it covers no pixel"
            .formatted(mask.width(), mask.height(), shape));
  }
}
