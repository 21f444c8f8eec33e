package io.chitra.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Tells in plain words what the SDK's exceptions mean for one store. */
final class StoreFailures {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<String> NOT_FOUND = Set.of("", "NoSuchKey", "NoSuchBucket", "NotFound");

  private final StoreConfig config;

  StoreFailures(StoreConfig config) {
    this.config = config;
  }

  /** What made a future fail, without the wrappings of futures. */
  static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? unwrapped(failure.getCause())
        : failure;
  }

  /**
   * The object or its bucket is not there. A 404 can mean something else, as versitygw's for an
   * access key that nobody has; an answer without a body has no code that would tell.
   */
  static boolean isNotFound(Throwable failure) {
    return failure instanceof S3Exception s3
        && s3.statusCode() == 404
        && NOT_FOUND.contains(code(s3));
  }

  /** The condition of a conditional put does not hold: the key is taken. */
  static boolean isConditionUnmet(Throwable failure) {
    return failure instanceof S3Exception s3 && s3.statusCode() == 412;
  }

  /** Two conditional puts of one key at once, of which the store could not tell which was first. */
  static boolean isConditionalConflict(Throwable failure) {
    return failure instanceof S3Exception s3 && code(s3).equals("ConditionalRequestConflict");
  }

  /**
   * The exception for a caller.
   *
   * @param verb what was to be done: "put"
   * @param objectKey the key within the bucket; empty: the bucket itself
   */
  StoreException explain(String verb, String objectKey, Throwable failure) {
    String cannot =
        "Cannot %s s3://%s%s: "
            .formatted(verb, config.bucket(), objectKey.isEmpty() ? "" : "/" + objectKey);
    if (failure instanceof StoreException known) {
      return known;
    }
    if (failure instanceof S3Exception s3) {
      return answered(cannot, s3);
    }
    if (failure instanceof SdkClientException) {
      return unanswered(cannot, failure);
    }
    if (failure instanceof UncheckedIOException) {
      return StoreException.transientFailure(cannot + failure.getCause(), failure);
    }
    return StoreException.transientFailure(cannot + failure, failure);
  }

  /** The store answered, and not as was hoped. */
  private StoreException answered(String cannot, S3Exception failure) {
    int status = failure.statusCode();
    String code = code(failure);
    String answer = code.isEmpty() ? "(" + status + ")" : "(" + status + " " + code + ")";
    if (code.equals("NoSuchBucket")) {
      return StoreException.permanent(
          cannot + "there is no such bucket " + answer + "; create it or name another", failure);
    }
    if (isNotFound(failure)) {
      return new NoSuchObjectException(cannot + "there is no such object", failure);
    }
    if (code.equals("RequestTimeTooSkewed")) {
      return StoreException.transientFailure(
          cannot + "the clocks here and in the store differ too much " + answer, failure);
    }
    if (status == 401 || status == 403) {
      return StoreException.permanent(
          cannot
              + "access denied "
              + answer
              + "; check the access key, the secret key and what they are allowed to do",
          failure);
    }
    boolean later = status >= 500 || status == TOO_MANY_REQUESTS || status == 409 || status == 408;
    String message = cannot + "the store answered " + answer + " " + details(failure);
    return later
        ? StoreException.transientFailure(message, failure)
        : StoreException.permanent(message, failure);
  }

  /** No answer came. */
  private StoreException unanswered(String cannot, Throwable failure) {
    boolean noConnection = hasCause(failure, TimeoutException.class);
    if (noConnection
        || hasCause(failure, ConnectException.class)
        || hasCause(failure, UnknownHostException.class)) {
      URI endpoint = config.endpoint();
      return StoreException.transientFailure(
          cannot
              + "cannot reach "
              + (endpoint == null ? "S3 in " + config.region() : endpoint)
              + " ("
              + (noConnection ? "no connection in time" : root(failure).getMessage())
              + "); check the endpoint, and that the store runs there",
          failure);
    }
    String message = String.valueOf(failure.getMessage());
    if (message.startsWith("Unable to load credentials")) {
      return StoreException.permanent(
          cannot
              + "no credentials; give an access key and a secret key, or set AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY",
          failure);
    }
    Throwable root = root(failure);
    return StoreException.transientFailure(
        cannot + (root instanceof IOException ? root : message), failure);
  }

  private static String code(S3Exception failure) {
    return failure.awsErrorDetails() == null || failure.awsErrorDetails().errorCode() == null
        ? ""
        : failure.awsErrorDetails().errorCode();
  }

  private static String details(S3Exception failure) {
    return failure.awsErrorDetails() == null || failure.awsErrorDetails().errorMessage() == null
        ? ""
        : failure.awsErrorDetails().errorMessage();
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
