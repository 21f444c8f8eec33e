package io.chitra.dataset.pack;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture with a region that was drawn anew, as a line of JSON that a shard leaves for the
 * publication of its dataset. All in pixels of the file that is packed, in the terms of COCO.
 *
 * @param fileName what the picture is called within the dataset
 * @param className null: none
 * @param bbox left, top, width, height
 * @param area in pixels
 * @param polygon x and y of its corners in turn; null where {@code counts} are given
 * @param counts run lengths of kept and drawn pixels in turn, column by column, beginning with kept
 *     ones; null where a polygon is given
 */
public record RegionLine(
    String fileName,
    int width,
    int height,
    @Nullable String className,
    List<Double> bbox,
    double area,
    @Nullable List<Double> polygon,
    @Nullable List<Integer> counts) {}
