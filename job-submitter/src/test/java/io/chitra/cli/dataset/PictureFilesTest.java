package io.chitra.cli.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFilesTest {

  private static final String PNG = "image/png";

  @Test
  void areNamedByJobAndIndex() {
    assertEquals("images/00000/blue-cat-3.png", PictureFiles.path(17, "blue-cat", 3, PNG));
  }

  @Test
  void jpegsAreCalledSo() {
    String path = PictureFiles.path(10_000, "cat", 0, "image/jpeg");

    assertEquals("images/00001/cat-0.jpg", path);
    assertEquals(1, PictureFiles.folder(path));
  }

  @Test
  void aFolderHasLessThanTenThousandFiles() {
    assertEquals("images/00000/a-0.png", PictureFiles.path(8_999, "a", 0, PNG));
    assertEquals("images/00001/a-0.png", PictureFiles.path(9_000, "a", 0, PNG));
    assertEquals("images/238609/a-0.png", PictureFiles.path(Integer.MAX_VALUE, "a", 0, PNG));
  }

  @Test
  void idsThatDifferOnlyInCaseGetDifferentFilesEverywhere() {
    String lower = PictureFiles.path(0, "cat", 0, PNG);
    String upper = PictureFiles.path(0, "Cat", 0, PNG);

    assertNotEquals(lower.toLowerCase(Locale.ROOT), upper);
    assertEquals(upper.toLowerCase(Locale.ROOT), upper);
    assertTrue(upper.startsWith("images/00000/cat~"), upper);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test",
        "my-test-7",
        "dev.1",
        "a_val_b",
        "Train",
        "x-evaluation",
        "7validation7",
        ".hidden",
        "__private",
        "con.jobs",
        "lpt1."
      })
  void namesThatMeanSomethingElsewhereAreReplaced(String id) {
    String path = PictureFiles.path(0, id, 0, PNG);

    assertTrue(path.matches("images/00000/job~[0-9a-f]{12}-0\\.png"), path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"contest", "latest-news", "trainings", "console", "devil", "train"})
  void onlyWholeWordsMeanSomething(String id) {
    assertEquals(id.equals("train"), PictureFiles.path(0, id, 0, PNG).contains("~"));
  }

  @Test
  void pathsTellTheirFolder() {
    assertEquals(12, PictureFiles.folder("images/00012/a-0.png"));
    assertEquals(-1, PictureFiles.folder("images/00012/../../a.png"));
    assertEquals(-1, PictureFiles.folder("/etc/passwd"));
    assertFalse(PictureFiles.folder("images/00012/a.gif") >= 0);
  }
}
