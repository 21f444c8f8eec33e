package io.chitra.cli.topics;

import io.chitra.schemas.ArchiveFile;
import io.chitra.schemas.ArchivedHeader;
import io.chitra.schemas.ArchivedRecord;
import io.chitra.schemas.BadRecordException;
import io.chitra.store.ObjectStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** The archive of topics: a file a range of offsets, read whole, one at a time. */
final class ArchivedLog implements JobLog {

  private static final Pattern NAME =
      Pattern.compile("jobs/(.+)-(\\d{1,9})/(\\d{20})-(\\d{20})\\.avro");

  private final ObjectStore objects;
  private final Topics topics;
  private final Span span;
  private final List<String> files;

  private ArchivedLog(ObjectStore objects, Topics topics, Span span, List<String> files) {
    this.objects = objects;
    this.topics = topics;
    this.span = span;
    this.files = files;
  }

  static ArchivedLog open(ObjectStore objects, Topics topics, Span span) throws TopicException {
    List<String> files = new ArrayList<>();
    boolean any = false;
    for (String topic : topics.names(Topic.OF_JOBS)) {
      for (Matcher name : files(objects, topic)) {
        any = true;
        if (overlaps(span, name)) {
          files.add(name.group());
        }
      }
    }
    if (!any) {
      throw new TopicException(
          "Cannot replay from the archive: %s has no files; a worker puts them there a while after the jobs have come"
              .formatted(objects.address("jobs/")));
    }
    return new ArchivedLog(objects, topics, span, files);
  }

  /** The names of a topic's files, in order. */
  private static List<Matcher> files(ObjectStore objects, String topic) {
    List<Matcher> files = new ArrayList<>();
    for (String key : objects.list("jobs/" + topic + "-")) {
      Matcher name = NAME.matcher(key);
      if (name.matches() && name.group(1).equals(topic)) {
        files.add(name);
      }
    }
    return files;
  }

  private static boolean overlaps(Span span, Matcher name) {
    TopicPartition partition = new TopicPartition(name.group(1), Integer.parseInt(name.group(2)));
    Long first = Span.offset(span.from(), partition);
    Long end = Span.offset(span.upTo(), partition);
    return span.reads(partition)
        && (first == null || Long.parseLong(name.group(4)) >= first)
        && (end == null || Long.parseLong(name.group(3)) < end);
  }

  @Override
  public void read(KafkaCluster.Receiver receiver, TopicScan.Listener listener)
      throws TopicException {
    listener.read(0, files.size());
    for (int i = 0; i < files.size(); i++) {
      for (ArchivedRecord archived : records(files.get(i))) {
        ConsumerRecord<byte[], byte[]> record = record(archived);
        if (span.holds(Place.of(record), record.timestamp())) {
          receiver.receive(record);
        }
      }
      listener.read(i + 1, files.size());
    }
  }

  @Override
  public void readEnds(Topic topic, KafkaCluster.Receiver receiver) throws TopicException {
    for (Matcher name : files(objects, topics.name(topic))) {
      records(name.group()).forEach(archived -> receiver.receive(record(archived)));
    }
  }

  private List<ArchivedRecord> records(String key) throws TopicException {
    try {
      return ArchiveFile.read(objects.get(key).join());
    } catch (BadRecordException e) {
      throw new TopicException(
          "Cannot replay from the archive: %s is damaged: %s"
              .formatted(objects.address(key), e.getMessage()),
          e);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  /** As it was read from the topic once. */
  @SuppressWarnings("NullAway") // Kafka takes records without key or value
  private static ConsumerRecord<byte[], byte[]> record(ArchivedRecord archived) {
    Headers headers = new RecordHeaders();
    for (ArchivedHeader header : archived.getHeaders()) {
      headers.add(header.getName(), bytes(header.getValue()));
    }
    return new ConsumerRecord<byte[], byte[]>(
        archived.getTopic(),
        archived.getPartition(),
        archived.getOffset(),
        archived.getAppendedAt().toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        bytes(archived.getKey()),
        bytes(archived.getValue()),
        headers,
        Optional.empty());
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
