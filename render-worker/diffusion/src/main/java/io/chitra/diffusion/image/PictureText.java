package io.chitra.diffusion.image;

import java.util.Optional;

/**
 * What a picture file says about its picture.
 *
 * @param parameters the settings it was made with, for people and for other programs
 */
public record PictureText(String parameters, DigitalSource source) {

  private static final String CUT_OFF = " … [cut off]";

  /** The settings in a file that {@link PictureFile} has made; empty for any other file. */
  public static Optional<String> parametersOf(byte[] file) {
    return WrittenText.parameters(file);
  }

  /** At most this many UTF-16 units of the parameters, with a visible mark where they are cut. */
  PictureText within(int units) {
    if (parameters.length() <= units) {
      return this;
    }
    int end = units - CUT_OFF.length();
    if (Character.isHighSurrogate(parameters.charAt(end - 1))) {
      end--;
    }
    return new PictureText(parameters.substring(0, end) + CUT_OFF, source);
  }
}
