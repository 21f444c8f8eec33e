package io.chitra.worker.summary;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The submissions of one partition of which nothing has ended yet: a few numbers each, since a
 * million of them may wait. They come in the order of their offsets. Used by one thread.
 */
final class WaitingJobs {

  private final String topic;
  private final int partition;
  private long[] offsets = new long[16];
  private long[] timestamps = new long[16];
  private int[] firsts = new int[16];
  private int[] counts = new int[16];
  private int size;
  private int gone;

  /** What a submission asks for. */
  record Asked(int first, int count, long timestamp) {}

  WaitingJobs(String topic, int partition) {
    this.topic = topic;
    this.partition = partition;
  }

  String topic() {
    return topic;
  }

  int partition() {
    return partition;
  }

  boolean isEmpty() {
    return gone == size;
  }

  int size() {
    return size - gone;
  }

  /** What does not follow the newest is none of these: the topic was made anew. */
  void add(long offset, Asked asked) {
    if (size > 0 && offset <= offsets[size - 1]) {
      return;
    }
    if (size == offsets.length) {
      makeRoom();
    }
    offsets[size] = offset;
    timestamps[size] = asked.timestamp();
    firsts[size] = asked.first();
    counts[size] = asked.count();
    size++;
  }

  /** Takes a submission out, if it waits. */
  Optional<Asked> take(long offset) {
    int at = Arrays.binarySearch(offsets, 0, size, offset);
    if (at < 0 || counts[at] == 0) {
      return Optional.empty();
    }
    Asked asked = new Asked(firsts[at], counts[at], timestamps[at]);
    counts[at] = 0;
    gone++;
    return Optional.of(asked);
  }

  /** Forgets what is gone, or takes more memory. */
  private void makeRoom() {
    if (gone > size / 2) {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (counts[i] != 0) {
          offsets[kept] = offsets[i];
          timestamps[kept] = timestamps[i];
          firsts[kept] = firsts[i];
          counts[kept] = counts[i];
          kept++;
        }
      }
      size = kept;
      gone = 0;
      return;
    }
    int larger = Math.addExact(size, size >> 1);
    offsets = Arrays.copyOf(offsets, larger);
    timestamps = Arrays.copyOf(timestamps, larger);
    firsts = Arrays.copyOf(firsts, larger);
    counts = Arrays.copyOf(counts, larger);
  }

  /** All of it, in a few bytes a submission. */
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(topic);
      out.writeInt(partition);
      out.writeInt(size());
      long offset = 0;
      long timestamp = 0;
      for (int i = 0; i < size; i++) {
        if (counts[i] != 0) {
          write(out, offsets[i] - offset);
          write(out, timestamps[i] - timestamp);
          write(out, firsts[i]);
          write(out, counts[i]);
          offset = offsets[i];
          timestamp = timestamps[i];
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static WaitingJobs of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      WaitingJobs jobs = new WaitingJobs(in.readUTF(), in.readInt());
      int size = in.readInt();
      long offset = 0;
      long timestamp = 0;
      for (int i = 0; i < size; i++) {
        offset += read(in);
        timestamp += read(in);
        int first = (int) read(in);
        int count = (int) read(in);
        jobs.add(offset, new Asked(first, count, timestamp));
      }
      return jobs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Zigzag, then seven bits a byte. */
  private static void write(DataOutputStream out, long value) throws IOException {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  private static long read(DataInputStream in) throws IOException {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (long) (next & 0x7f) << shift;
      if ((next & 0x80) == 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
  }
}
