package io.chitra.cli.report;

import io.chitra.cli.show.Failures;
import io.chitra.cli.topics.DatasetRows;
import java.util.List;
import java.util.Optional;

/**
 * All that a page tells.
 *
 * @param unseen pictures that could not be shown, by reason
 * @param classLabel the label that sorts the pictures; empty: none does
 * @param otherClasses how many classes have no sheet
 * @param identical pictures with equal pixels: the largest groups
 * @param nearGroups how many groups of pictures look alike
 * @param near the largest of them
 */
record Content(
    ReportSettings settings,
    DatasetRows.Census census,
    Facts facts,
    Looks looks,
    Failures failures,
    Failures unseen,
    Optional<String> classLabel,
    List<Sheet> sheets,
    long otherClasses,
    List<Alike> identical,
    int nearGroups,
    List<Alike> near) {
  Content {
    sheets = List.copyOf(sheets);
    identical = List.copyOf(identical);
    near = List.copyOf(near);
  }
}
