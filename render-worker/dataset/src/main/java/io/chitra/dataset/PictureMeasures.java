package io.chitra.dataset;

/**
 * Numbers that a picture's pixels have by themselves.
 *
 * @param perceptualHash pHash, 64 bits
 * @param brightness mean of luma, 0 .. 1
 * @param contrast standard deviation of luma, 0 .. 0.5
 * @param meanRed mean of the channel, 0 .. 1
 * @param meanGreen likewise
 * @param meanBlue likewise
 * @param saturation mean of HSV's saturation, 0 .. 1
 * @param colourfulness Hasler and Süsstrunk's M3, on levels of 0 .. 255
 */
public record PictureMeasures(
    long perceptualHash,
    double brightness,
    double contrast,
    double meanRed,
    double meanGreen,
    double meanBlue,
    double saturation,
    double colourfulness) {}
