package io.chitra.worker.task;

import java.util.Map;

/**
 * A picture's object in S3 and what it says about itself. Two records of the same object say the
 * same, whoever made it.
 *
 * @param key what names the object
 * @param fileBytes length of the object
 * @param fileSha256 of the object's bytes
 * @param pixelSha256 of the RGB bytes before encoding
 * @param madeFor the submission that it was rendered for, as {@code topic/partition/offset}
 * @param renderedAt when it was rendered, in milliseconds since 1970
 * @param renderMillis how long that took
 * @param environment what rendered it
 */
public record StoredPicture(
    PictureKey key,
    long fileBytes,
    String fileSha256,
    String pixelSha256,
    String madeFor,
    long renderedAt,
    long renderMillis,
    Map<String, String> environment) {}
