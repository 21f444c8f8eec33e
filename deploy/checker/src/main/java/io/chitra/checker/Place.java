package io.chitra.checker;

import org.apache.avro.generic.GenericRecord;

/** Where a record lies; of one of a topic of jobs, the identity of a submission. */
record Place(String topic, int partition, long offset) {

  /** As terminal events name their submission. */
  static Place of(GenericRecord event) {
    GenericRecord submission = (GenericRecord) event.get("submission");
    return new Place(
        submission.get("topic").toString(),
        (Integer) submission.get("partition"),
        (Long) submission.get("offset"));
  }

  @Override
  public String toString() {
    return topic + "/" + partition + "@" + offset;
  }
}
