package io.chitra.worker.task;

/**
 * A picture fresh from the engine, as the file that will be stored.
 *
 * @param file the encoded picture
 * @param contentType its media type
 * @param pixelSha256 SHA-256 of the RGB bytes before encoding
 * @param renderMillis from the first step to the decoded picture
 */
public record RenderedPicture(
    byte[] file, String contentType, String pixelSha256, long renderMillis) {}
