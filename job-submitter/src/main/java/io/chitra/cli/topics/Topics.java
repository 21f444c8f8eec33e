package io.chitra.cli.topics;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of a worker's topics.
 *
 * @param others those that are not the usual ones
 */
public record Topics(Map<Topic, String> others) {

  /** Of a worker that was told no others. */
  public static final Topics USUAL = new Topics(Map.of());

  /**
   * @throws IllegalArgumentException when two topics have one name
   */
  public Topics {
    others = Map.copyOf(others);
    Map<String, Topic> taken = new HashMap<>();
    for (Topic topic : Topic.values()) {
      String name = others.getOrDefault(topic, topic.usualName());
      Topic before = taken.put(name, topic);
      if (before != null) {
        throw new IllegalArgumentException(
            "%s and %s cannot both be in topic %s".formatted(before, topic, name));
      }
    }
  }

  /** The name of a topic. */
  public String name(Topic topic) {
    return others.getOrDefault(topic, topic.usualName());
  }

  /** The names of topics. */
  List<String> names(Collection<Topic> topics) {
    return topics.stream().map(this::name).toList();
  }

  /** The topic of a name, if it is one of these. */
  public Optional<Topic> named(String name) {
    return Arrays.stream(Topic.values()).filter(topic -> name(topic).equals(name)).findFirst();
  }
}
