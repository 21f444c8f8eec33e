package io.chitra.cli.check;

import io.chitra.cli.topics.Place;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What is known of some pictures of a submission: that they were asked for, how they ended, or that
 * the object of one is not what its record says.
 *
 * @param first the first index
 * @param end one after the last; of a whole submission, whatever it asked for, not above {@code
 *     first}
 * @param timestamp of an asking, by the broker's clock; else 0
 */
record Event(JobKey job, Place submission, Kind kind, long first, long end, long timestamp) {

  enum Kind {
    ASKED,
    MADE,
    FAILED,
    CANCELLED,
    MISSING_OBJECT,
    WRONG_LENGTH,
    WRONG_HASH;

    boolean terminal() {
      return this == MADE || this == FAILED || this == CANCELLED;
    }
  }

  private static final Kind[] KINDS = Kind.values();

  boolean whole() {
    return end <= first;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(job.high());
    out.writeLong(job.low());
    out.writeUTF(submission.topic());
    out.writeInt(submission.partition());
    out.writeLong(submission.offset());
    out.writeByte(kind.ordinal());
    out.writeInt((int) first);
    out.writeLong(end);
    out.writeLong(timestamp);
  }

  static Event read(DataInput in) throws IOException {
    return new Event(
        new JobKey(in.readLong(), in.readLong()),
        new Place(in.readUTF().intern(), in.readInt(), in.readLong()),
        KINDS[in.readByte()],
        in.readInt(),
        in.readLong(),
        in.readLong());
  }
}
