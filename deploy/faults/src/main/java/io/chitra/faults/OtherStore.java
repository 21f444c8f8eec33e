package io.chitra.faults;

import io.chitra.store.StoreCredentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** S3 servers that were not made here; {@code deploy/faults/others.sh} builds them. */
enum OtherStore {
  /** Objects are files, metadata their extended attributes. */
  VERSITYGW {
    @Override
    List<String> arguments(String address, Path folder) {
      return List.of("--port", address, "posix", folder.toString());
    }

    @Override
    Map<String, String> environment(StoreCredentials credentials) {
      return Map.of(
          "ROOT_ACCESS_KEY", credentials.accessKey(), "ROOT_SECRET_KEY", credentials.secretKey());
    }
  },

  MINIO {
    @Override
    List<String> arguments(String address, Path folder) {
      return List.of("server", "--quiet", "--address", address, folder.toString());
    }

    @Override
    Map<String, String> environment(StoreCredentials credentials) {
      return Map.of(
          "MINIO_ROOT_USER",
          credentials.accessKey(),
          "MINIO_ROOT_PASSWORD",
          credentials.secretKey());
    }
  },

  /** Passes conditions of puts over, and keeps the metadata of objects in memory. */
  RCLONE {
    @Override
    List<String> arguments(String address, Path folder) {
      return List.of("serve", "s3", "--addr", address, folder.toString());
    }

    @Override
    Map<String, String> environment(StoreCredentials credentials) {
      return Map.of(
          "RCLONE_AUTH_KEY",
          "\"%s,%s\"".formatted(credentials.accessKey(), credentials.secretKey()));
    }

    @Override
    boolean forgets() {
      return true;
    }
  };

  abstract List<String> arguments(String address, Path folder);

  abstract Map<String, String> environment(StoreCredentials credentials);

  /** Whether objects are not what they were when the process has died. */
  boolean forgets() {
    return false;
  }

  /** Empty when it was not built. */
  Optional<Path> program() {
    return Others.program(name().toLowerCase(Locale.ROOT));
  }
}
