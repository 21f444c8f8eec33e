package io.chitra.embedded;

import org.testcontainers.DockerClientFactory;

/** Whether tests in containers can run here. */
final class Docker {
  static final String IS_HERE = "io.chitra.embedded.Docker#isHere";
  static final String IS_NOT_HERE = "there is no Docker here";

  private Docker() {}

  static boolean isHere() {
    return DockerClientFactory.instance().isDockerAvailable();
  }
}
