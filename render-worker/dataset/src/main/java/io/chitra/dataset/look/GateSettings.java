package io.chitra.dataset.look;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which gates there are, and what comes of pictures that do not pass. Travels as JSON.
 *
 * @param gates that pictures are judged by; {@link Gate#READABLE} always is one
 * @param drop a picture that fails one of these is left out, with a report; a part of the gates
 * @param require nothing is published while a picture that is not left out fails one of these; a
 *     part of the gates
 */
public record GateSettings(
    SortedSet<Gate> gates,
    GateLimits limits,
    GateModels models,
    SortedSet<Gate> drop,
    SortedSet<Gate> require) {

  public GateSettings {
    SortedSet<Gate> all = new TreeSet<>(gates);
    all.add(Gate.READABLE);
    gates = Collections.unmodifiableSortedSet(all);
    drop = among(gates, "drop", drop);
    require = among(gates, "require", require);
    needs(gates, Gate.CLIP_SCORE, models.clip(), "a CLIP model");
    needs(gates, Gate.NSFW, models.nsfw(), "an NSFW model");
    needs(gates, Gate.NEAR_COPY, models.reference(), "a reference folder");
  }

  private static SortedSet<Gate> among(
      Collection<Gate> gates, String what, Collection<Gate> wanted) {
    SortedSet<Gate> unknown = new TreeSet<>(wanted);
    unknown.removeAll(gates);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot %s by gate %s: pictures are judged by %s only"
              .formatted(what, unknown.first().label(), gates.stream().map(Gate::label).toList()));
    }
    return Collections.unmodifiableSortedSet(new TreeSet<>(wanted));
  }

  private static void needs(
      Collection<Gate> gates, Gate gate, @Nullable Object given, String what) {
    if (gates.contains(gate) && given == null) {
      throw new IllegalArgumentException(
          "Cannot judge by gate %s without %s: name one, or leave the gate out"
              .formatted(gate.label(), what));
    }
  }
}
