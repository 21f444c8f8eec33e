package io.chitra.dataset.pack;

import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of a picture that was drawn anew, in pixels of the file that is packed, in the terms of
 * COCO (https://cocodataset.org/#format-data).
 *
 * @param bbox left, top, width, height
 * @param area in pixels
 * @param polygon x and y of its corners in turn; null where {@code counts} are given
 * @param counts run lengths of kept and drawn pixels in turn, column by column, beginning with kept
 *     ones; null where a polygon is given
 */
record Region(
    List<Double> bbox,
    double area,
    @Nullable List<Double> polygon,
    @Nullable List<Integer> counts) {

  private static final int DRAWN = 128;

  /**
   * A shape's region; none where it covers nothing of the picture.
   *
   * @param width of the picture as rendered, which the shape is for
   * @param picture as it is packed
   */
  static Optional<Region> of(MaskShape shape, int width, int height, PackedPicture picture) {
    double scaleX = (double) picture.width() / width;
    double scaleY = (double) picture.height() / height;
    Rectangle rectangle = shape.getRectangle();
    List<Double> corners = new ArrayList<>();
    if (rectangle != null) {
      double left = Math.max(0, rectangle.getLeft()) * scaleX;
      double top = Math.max(0, rectangle.getTop()) * scaleY;
      double right = Math.min(width, rectangle.getLeft() + rectangle.getWidth()) * scaleX;
      double bottom = Math.min(height, rectangle.getTop() + rectangle.getHeight()) * scaleY;
      if (right <= left || bottom <= top) {
        return Optional.empty();
      }
      corners.addAll(List.of(left, top, right, top, right, bottom, left, bottom));
    } else {
      List<Point> points = shape.getPolygon() == null ? List.of() : shape.getPolygon();
      for (Point point : points) {
        corners.add(Math.min(width, Math.max(0, point.getX())) * scaleX);
        corners.add(Math.min(height, Math.max(0, point.getY())) * scaleY);
      }
    }
    double area = area(corners);
    return area == 0 ? Optional.empty() : Optional.of(polygon(corners, area));
  }

  private static Region polygon(List<Double> corners, double area) {
    double left = Double.MAX_VALUE;
    double top = Double.MAX_VALUE;
    double right = 0;
    double bottom = 0;
    for (int i = 0; i < corners.size(); i += 2) {
      left = Math.min(left, corners.get(i));
      right = Math.max(right, corners.get(i));
      top = Math.min(top, corners.get(i + 1));
      bottom = Math.max(bottom, corners.get(i + 1));
    }
    return new Region(List.of(left, top, right - left, bottom - top), area, corners, null);
  }

  /** The shoelace formula. */
  private static double area(List<Double> corners) {
    double twice = 0;
    for (int i = 0; i < corners.size(); i += 2) {
      int next = (i + 2) % corners.size();
      twice += corners.get(i) * corners.get(next + 1) - corners.get(next) * corners.get(i + 1);
    }
    return Math.abs(twice) / 2;
  }

  /** A mask picture's region, at the nearest pixels; none where nothing was drawn anew. */
  static Optional<Region> of(RegionMask mask, PackedPicture picture) {
    int width = picture.width();
    int height = picture.height();
    List<Integer> counts = new ArrayList<>();
    int left = width;
    int top = height;
    int right = -1;
    int bottom = -1;
    long area = 0;
    boolean drawing = false;
    int run = 0;
    for (int x = 0; x < width; x++) {
      int column = nearest(x, width, mask.width());
      for (int y = 0; y < height; y++) {
        int at = nearest(y, height, mask.height()) * mask.width() + column;
        boolean drawn = Byte.toUnsignedInt(mask.grey()[at]) >= DRAWN;
        if (drawn != drawing) {
          counts.add(run);
          run = 0;
          drawing = drawn;
        }
        run++;
        if (drawn) {
          area++;
          left = Math.min(left, x);
          right = x;
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
        }
      }
    }
    counts.add(run);
    if (area == 0) {
      return Optional.empty();
    }
    List<Double> bbox =
        List.of((double) left, (double) top, right - left + 1.0, bottom - top + 1.0);
    return Optional.of(new Region(bbox, area, null, counts));
  }

  /** The mask's pixel under the middle of the picture's. */
  private static int nearest(int at, int pixels, int maskPixels) {
    return (int) ((2L * at + 1) * maskPixels / (2L * pixels));
  }
}
