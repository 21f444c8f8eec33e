package io.chitra.worker.topology;

import io.chitra.net.Hosts;
import io.chitra.store.ConditionalPuts;
import io.chitra.store.ObjectStore;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out at a start what the store is like, and says it in the log. Never blocks. */
final class StoreProbe {

  private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);

  private StoreProbe() {}

  static CompletableFuture<ConditionalPuts> conditionalPuts(ObjectStore store) {
    return store
        .probeConditionalPuts()
        .whenComplete(
            (found, failure) -> {
              if (failure != null) {
                LOG.warn(
                    "Cannot find out whether conditional puts can be relied on in s3://{}; every"
                        + " picture is looked at after its put: {}",
                    store.bucket(),
                    failure.toString());
              } else if (found == ConditionalPuts.HONOURED) {
                LOG.info("Conditional puts are honoured in s3://{}", store.bucket());
              } else {
                LOG.warn(
                    "Conditional puts cannot be relied on in s3://{} ({}); every picture is looked"
                        + " at after its put",
                    store.bucket(),
                    found);
              }
            });
  }

  /** An http:// URL is how somebody says that the way may be in the clear. */
  static void warnOfPlaintext(Configuration options) {
    Optional<URI> endpoint = options.getOptional(WorkerOptions.S3_ENDPOINT).map(URI::create);
    endpoint
        .filter(uri -> "http".equals(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)))
        .filter(uri -> uri.getHost() != null && !Hosts.onThisMachine(uri.getHost()))
        .ifPresent(
            uri ->
                LOG.warn(
                    "S3 at {} is talked to without encryption, as its URL says: everybody on the"
                        + " way may read and change pictures",
                    uri));
  }
}
