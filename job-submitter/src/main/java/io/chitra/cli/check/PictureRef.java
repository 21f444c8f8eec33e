package io.chitra.cli.check;

import io.chitra.cli.topics.Place;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a record says of its object.
 *
 * @param key of the object, without the store's prefix
 */
record PictureRef(String key, long bytes, String sha256, JobKey job, Place submission, int index) {

  void write(DataOutput out) throws IOException {
    out.writeUTF(key);
    out.writeLong(bytes);
    out.writeUTF(sha256);
    out.writeLong(job.high());
    out.writeLong(job.low());
    out.writeUTF(submission.topic());
    out.writeInt(submission.partition());
    out.writeLong(submission.offset());
    out.writeInt(index);
  }

  static PictureRef read(DataInput in) throws IOException {
    return new PictureRef(
        in.readUTF(),
        in.readLong(),
        in.readUTF(),
        new JobKey(in.readLong(), in.readLong()),
        new Place(in.readUTF().intern(), in.readInt(), in.readLong()),
        in.readInt());
  }

  static int bucket(String key) {
    return Math.floorMod(key.hashCode(), Buckets.COUNT);
  }
}
