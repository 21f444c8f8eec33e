package io.chitra.worker.render;

import io.chitra.input.HttpsDownload;
import io.chitra.input.InputUri;
import io.chitra.input.RefusedDownloadException;
import io.chitra.schemas.InputFile;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The files that tasks work on, on this machine: fetched from the worker's own bucket or from hosts
 * that are allowed, kept by their digests in a bounded folder. A file is given out only if its
 * bytes are those that the job names.
 *
 * <p>All methods block. Safe for use by several threads; the object store belongs to the caller.
 */
public final class InputFiles {

  private static final Pattern DOTS = Pattern.compile("(^|/)\\.{1,2}(/|$)");

  private final ObjectStore objects;
  private final HttpClient web;
  private final Predicate<URI> allowedHosts;
  private final Predicate<InetAddress> allowedAddresses;
  private final InputCache cache;

  /**
   * @param web for https, as {@link HttpsDownload#client} makes it
   * @param allowedHosts that https URIs may name
   * @param allowedAddresses that these hosts may have
   * @param folder where files are kept; made when first needed
   * @param maxCacheBytes how much of them is kept: beyond it those that were not asked for longest
   *     go
   */
  public InputFiles(
      ObjectStore objects,
      HttpClient web,
      Predicate<URI> allowedHosts,
      Predicate<InetAddress> allowedAddresses,
      Path folder,
      long maxCacheBytes) {
    this.objects = objects;
    this.web = web;
    this.allowedHosts = allowedHosts;
    this.allowedAddresses = allowedAddresses;
    this.cache = new InputCache(folder, maxCacheBytes, InstantSource.system());
  }

  /**
   * A file, fetched if it is not here. It stays for ten minutes at least.
   *
   * @param maxBytes of the file
   * @throws RenderException when it can never be had: it is not there, is another, is too large, or
   *     lies where this worker does not read
   * @throws IOException when it may be had another time
   */
  public Path fetch(InputFile file, long maxBytes)
      throws RenderException, IOException, InterruptedException {
    Optional<Path> found = cache.find(file.getSha256());
    if (found.isPresent()) {
      return checkedSize(file, found.get(), maxBytes);
    }
    InputUri uri =
        InputUri.parse(file.getUri())
            .orElseThrow(() -> refused(file, "it is neither s3:// nor https://"));
    Path partial = cache.partial();
    try {
      if (uri instanceof InputUri.S3 object) {
        fetch(file, object, partial, maxBytes);
      } else if (uri instanceof InputUri.Https address) {
        fetch(address, partial, maxBytes);
      }
      String sha256 = sha256(partial);
      if (!sha256.equals(file.getSha256())) {
        throw refused(
            file,
            "its SHA-256 is %s, and the job names %s: it has changed since, submit the job again"
                .formatted(sha256, file.getSha256()));
      }
      return cache.keep(partial, sha256);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static Path checkedSize(InputFile file, Path here, long maxBytes)
      throws RenderException, IOException {
    requireSize(file, Files.size(here), maxBytes);
    return here;
  }

  private void fetch(InputFile file, InputUri.S3 object, Path to, long maxBytes)
      throws RenderException {
    String prefix = objects.objectKey("");
    if (!object.bucket().equals(objects.bucket()) || !object.key().startsWith(prefix)) {
      throw refused(
          file,
          "this worker reads s3://%s/%s alone; put the file there"
              .formatted(objects.bucket(), prefix));
    }
    String key = object.key().substring(prefix.length());
    if (DOTS.matcher(key).find()) {
      throw refused(file, "its key has a part of dots alone, which some stores take for a way up");
    }
    try {
      StoredObject found =
          objects.head(key).join().orElseThrow(() -> refused(file, "there is no such object"));
      requireSize(file, found.length(), maxBytes);
      objects.download(key, to).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        throw refused(file, "there is no such object");
      }
      throw e;
    }
  }

  private void fetch(InputUri.Https address, Path to, long maxBytes)
      throws RenderException, IOException, InterruptedException {
    try {
      new HttpsDownload(web, allowedHosts, allowedAddresses, maxBytes).download(address.uri(), to);
    } catch (RefusedDownloadException e) {
      throw new RenderException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireSize(InputFile file, long bytes, long maxBytes)
      throws RenderException {
    if (bytes > maxBytes) {
      throw refused(file, "it has %d bytes, and up to %d are read".formatted(bytes, maxBytes));
    }
  }

  private static RenderException refused(InputFile file, String why) {
    return new RenderException("Cannot read the file %s: %s".formatted(file.getUri(), why));
  }

  private static String sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
