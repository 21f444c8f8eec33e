package io.chitra.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 endpoint on loopback that keeps its objects in a folder; for tests of this and other
 * modules.
 */
public final class LocalS3 implements AutoCloseable {

  private static final StoreCredentials CREDENTIALS =
      new StoreCredentials("LOCALACCESSKEY000000", "local-secret-key");

  private final S3Proxy server;

  private LocalS3(S3Proxy server) {
    this.server = server;
  }

  public static LocalS3 start(Path folder) throws Exception {
    BlobStore blobs = new FilesystemNio2BlobStore(folder.toString());
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .ignoreUnknownHeaders(true)
            .awsAuthentication(
                AuthenticationType.AWS_V4, CREDENTIALS.accessKey(), CREDENTIALS.secretKey())
            .build();
    server.start();
    return new LocalS3(server);
  }

  /** How to reach it; the bucket is not there yet. */
  public StoreConfig config() {
    return StoreConfig.at(
        URI.create("http://127.0.0.1:" + server.getPort()), "chitra", CREDENTIALS);
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("Cannot stop the S3 endpoint", e);
    }
  }
}
