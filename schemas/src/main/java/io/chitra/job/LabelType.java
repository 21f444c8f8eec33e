package io.chitra.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The types of labels. A label has one of them within a dataset. */
enum LabelType {
  STRING,
  INTEGER,
  NUMBER,
  BOOLEAN;

  static Optional<LabelType> find(String name) {
    return Arrays.stream(values()).filter(type -> type.typeName().equals(name)).findFirst();
  }

  static LabelType of(Object label) {
    if (label instanceof String) {
      return STRING;
    }
    if (label instanceof Long) {
      return INTEGER;
    }
    return label instanceof Double ? NUMBER : BOOLEAN;
  }

  String typeName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
