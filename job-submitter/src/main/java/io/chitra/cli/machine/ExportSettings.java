package io.chitra.cli.machine;

import java.util.Map;
import java.util.TreeMap;

/**
 * What an export needs of a machine.
 *
 * @param stage what is to be done
 * @param options of a worker, by their names in the configuration reference: the store of the
 *     pictures, the target, where shards are written
 */
public record ExportSettings(Stage stage, Map<String, String> options) {

  /** The parts of an export that take long. */
  public enum Stage {
    /** Looks at the pictures of the rows that lie at the target. */
    LOOK,
    /** Packs the shards of the plan that lies at the target. */
    PACK
  }

  public ExportSettings {
    options = Map.copyOf(options);
  }

  /** The secrets that options may hold are left out. */
  @Override
  public String toString() {
    return stage + " with " + new TreeMap<>(options).keySet();
  }
}
