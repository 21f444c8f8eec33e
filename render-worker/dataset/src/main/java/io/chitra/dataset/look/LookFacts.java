package io.chitra.dataset.look;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What looked at the pictures; the same for every looker with the same settings. Travels as JSON
 * from where pictures are looked at to where they are judged, and into the manifest.
 *
 * @param models in the order of their roles
 * @param reference null: there is no reference set
 * @param environment what scores depend on besides pictures and models; empty without models
 */
public record LookFacts(
    List<Model> models, @Nullable Reference reference, SortedMap<String, String> environment) {

  /** Where nothing was asked for but arithmetic. */
  public static final LookFacts NONE = new LookFacts(List.of(), null, new TreeMap<>(Map.of()));

  public LookFacts {
    models = List.copyOf(models);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  /**
   * A model that gave scores.
   *
   * @param role {@code clip}, {@code nsfw} or {@code embedder}
   * @param name of its folder or file
   * @param digest SHA-256 over its files
   */
  public record Model(String role, String name, String digest) {}

  /**
   * The set whose pictures must not be copied.
   *
   * @param pictures how many it has
   * @param distinct of them, by their pixels
   * @param digest SHA-256 over names and files
   * @param space what distances are measured in: {@code phash}, or the embedder's name
   * @param threshold the distance up to which a picture is a near-copy
   * @param calibratedOn how many of its own nearest distances the threshold comes from; null: it
   *     was given
   */
  public record Reference(
      int pictures,
      int distinct,
      String digest,
      String space,
      double threshold,
      @Nullable Integer calibratedOn) {}
}
