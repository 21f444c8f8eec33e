package io.chitra.dataset.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What verifying a picture has shown.
 *
 * @param row as the {@link VerifyTask} has it
 * @param object what is wrong with the stored object; null: nothing
 * @param fields of the record that the job does not give
 * @param failure why it could not be rendered again; null: it was
 * @param drift how new pixels differ; null: they do not, or there are none
 */
public record Verdict(
    long row,
    @Nullable ObjectFault object,
    List<FieldFault> fields,
    @Nullable String failure,
    @Nullable Drift drift) {

  private static final JsonMapper JSON = new JsonMapper();

  /** The worst that is to be said of a picture, the worst first. */
  public enum Outcome {
    /** The record's object is not there. */
    MISSING,
    /** The object has another length or SHA-256 than its record says. */
    DAMAGED,
    /** The record is not what comes of the job. */
    WRONG_RECORD,
    /** It cannot be rendered again. */
    NOT_RENDERED,
    /** New pixels are others. */
    DRIFTED,
    /** Object, record and new pixels agree. */
    EQUAL
  }

  /**
   * An object that is not its record's.
   *
   * @param length that was found; null: there is no object
   * @param sha256 that was found; null: there is no object
   */
  public record ObjectFault(@Nullable Long length, @Nullable String sha256) {}

  /** A field of the record that has another value than the job gives. */
  public record FieldFault(String field, String expected, String found) {}

  /**
   * New pixels that are others.
   *
   * @param psnr of the new picture against the stored one, in dB; null where the two cannot be
   *     compared
   * @param pixelSha256 of the new pixels
   * @param environment what of the environment is another now, by name
   */
  public record Drift(
      @Nullable Double psnr, String pixelSha256, SortedMap<String, Change> environment) {

    public Drift {
      environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }
  }

  /** A value then and now; null: there was none, or is none. */
  public record Change(@Nullable String then, @Nullable String now) {}

  public Verdict {
    fields = List.copyOf(fields);
  }

  /** The worst of it. */
  public Outcome outcome() {
    if (object != null) {
      return object.length() == null ? Outcome.MISSING : Outcome.DAMAGED;
    }
    if (!fields.isEmpty()) {
      return Outcome.WRONG_RECORD;
    }
    if (failure != null) {
      return Outcome.NOT_RENDERED;
    }
    return drift != null ? Outcome.DRIFTED : Outcome.EQUAL;
  }

  /** As one JSON object. */
  public byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a verdict: " + e.getMessage(), e);
    }
  }

  /** Reads what {@link #toJson} wrote. */
  public static Verdict parse(byte[] json) throws IOException {
    return JSON.readValue(json, Verdict.class);
  }
}
