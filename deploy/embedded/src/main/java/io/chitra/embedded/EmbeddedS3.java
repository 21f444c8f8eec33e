package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import java.net.URI;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One S3 endpoint on loopback, with its objects as files. Whoever signs with its credentials, made
 * once for a folder, is let in.
 *
 * <p>Life cycle: {@link #start} returns when it listens and the bucket is there. {@link #close}
 * breaks off what is under way; objects are put whole or not at all, so that this, like a crash,
 * leaves no half of one. Threads: the server's own.
 */
final class EmbeddedS3 implements AutoCloseable {
  static final String REGION = "us-east-1";
  static final String BUCKET = "chitra";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedS3.class);
  private static final int THREADS = 48;

  private final S3Proxy server;
  private final URI endpoint;
  private final S3Credentials credentials;

  private EmbeddedS3(S3Proxy server, URI endpoint, S3Credentials credentials) {
    this.server = server;
    this.endpoint = endpoint;
    this.credentials = credentials;
  }

  /** Starts the endpoint on its objects and credentials, which are made when missing. */
  static EmbeddedS3 start(Path folder, int port) throws MachineException {
    try {
      Folders.createPrivately(folder);
      S3Credentials credentials = S3Credentials.kept(folder.resolve("credentials"));
      BlobStore store = StagedBlobStore.open(folder);
      if (!store.containerExists(BUCKET)) {
        store.createContainer(BUCKET);
      }
      URI endpoint = URI.create("http://" + Loopback.HOST + ":" + port);
      S3Proxy server =
          S3Proxy.builder()
              .blobStore(store)
              .endpoint(endpoint)
              .awsAuthentication(
                  AuthenticationType.AWS_V4, credentials.accessKey(), credentials.secretKey())
              .ignoreUnknownHeaders(true)
              .jettyMaxThreads(THREADS)
              .stopTimeout(0)
              .build();
      EmbeddedS3 s3 = new EmbeddedS3(server, endpoint, credentials);
      try {
        server.start();
      } catch (Exception e) {
        s3.close();
        throw e;
      }
      return s3;
    } catch (Exception e) {
      throw Failures.cannot("start the S3 endpoint on port " + port + " with data in " + folder, e);
    }
  }

  URI endpoint() {
    return endpoint;
  }

  S3Credentials credentials() {
    return credentials;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("Cannot stop the S3 endpoint {} in order", endpoint, e);
    }
  }
}
