package io.chitra.cli.report;

import io.chitra.dataset.PictureMeasures;
import java.util.LinkedHashMap;
import java.util.Map;

/** How pictures look, summed up over those that were looked at. Used by one thread. */
final class Looks {

  private static final int BINS = 40;
  private static final double MOST_COLOURFUL = 120;

  private final Histogram brightness = new Histogram(0, 1, BINS);
  private final Histogram contrast = new Histogram(0, 0.5, BINS);
  private final Histogram saturation = new Histogram(0, 1, BINS);
  private final Histogram colourfulness = new Histogram(0, MOST_COLOURFUL, BINS);
  private final Histogram red = new Histogram(0, 1, BINS);
  private final Histogram green = new Histogram(0, 1, BINS);
  private final Histogram blue = new Histogram(0, 1, BINS);
  private final Map<String, Means> classes = new LinkedHashMap<>();

  /** Means over the pictures of a class. */
  static final class Means {
    private long pictures;
    private double brightness;
    private double contrast;
    private double saturation;

    private void add(PictureMeasures look) {
      pictures++;
      brightness += look.brightness();
      contrast += look.contrast();
      saturation += look.saturation();
    }

    double brightness() {
      return brightness / pictures;
    }

    double contrast() {
      return contrast / pictures;
    }

    double saturation() {
      return saturation / pictures;
    }
  }

  void add(String className, PictureMeasures look) {
    brightness.add(look.brightness());
    contrast.add(look.contrast());
    saturation.add(look.saturation());
    colourfulness.add(look.colourfulness());
    red.add(look.meanRed());
    green.add(look.meanGreen());
    blue.add(look.meanBlue());
    if (classes.size() < Values.MOST || classes.containsKey(className)) {
      classes.computeIfAbsent(className, name -> new Means()).add(look);
    }
  }

  /** How many pictures were looked at. */
  long count() {
    return brightness.count();
  }

  Histogram brightness() {
    return brightness;
  }

  Histogram contrast() {
    return contrast;
  }

  Histogram saturation() {
    return saturation;
  }

  Histogram colourfulness() {
    return colourfulness;
  }

  /** Of the pictures' mean colours, as the next two. */
  Histogram red() {
    return red;
  }

  Histogram green() {
    return green;
  }

  Histogram blue() {
    return blue;
  }

  /** By class, of those that were looked at. */
  Map<String, Means> classes() {
    return classes;
  }
}
