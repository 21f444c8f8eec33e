package io.chitra.store;

/** A pair of keys for the store. Its text never shows the secret one. */
public record StoreCredentials(String accessKey, String secretKey) {

  public StoreCredentials {
    if (accessKey.isBlank() || secretKey.isBlank()) {
      throw new IllegalArgumentException(
          "Cannot use the store's keys: the access key or the secret key is empty");
    }
  }

  @Override
  public String toString() {
    return "StoreCredentials[accessKey=" + accessKey + ", secretKey=...]";
  }
}
