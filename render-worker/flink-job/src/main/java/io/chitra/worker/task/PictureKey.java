package io.chitra.worker.task;

/**
 * What names a picture's object: what was asked for, and what made it. So two kinds of worker never
 * put different pixels under one name.
 *
 * @param fingerprint of the task
 * @param environmentClass of what made the picture
 * @param extension of its file, without a dot
 */
public record PictureKey(String fingerprint, String environmentClass, String extension) {

  /** The object's key, without the store's prefix. */
  public String path() {
    return "images/%s/%s-%s.%s"
        .formatted(fingerprint.substring(0, 2), fingerprint, environmentClass, extension);
  }

  /** Of the same picture, made elsewhere. */
  public PictureKey withEnvironmentClass(String value) {
    return new PictureKey(fingerprint, value, extension);
  }
}
