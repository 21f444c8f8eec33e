package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chitra.dataset.compare.VerifyTask;
import io.chitra.worker.plan.PlanCursor;
import io.chitra.worker.record.JobRow;
import io.chitra.worker.record.ResultRow;
import io.chitra.worker.summary.SummaryRecord;
import io.chitra.worker.summary.TopicRow;
import io.chitra.worker.task.JobMessage;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.OutgoingRecord.Kind;
import io.chitra.worker.task.PlannedImage;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels between Flink's tasks and lies in its state is never left to Kryo. */
class EdgeTypesTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        JobMessage.class,
        PlannedImage.class,
        OutgoingRecord.class,
        PlanCursor.class,
        JobRow.class,
        VerifyTask.class,
        ResultRow.class,
        SummaryRecord.class,
        TopicRow.class
      })
  void areFlinkPojos(Class<?> type) {
    PojoTypeInfo<?> info = assertInstanceOf(PojoTypeInfo.class, TypeInformation.of(type));
    SerializerConfigImpl noKryo = new SerializerConfigImpl();
    noKryo.setGenericTypes(false);

    info.createSerializer(noKryo); // throws where a field is left to Kryo
  }

  @Test
  void missingKeysAndValuesSurvive() throws IOException {
    JobMessage message = copy(JobMessage.class, new JobMessage("t", 1, 2, null, new byte[] {3}));

    assertNull(message.key());
    assertArrayEquals(new byte[] {3}, message.value());
  }

  @Test
  void headersAndKindsSurvive() throws IOException {
    OutgoingRecord record =
        copy(
            OutgoingRecord.class,
            new OutgoingRecord(Kind.DEAD_LETTER, null, new byte[] {1, 2}, Map.of("a", "আ")));

    assertEquals(Kind.DEAD_LETTER, record.kind());
    assertEquals(Map.of("a", "আ"), record.headers());
    assertNull(record.key());
  }

  private static <T> T copy(Class<T> type, T value) throws IOException {
    TypeSerializer<T> serializer =
        TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }
}
