package io.chitra.checker;

import io.chitra.checker.Findings.Wrong;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.apache.avro.generic.GenericRecord;

/**
 * Whether the objects of all records are there and are what the records say, and which objects have
 * no record. First all records, then {@link #look}. For one thread.
 */
final class Objects {

  /** How closely objects are looked at. */
  enum Depth {
    /** What the store says of them. */
    METADATA,
    /** Their bytes, and of PNG files the pixels. */
    BYTES
  }

  private static final int THREADS = 8;
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private final Map<String, Said> said = new HashMap<>();
  private final Findings findings;

  Objects(Findings findings) {
    this.findings = findings;
  }

  /** What records say of an object. */
  private record Said(long bytes, String fileSha256, String pixelSha256, boolean grey) {}

  void record(GenericRecord record) {
    String key = record.get("object_key").toString();
    Said says =
        new Said(
            (Long) record.get("file_bytes"),
            record.get("file_sha256").toString(),
            record.get("pixel_sha256").toString(),
            record.get("output_mode") != null);
    Said before = said.putIfAbsent(key, says);
    if (before != null && !before.equals(says)) {
      findings.add(Wrong.MISMATCH, 1, "records of " + key + " say different things");
    }
  }

  void look(Bucket bucket, String prefix, Depth depth) throws IOException, InterruptedException {
    findings.count("objects_of_records", said.size());
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> looks = new ArrayList<>();
      said.forEach(
          (key, says) ->
              looks.add(
                  threads.submit(
                      () -> {
                        look(bucket, key, says, depth);
                        return null;
                      })));
      for (Future<?> look : looks) {
        look.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("Cannot look at the objects: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
    bucket.list(
        prefix + "images/",
        key -> {
          findings.count("objects", 1);
          if (!said.containsKey(key)) {
            findings.count("orphans", 1);
          }
        });
  }

  private void look(Bucket bucket, String key, Said says, Depth depth)
      throws IOException, InterruptedException {
    Optional<Bucket.Found> found =
        switch (depth) {
          case METADATA -> bucket.head(key);
          case BYTES -> bucket.read(key);
        };
    if (found.isEmpty()) {
      findings.add(Wrong.MISSING_OBJECT, 1, key);
      return;
    }
    if (found.get().length() != says.bytes) {
      findings.add(
          Wrong.MISMATCH,
          1,
          "%s has %d bytes, its record says %d".formatted(key, found.get().length(), says.bytes));
    }
    found
        .get()
        .sha256OfMetadata()
        .filter(sha256 -> !sha256.equals(says.fileSha256))
        .ifPresent(
            sha256 ->
                findings.add(Wrong.MISMATCH, 1, key + " has another SHA-256 in its metadata"));
    if (depth == Depth.BYTES) {
      lookInside(key, found.get().body(), says);
    }
  }

  private void lookInside(String key, byte[] body, Said says) throws IOException {
    if (!Bucket.sha256(body).equals(says.fileSha256)) {
      findings.add(Wrong.MISMATCH, 1, key + " has another SHA-256 than its record");
      return;
    }
    if (startsWith(body, PNG) && !says.grey) {
      findings.count("pictures_decoded", 1);
      if (!Bucket.sha256(rgb(body)).equals(says.pixelSha256)) {
        findings.add(Wrong.MISMATCH, 1, key + " has other pixels than its record says");
      }
    }
  }

  private static boolean startsWith(byte[] body, byte[] signature) {
    return body.length >= signature.length
        && Arrays.equals(body, 0, signature.length, signature, 0, signature.length);
  }

  private static byte[] rgb(byte[] png) throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    if (picture == null) {
      return new byte[0];
    }
    byte[] rgb = new byte[3 * picture.getWidth() * picture.getHeight()];
    int next = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int pixel = picture.getRGB(x, y);
        rgb[next++] = (byte) (pixel >> 16);
        rgb[next++] = (byte) (pixel >> 8);
        rgb[next++] = (byte) pixel;
      }
    }
    return rgb;
  }
}
