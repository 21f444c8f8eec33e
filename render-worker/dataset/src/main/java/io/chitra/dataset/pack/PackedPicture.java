package io.chitra.dataset.pack;

/**
 * A picture as it goes into a shard.
 *
 * @param file its bytes; not changed, by nobody
 * @param extension {@code png} or {@code jpg}
 * @param width in pixels, of this file
 * @param height likewise
 * @param sha256 of the bytes, in hex
 */
public record PackedPicture(byte[] file, String extension, int width, int height, String sha256) {}
