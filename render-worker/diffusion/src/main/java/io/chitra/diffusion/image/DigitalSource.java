package io.chitra.diffusion.image;

/** How a picture came about, in IPTC's vocabulary of digital source types. */
public enum DigitalSource {
  /** Made by a model from a text alone. */
  TRAINED_ALGORITHMIC_MEDIA("trainedAlgorithmicMedia"),
  /** Made by a model over a given picture. */
  COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA("compositeWithTrainedAlgorithmicMedia");

  private final String code;

  DigitalSource(String code) {
    this.code = code;
  }

  /** The vocabulary's address of this type. */
  public String uri() {
    return "http://cv.iptc.org/newscodes/digitalsourcetype/" + code;
  }
}
