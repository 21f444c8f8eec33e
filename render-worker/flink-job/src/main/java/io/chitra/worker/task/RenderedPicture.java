package io.chitra.worker.task;

import io.chitra.diffusion.Environment;

/**
 * A picture fresh from the engine, as the file that will be stored.
 *
 * @param file the encoded picture
 * @param contentType its media type
 * @param pixelSha256 SHA-256 of the RGB bytes before encoding
 * @param renderMillis from the first step to the decoded picture
 * @param environment what made it
 */
public record RenderedPicture(
    byte[] file,
    String contentType,
    String pixelSha256,
    long renderMillis,
    Environment environment) {}
