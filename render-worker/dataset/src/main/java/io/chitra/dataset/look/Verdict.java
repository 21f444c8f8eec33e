package io.chitra.dataset.look;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import java.util.List;
import java.util.Objects;

/**
 * What was said of one picture.
 *
 * @param row with its look complete: duplicates and failed gates are in it
 * @param dropping the failed gates because of which it is left out; empty: it stays
 * @param forbidding the failed gates because of which nothing may be published; empty: none. A
 *     picture that is left out forbids nothing
 */
public record Verdict(DatasetRow row, List<Gate> dropping, List<Gate> forbidding) {

  private static final JsonMapper JSON = new JsonMapper();

  public Verdict {
    dropping = List.copyOf(dropping);
    forbidding = List.copyOf(forbidding);
  }

  public boolean dropped() {
    return !dropping.isEmpty();
  }

  /** Job id / index: {@code fox/3}. */
  public String picture() {
    return picture(row);
  }

  static String picture(DatasetRow row) {
    return row.record().getJobId() + "/" + row.record().getImageIndex();
  }

  /** A line of {@code dropped.jsonl}, without its end. */
  public String droppedLine() {
    PictureLook look = Objects.requireNonNull(row.look());
    ObjectNode line = JSON.createObjectNode();
    line.put("job_id", row.record().getJobId());
    line.put("image_index", row.record().getImageIndex());
    dropping.forEach(gate -> line.withArray("dropped_by").add(gate.label()));
    look.failedGates().forEach(line.withArray("failed_gates")::add);
    if (look.unreadable() != null) {
      line.put("unreadable", look.unreadable());
    }
    if (look.duplicateOf() != null) {
      line.put("duplicate_of", look.duplicateOf());
    }
    if (look.clipScore() != null) {
      line.put("clip_score", look.clipScore());
    }
    if (look.nsfwScore() != null) {
      line.put("nsfw_score", look.nsfwScore());
    }
    if (look.nearestId() != null) {
      line.put("nearest_id", look.nearestId());
      line.put("nearest_distance", look.nearestDistance());
    }
    line.put("bucket", row.record().getBucket());
    line.put("object_key", row.record().getObjectKey());
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of strings and numbers is always JSON", e);
    }
  }
}
