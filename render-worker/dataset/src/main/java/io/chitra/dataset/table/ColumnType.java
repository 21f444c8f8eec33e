package io.chitra.dataset.table;

/** What a column holds; any cell may be null. */
public enum ColumnType {
  /** A {@link String}. */
  STRING,
  /** An {@link Integer}. */
  INT,
  /** A {@link Long}. */
  LONG,
  /** A {@link Float}. */
  FLOAT,
  /** A {@link Double}. */
  DOUBLE,
  /** A {@link Boolean}. */
  BOOLEAN,
  /** An {@link Integer} from 0 to 255. */
  UINT8,
  /** An {@link Integer} from 0 to 65535. */
  UINT16,
  /** A {@link Long} from 0 to 4294967295. */
  UINT32,
  /** A {@link java.time.Instant}, to the microsecond. */
  TIMESTAMP,
  /** A list of {@link Integer}s. */
  INTS,
  /** A list of {@link String}s. */
  STRINGS,
  /** A {@link Long}: the number of a class. */
  CLASS,
  /** A {@link PictureCell}. */
  PICTURE
}
