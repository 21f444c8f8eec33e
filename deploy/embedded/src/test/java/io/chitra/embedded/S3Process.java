package io.chitra.embedded;

import java.nio.file.Path;

/** An S3 endpoint in a process of its own, to be killed. Says where it listens, then stays. */
final class S3Process {
  private S3Process() {}

  public static void main(String[] arguments) throws Exception {
    EmbeddedS3 s3 = EmbeddedS3.start(Path.of(arguments[0]), Loopback.anyFree());
    System.out.println("listening " + s3.endpoint());
    Thread.currentThread().join();
  }
}
