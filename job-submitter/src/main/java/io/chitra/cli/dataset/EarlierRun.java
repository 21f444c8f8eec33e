package io.chitra.cli.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What an earlier run left in a dataset's folder. While a run writes, the earlier {@code
 * metadata.jsonl} is set aside under a hidden name, so that the folder never shows rows whose
 * pictures are being replaced; a run that was killed leaves it there for the next. In the end the
 * earlier pictures that the new dataset lacks are removed: only files that the earlier metadata
 * lists.
 */
final class EarlierRun {

  private static final String ASIDE = ".metadata-earlier.jsonl";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final Path metadata;
  private final Path aside;

  /**
   * Looks at the folder.
   *
   * @throws DatasetException when its metadata was written by something else
   */
  EarlierRun(Path folder) throws IOException, DatasetException {
    this.folder = folder;
    this.metadata = folder.resolve(ImageFolder.METADATA);
    this.aside = folder.resolve(ASIDE);
    if (Files.exists(metadata) && !isOurs(metadata)) {
      throw new DatasetException(
          ("Cannot write the dataset to %s: its %s was not written by chitra and would be lost;"
                  + " choose another folder")
              .formatted(folder, ImageFolder.METADATA));
    }
  }

  private static boolean isOurs(Path metadata) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(metadata)) {
      String line = lines.readLine();
      if (line == null) {
        return true;
      }
      JsonNode row = JSON.readTree(line);
      return row.hasNonNull("file_name")
          && row.hasNonNull("job_id")
          && row.hasNonNull("object_key");
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  void setAside() throws IOException {
    if (Files.exists(metadata)) {
      Files.move(metadata, aside, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The files of one numbered folder that the new dataset has. */
  interface NewFiles {
    boolean contain(int folder, String path) throws IOException;
  }

  /** Removes the earlier pictures that the new dataset lacks; returns how many. */
  int removeAllBut(NewFiles newFiles) throws IOException {
    if (!Files.exists(aside)) {
      return 0;
    }
    int removed = 0;
    try (BufferedReader lines = Files.newBufferedReader(aside)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String path = fileName(line);
        int number = PictureFiles.folder(path);
        if (number >= 0
            && !newFiles.contain(number, path)
            && Files.deleteIfExists(folder.resolve(path))) {
          removed++;
          removeIfEmpty(folder.resolve(path.substring(0, path.lastIndexOf('/'))));
        }
      }
    }
    return removed;
  }

  private static String fileName(String line) {
    try {
      return JSON.readTree(line).path("file_name").asText();
    } catch (JsonProcessingException cutShort) {
      return "";
    }
  }

  private static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException notEmpty) {
      // other pictures lie there
    }
  }

  void forget() throws IOException {
    Files.deleteIfExists(aside);
  }
}
