package io.chitra.worker.summary;

import io.chitra.schemas.Submission;

/** A submission as a key of maps: Avro's own records are slow there. */
record Place(String topic, int partition, long offset) {

  static Place of(Submission submission) {
    return new Place(submission.getTopic(), submission.getPartition(), submission.getOffset());
  }

  Submission submission() {
    return new Submission(topic, partition, offset);
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
