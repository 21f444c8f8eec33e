package io.chitra.cli.machine;

import java.net.URI;

/**
 * Where a running stack listens, and with what its S3 endpoint lets one in. Kept in {@code
 * stack.json}.
 */
public record StackAddresses(
    long pid,
    String kafka,
    URI s3Endpoint,
    String region,
    String accessKey,
    String secretKey,
    String bucket,
    URI flinkUi) {}
