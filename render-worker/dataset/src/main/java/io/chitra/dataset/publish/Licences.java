package io.chitra.dataset.publish;

import io.chitra.dataset.pack.ShardSummary.Model;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The licences of what a dataset's pictures were made with. */
final class Licences {

  private Licences() {}

  /** Each licence once; empty where a model, LoRA or VAE says none. */
  static SortedSet<String> known(DatasetFacts facts, Totals totals) {
    SortedSet<String> licences = new TreeSet<>();
    for (Model model :
        Stream.concat(totals.models().stream(), totals.adapters().stream()).toList()) {
      String licence = facts.licences().get(model.digest());
      if (licence == null) {
        return new TreeSet<>();
      }
      licences.add(licence);
    }
    return licences;
  }
}
