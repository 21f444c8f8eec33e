package io.chitra.dataset.compare;

/**
 * One picture that is to be verified: what was asked for, and what is said to have come of it.
 *
 * @param row its position among those that are verified
 * @param topic of the submission, with partition and offset
 * @param index of the picture within its job
 * @param job the submission's value, as it lies in the topic
 * @param record the value of the topic of results
 */
public record VerifyTask(
    long row, String topic, int partition, long offset, int index, byte[] job, byte[] record) {

  /** In Kafka, the value is the job, and these headers have the rest. */
  public static final String ROW = "chitra.verify.row";

  public static final String SUBMISSION_TOPIC = "chitra.verify.topic";
  public static final String SUBMISSION_PARTITION = "chitra.verify.partition";
  public static final String SUBMISSION_OFFSET = "chitra.verify.offset";
  public static final String INDEX = "chitra.verify.index";
  public static final String RECORD = "chitra.verify.record";
}
