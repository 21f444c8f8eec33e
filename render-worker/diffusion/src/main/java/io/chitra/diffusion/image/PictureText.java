package io.chitra.diffusion.image;

/**
 * What a picture file says about its picture.
 *
 * @param parameters the settings it was made with, for people and for other programs
 */
public record PictureText(String parameters, DigitalSource source) {

  private static final String CUT_OFF = " … [cut off]";

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
