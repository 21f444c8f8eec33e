package io.chitra.dataset.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What names a dataset's version: the request and the rows that it is made from. */
public final class ContentId {

  private ContentId() {}

  /** SHA-256 over the request and each row's place, key and file, in hex. */
  public static String of(ExportRequest request, Rows rows) throws IOException {
    MessageDigest sha256 = sha256();
    update(sha256, json(request));
    for (long position = 0; position < rows.size(); position++) {
      DatasetRow row = rows.at(position);
      ImageRecord record = row.record();
      sha256.update(
          ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES)
              .putInt(row.resultPartition())
              .putLong(row.resultOffset())
              .putInt(record.getImageIndex())
              .flip());
      update(sha256, record.getJobId());
      update(sha256, record.getFileSha256());
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static String json(ExportRequest request) throws JsonProcessingException {
    return Workbench.JSON.writeValueAsString(request);
  }

  /** With its length, so that no two rows run together. */
  private static void update(MessageDigest sha256, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    sha256.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
