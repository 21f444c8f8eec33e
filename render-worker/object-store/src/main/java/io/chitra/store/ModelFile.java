package io.chitra.store;

/**
 * One file of a model.
 *
 * @param path within the model's folder, with slashes
 * @param bytes its length
 * @param sha256 of its content, 64 hexadecimal digits
 */
record ModelFile(String path, long bytes, String sha256) {}
