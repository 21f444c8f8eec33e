package io.chitra.job;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of CSV (RFC 4180, commas): a header with the names of the fields, then a record a job. An
 * empty cell is a field that is not given. A label is a column {@code labels.NAME} of texts, or
 * {@code labels.NAME:integer}, {@code :number} or {@code :boolean} for what JSON tells apart. Lists
 * and objects are JSON within a cell. With a bad header nothing else of the file can be understood.
 */
final class CsvRows implements Rows {

  private static final List<String> LABEL_PREFIXES = List.of("labels.", "label.");

  private @Nullable List<Column> columns;
  private boolean spoilt;

  /** Where the cells of a column go. */
  @FunctionalInterface
  private interface Column {
    void take(Row row, String cell);
  }

  @Override
  public @Nullable Row read(String text) {
    List<String> cells;
    try {
      cells = CsvReader.builder().allowUnclosedQuote(false).ofSingleCsvRecord(text).getFields();
    } catch (CsvParseException e) {
      unreadable();
      return Row.unreadable(
          "not CSV: a cell in quotes holds each quote twice and ends with one, before a comma or"
              + " the end of the line");
    }
    return columns == null ? header(cells) : row(columns, cells);
  }

  @Override
  public void unreadable() {
    spoilt = columns == null;
  }

  @Override
  public boolean spoilt() {
    return spoilt;
  }

  /** Reads the header; gives a row only to tell what is wrong with it. */
  private @Nullable Row header(List<String> names) {
    Row problems = new Row();
    List<Column> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String cell : names) {
      String name = cell.strip();
      if (!seen.add(name)) {
        problems.add(Texts.shown(name), "this column is there twice: leave one");
      } else {
        column(name, problems).ifPresent(found::add);
      }
    }
    columns = found;
    spoilt = !problems.problems().isEmpty();
    return spoilt ? problems : null;
  }

  private static Optional<Column> column(String name, Row problems) {
    for (String prefix : LABEL_PREFIXES) {
      if (name.startsWith(prefix)) {
        return label(name.substring(prefix.length()), problems);
      }
    }
    Optional<Field> field = Field.find(name);
    if (field.isPresent() && field.get() != Field.LABELS) {
      return Optional.of((row, cell) -> row.field(name, written(field.get().kind(), cell)));
    }
    if (field.isPresent()) {
      problems.add(name, "a column holds one label: name it labels.NAME");
    } else if (name.contains(";") || name.contains("\t")) {
      problems.add("line", "the columns are not parted by commas: write the file with commas");
    } else if (name.isEmpty()) {
      problems.add("line", "a column has no name: the first line names the field of each column");
    } else {
      problems.add(Field.refusal(name));
    }
    return Optional.empty();
  }

  private static Optional<Column> label(String name, Row problems) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return Optional.of((row, cell) -> row.label(name, LabelType.STRING, new Written.Text(cell)));
    }
    String label = name.substring(0, colon);
    Optional<LabelType> type = LabelType.find(name.substring(colon + 1));
    if (type.isEmpty()) {
      problems.add(
          "labels." + Texts.shown(name),
          "unknown type of a label; the types are "
              + String.join(
                  ", ", Arrays.stream(LabelType.values()).map(LabelType::typeName).toList()));
      return Optional.empty();
    }
    return Optional.of((row, cell) -> row.label(label, type.get(), written(type.get(), cell)));
  }

  private static Row row(List<Column> columns, List<String> cells) {
    if (cells.size() != columns.size()) {
      return Row.unreadable(
          "cells: %d, where the header has %d: cells with commas need quotes"
              .formatted(cells.size(), columns.size()));
    }
    Row row = new Row();
    for (int i = 0; i < cells.size(); i++) {
      if (!cells.get(i).isEmpty()) {
        columns.get(i).take(row, cells.get(i));
      }
    }
    return row;
  }

  /** A cell as what stands in it, for a field of the kind: of lists and objects, the JSON. */
  static Written written(Field.Kind kind, String cell) {
    return switch (kind) {
      case TEXT -> new Written.Text(cell);
      case INT, LONG, DOUBLE -> new Written.Numeral(cell.strip());
      case FLAG -> flag(cell);
      case LABELS, INTS, MASK, OUTPAINT, LORAS ->
          JsonRows.value(cell).orElseGet(() -> new Written.Text(cell));
    };
  }

  private static Written flag(String cell) {
    return cell.equals("true") || cell.equals("false")
        ? new Written.Flag(Boolean.parseBoolean(cell))
        : new Written.Text(cell);
  }

  private static Written written(LabelType type, String cell) {
    return switch (type) {
      case STRING -> new Written.Text(cell);
      case INTEGER, NUMBER -> new Written.Numeral(cell.strip());
      case BOOLEAN -> flag(cell);
    };
  }
}
