package io.chitra.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** What the S3 endpoint of one state folder lets in: made once, kept in a file of the owner's. */
record S3Credentials(String accessKey, String secretKey) {

  /** Reads the file, or makes it. */
  static S3Credentials kept(Path file) throws IOException {
    if (!Files.exists(file)) {
      Folders.writePrivately(file, random("CHITRA", 7) + "\n" + random("", 20) + "\n");
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() != 2) {
      throw new IOException(
          file
              + " has "
              + lines.size()
              + " lines instead of an access key and a secret key;"
              + " delete it and new ones are made");
    }
    return new S3Credentials(lines.get(0), lines.get(1));
  }

  private static String random(String prefix, int bytes) {
    byte[] drawn = new byte[bytes];
    new SecureRandom().nextBytes(drawn);
    return prefix + HexFormat.of().withUpperCase().formatHex(drawn);
  }

  @Override
  public String toString() {
    return "S3Credentials[" + accessKey + "]";
  }
}
