package io.chitra.checker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The checker as a program:
 *
 * <pre>
 *   checker --stack .chitra/stack.json --schemas schemas/src/main/avro [--schemas DIR] [--deep]
 * </pre>
 *
 * <p>The file names Kafka, the S3 endpoint, its bucket and its credentials. Prints one JSON object.
 * Exit code: 0 when all is right, 1 when something is wrong, 2 when that cannot be told.
 */
public final class CheckerMain {

  private static final String USAGE =
      "checker --stack FILE --schemas DIR [--schemas DIR] [--prefix PREFIX] [--deep]";

  private CheckerMain() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    Path stack = null;
    List<Path> schemas = new ArrayList<>();
    String prefix = "";
    Objects.Depth depth = Objects.Depth.METADATA;
    for (int i = 0; i < args.length; i++) {
      String name = args[i];
      if (name.equals("--deep")) {
        depth = Objects.Depth.BYTES;
      } else if (i + 1 < args.length && name.equals("--stack")) {
        stack = Path.of(args[++i]);
      } else if (i + 1 < args.length && name.equals("--schemas")) {
        schemas.add(Path.of(args[++i]));
      } else if (i + 1 < args.length && name.equals("--prefix")) {
        prefix = args[++i];
      } else {
        System.err.println("Cannot check: what is " + name + "? Usage: " + USAGE);
        return 2;
      }
    }
    if (stack == null || schemas.isEmpty()) {
      System.err.println("Cannot check: --stack and --schemas are needed. Usage: " + USAGE);
      return 2;
    }
    try {
      JsonMapper json = JsonMapper.builder().build();
      JsonNode at = json.readTree(stack.toFile());
      Bucket bucket =
          new Bucket(
              URI.create(at.path("s3_endpoint").asText()),
              at.path("bucket").asText(),
              at.path("region").asText(),
              at.path("access_key").asText(),
              at.path("secret_key").asText());
      Findings findings =
          new Checker(Schemas.read(schemas))
              .check(at.path("kafka").asText(), bucket, prefix, depth);
      System.out.println(json.writeValueAsString(findings.json()));
      return findings.allRight() ? 0 : 1;
    } catch (IOException | RuntimeException e) {
      System.err.println("Cannot check: " + e);
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 2;
    }
  }
}
