package io.chitra.diffusion.lora;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes files of float32 tensors. */
final class Safetensors {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final ObjectNode header = JSON.createObjectNode();
  private int end;

  Safetensors put(String name, float value, int... shape) {
    int size = 1;
    for (int side : shape) {
      size *= side;
    }
    float[] all = new float[size];
    Arrays.fill(all, value);
    values.put(name, all);
    ObjectNode entry = header.putObject(name).put("dtype", "F32");
    for (int side : shape) {
      entry.withArray("shape").add(side);
    }
    entry.withArray("shape");
    entry.withArray("data_offsets").add(end).add(end + Float.BYTES * size);
    end += Float.BYTES * size;
    return this;
  }

  Safetensors metadata(String key, String value) {
    header.withObject("__metadata__").put(key, value);
    return this;
  }

  Path write(Path file) throws IOException {
    byte[] json = JSON.writeValueAsBytes(header);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + end).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (float[] tensor : values.values()) {
      for (float value : tensor) {
        bytes.putFloat(value);
      }
    }
    return Files.write(file, bytes.array());
  }
}
