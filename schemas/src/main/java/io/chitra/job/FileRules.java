package io.chitra.job;

import io.chitra.input.InputUri;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a job names its files once they are where workers find them: by address and digest. For one
 * job and one thread.
 */
final class FileRules {

  private static final int MAX_URI_CHARACTERS = 4096;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Problems problems;

  FileRules(Problems problems) {
    this.problems = problems;
  }

  static boolean isDigest(String text) {
    return DIGEST.matcher(text).matches();
  }

  void check(RenderJob job) {
    file("image", job.getImage());
    file("mask_image", job.getMaskImage());
    List<Lora> loras = job.getLoras();
    for (int i = 0; loras != null && i < Math.min(loras.size(), ValueRules.MAX_LORAS); i++) {
      file("loras[%d].file".formatted(i), loras.get(i).getFile());
    }
    Vae vae = job.getVae();
    if (vae != null && !isDigest(vae.getDigest())) {
      problems.add("vae", noDigest(vae.getDigest()));
    }
  }

  private void file(String field, @Nullable InputFile file) {
    if (file == null) {
      return;
    }
    String uri = file.getUri();
    if (uri.length() > MAX_URI_CHARACTERS
        || uri.codePoints().anyMatch(Character::isISOControl)
        || InputUri.parse(uri).isEmpty()) {
      problems.add(
          field,
          Texts.quoted(uri)
              + " is no address of a file: s3://BUCKET/KEY or https://HOST/PATH would be");
    } else if (!isDigest(file.getSha256())) {
      problems.add(field, "its sha256 " + noDigest(file.getSha256()));
    }
  }

  static String noDigest(String text) {
    return Texts.quoted(text) + " is no digest: 64 hexadecimal digits (0-9a-f) would be";
  }
}
