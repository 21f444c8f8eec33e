package io.chitra.cli.export;

import io.chitra.dataset.pack.ShardReport;
import io.chitra.dataset.pack.ShardSummary;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the cards of models say about their licences. */
final class Licences {

  /** The YAML at the beginning of a card, and in it the name of a licence. */
  private static final Pattern FRONT =
      Pattern.compile("\\A---\\s*\\R(.*?)^---\\s*$", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern LICENCE =
      Pattern.compile("^license:[ \\t]*[\"']?([^\\s\"'#]+)", Pattern.MULTILINE);

  private Licences() {}

  /**
   * The licences of all models and VAEs of some shards, by digest, as their cards in the store say;
   * those that say none are not there.
   */
  static SortedMap<String, String> of(Iterable<ShardReport> shards, ObjectStore objects) {
    SortedSet<String> digests = new TreeSet<>();
    for (ShardReport shard : shards) {
      Stream.concat(shard.summary().models().stream(), shard.summary().adapters().stream())
          .map(ShardSummary.Model::digest)
          .forEach(digests::add);
    }
    SortedMap<String, String> licences = new TreeMap<>();
    for (String digest : digests) {
      card(objects, digest).flatMap(Licences::named).ifPresent(name -> licences.put(digest, name));
    }
    return licences;
  }

  /** The licence that a card names, if it names one. */
  static Optional<String> named(String card) {
    Matcher front = FRONT.matcher(card);
    Matcher licence = LICENCE.matcher(front.find() ? front.group(1) : "");
    return licence.find() ? Optional.of(licence.group(1)) : Optional.empty();
  }

  private static Optional<String> card(ObjectStore objects, String digest) {
    try {
      byte[] card = objects.get("models/" + digest + "/README.md").join();
      return Optional.of(new String(card, StandardCharsets.UTF_8));
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
