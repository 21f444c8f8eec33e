package io.chitra.worker.plan;

/** A record of a job with more bytes than a worker reads. Permanent. */
final class OversizedJobException extends Exception {
  private static final long serialVersionUID = 1L;

  OversizedJobException(long bytes, long maxBytes) {
    super(
        "Cannot read a RenderJob: it has %d bytes, and this worker reads up to %d (chitra.limits.job-size)"
            .formatted(bytes, maxBytes));
  }
}
