package io.chitra.embedded;

import io.chitra.store.FolderTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.UUID;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Objects as files, each put whole or not at all. S3Proxy's file store writes an object beside its
 * place, under a name that listings show and a crash leaves behind, and drops metadata that the
 * file system refuses. Here an object is written in a staging folder, which is emptied at every
 * start, looked at, and only then linked or moved to its place.
 *
 * <p>Copies and multipart uploads, which Chitra does not use, are left to S3Proxy. Safe for use by
 * several threads; one process at a time.
 */
final class StagedBlobStore extends ForwardingBlobStore {
  private static final Logger LOG = LoggerFactory.getLogger(StagedBlobStore.class);
  private static final String STAGED = "staged";

  private final Path objects;
  private final Path staging;
  private final BlobStore stagingStore;

  private StagedBlobStore(Path objects, Path staging) {
    super(new FilesystemNio2BlobStore(objects.toString()));
    this.objects = objects;
    this.staging = staging.resolve(STAGED);
    this.stagingStore = new FilesystemNio2BlobStore(staging.toString());
  }

  /**
   * Opens the store of a folder.
   *
   * @throws IOException also when the file system cannot keep an object's metadata
   */
  static StagedBlobStore open(Path folder) throws IOException {
    Path objects = Files.createDirectories(folder.resolve("objects"));
    Path staging = folder.resolve("staging");
    FolderTree.delete(staging);
    Files.createDirectories(staging.resolve(STAGED));
    requireAttributes(staging);
    return new StagedBlobStore(objects, staging);
  }

  /** Metadata are kept in extended attributes of the files ({@code user.*}). */
  static void requireAttributes(Path path) throws IOException {
    UserDefinedFileAttributeView attributes =
        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    String name = "user.chitra-probe";
    try {
      if (attributes == null) {
        throw new UnsupportedOperationException("not offered");
      }
      attributes.write(name, ByteBuffer.wrap("1".getBytes(StandardCharsets.UTF_8)));
      attributes.delete(name);
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException(
          "the file system ("
              + Files.getFileStore(path).type()
              + ") keeps no extended attributes, where the metadata of objects go; choose a folder"
              + " on a local disk (ext4, xfs, btrfs, zfs, apfs, ntfs) with --state",
          e);
    }
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    String condition = request.ifNoneMatch();
    if (isSpecial(request.key()) || !(condition == null || condition.equals("*"))) {
      return delegate().putBlob(request, payload);
    }
    Path place = place(request);
    String name = UUID.randomUUID().toString();
    Path staged = staging.resolve(name);
    try {
      PutObjectResponse response =
          stagingStore.putBlob(
              request.toBuilder().bucket(STAGED).key(name).ifNoneMatch(null).build(), payload);
      requireMetadata(request, name);
      Files.createDirectories(place.getParent());
      if (condition == null) {
        Files.move(
            staged, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        // A link, unlike a move, fails when another writer was first.
        Files.createLink(place, staged);
      }
      return response;
    } catch (FileAlreadyExistsException e) {
      throw S3Exceptions.preconditionFailed(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      discard(staged);
    }
  }

  /** Keys that S3Proxy keeps for itself or stores as folders. */
  private static boolean isSpecial(String key) {
    return key.endsWith("/") || key.startsWith(".mpus-") || key.startsWith(".s3proxy-");
  }

  private Path place(PutObjectRequest request) {
    delegate().headBucket(HeadBucketRequest.builder().bucket(request.bucket()).build());
    Path bucket = objects.resolve(request.bucket());
    Path place = bucket.resolve(request.key()).normalize();
    if (!place.startsWith(bucket) || place.equals(bucket)) {
      throw S3Exceptions.invalidArgument(
          "Cannot put " + request.key() + ": the key leads out of its bucket");
    }
    return place;
  }

  private void requireMetadata(PutObjectRequest request, String name) {
    HeadObjectResponse kept = stagingStore.blobMetadata(STAGED, name);
    if (!kept.metadata().equals(request.metadata())) {
      throw S3Exceptions.invalidRequest(
          "Cannot put "
              + request.key()
              + ": the file system does not take its metadata (some keep no more than about 4 kB"
              + " an object)");
    }
  }

  private static void discard(Path staged) {
    try {
      Files.deleteIfExists(staged);
    } catch (IOException e) {
      LOG.warn("Cannot delete {}; the next start does", staged, e);
    }
  }
}
