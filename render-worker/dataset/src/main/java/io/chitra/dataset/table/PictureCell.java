package io.chitra.dataset.table;

/**
 * A picture within a table.
 *
 * @param bytes its file; not changed, by nobody
 * @param path its name
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public record PictureCell(byte[] bytes, String path) {}
