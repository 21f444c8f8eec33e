package io.chitra.diffusion.lora;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.DiffusionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  @TempDir Path temp;

  private Path file(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return file(json.length, json, data);
  }

  private Path file(long headerBytes, byte[] header, byte[] data) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(headerBytes)
            .put(header)
            .put(data);
    return Files.write(temp.resolve("a.safetensors"), bytes.array());
  }

  @Test
  void numbersOfEveryTypeThatLorasHave() throws Exception {
    ByteBuffer data =
        ByteBuffer.allocate(34)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(1.5f)
            .putFloat(-2)
            .putShort((short) 0x3c00)
            .putShort((short) 0xbfc0)
            .putShort((short) 0)
            .putDouble(0.25)
            .putLong(-3)
            .putInt(4);
    SafetensorsFile file =
        SafetensorsFile.open(
            file(
                """
                {"__metadata__":{"format":"pt"},
                 "i32":{"dtype":"I32","shape":[],"data_offsets":[30,34]},
                 "f32":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
                 "f16":{"dtype":"F16","shape":[1],"data_offsets":[8,10]},
                 "bf16":{"dtype":"BF16","shape":[2],"data_offsets":[10,14]},
                 "f64":{"dtype":"F64","shape":[],"data_offsets":[14,22]},
                 "i64":{"dtype":"I64","shape":[],"data_offsets":[22,30]}}
                """,
                data.array()));
    assertArrayEquals(new float[] {1.5f, -2}, floats(file, "f32"));
    assertArrayEquals(new float[] {1}, floats(file, "f16"));
    assertArrayEquals(new float[] {-1.5f, 0}, floats(file, "bf16"));
    assertArrayEquals(new float[] {0.25f}, floats(file, "f64"));
    assertArrayEquals(new float[] {-3}, floats(file, "i64"));
    assertArrayEquals(new float[] {4}, floats(file, "i32"));
    assertEquals(List.of(2L, 1L), requireNonNull(file.tensors().get("f32")).shape());
    assertEquals("pt", file.metadata("format"));
    assertNull(file.metadata("absent"));
  }

  private static float[] floats(SafetensorsFile file, String name) throws DiffusionException {
    return file.floats(requireNonNull(file.tensors().get(name)));
  }

  @Test
  void aTypeThatIsNotRead() throws Exception {
    SafetensorsFile file =
        SafetensorsFile.open(
            file(
                "{'w':{'dtype':'F8_E4M3','shape':[2],'data_offsets':[0,2]}}".replace('\'', '"'),
                new byte[2]));
    assertTrue(
        assertThrows(DiffusionException.class, () -> floats(file, "w"))
            .toString()
            .endsWith("tensor w is of type F8_E4M3, expected F32, F16 or BF16"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "[]                                                                | is no JSON object",
        "{'w'                                                              | is not JSON",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'w':{}}     | is not JSON:"
            + " Duplicate",
        "{'w':{'dtype':'F32','shape':[1]}}                                 | no shape or no"
            + " data_offsets",
        "{'w':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}              | no shape or no"
            + " data_offsets",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0]}}              | data_offsets [0]",
        "{'w':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}           | tensor w has [-1]",
        "{'w':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}          | tensor w has [1.5]",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}            | 4 bytes, but F32 of"
            + " [2]",
        "{'w':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | 4 bytes, but",
        "{'w':{'dtype':'F32','shape':[0],'data_offsets':[4,0]}}            | tensor w",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}            | the file ends at",
        "{'w':{'dtype':'U8','shape':[9],'data_offsets':[9223372036854775800,9223372036854775807]}}"
            + " | tensor w",
        "{'v':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}"
            + " | where",
        "{'w':{'dtype':'F16','shape':[1],'data_offsets':[2,4]}}            | where",
        "{'w':{'dtype':'F16','shape':[1],'data_offsets':[0,2]}}            | its tensors end at",
      })
  void brokenHeaders(String header, String why) throws Exception {
    assertBroken(file(header.replace('\'', '"'), new byte[4]), why);
  }

  @Test
  void brokenFiles() throws Exception {
    assertBroken(temp.resolve("nowhere.safetensors"), "NoSuchFile");
    assertBroken(Files.write(temp.resolve("short"), new byte[3]), "its header is -1 bytes of 3");
    assertBroken(
        file(1L << 40, new byte[0], new byte[0]), "its header is 1099511627776 bytes of 8");
    assertBroken(file(-5, new byte[0], new byte[0]), "its header is -5 bytes");
    assertBroken(file(100, "{}".getBytes(StandardCharsets.UTF_8), new byte[0]), "100 bytes of 10");
  }

  private static void assertBroken(Path file, String why) {
    DiffusionException e = assertThrows(DiffusionException.class, () -> SafetensorsFile.open(file));
    assertTrue(e.permanent(), e.toString());
    assertTrue(e.toString().contains(file.toString()), e.toString());
    assertTrue(e.toString().contains(why), e.toString());
  }
}
