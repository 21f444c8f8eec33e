package io.chitra.cli.dataset;

import java.util.concurrent.CompletableFuture;

/** Where the files of pictures come from. Safe for use by several threads. */
@FunctionalInterface
public interface PictureSource {

  /** The bytes of an object; completes exceptionally when it cannot be had. */
  CompletableFuture<byte[]> fetch(String objectKey);
}
