package io.chitra.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"cat", "Cat", "light rain", "ল", "a.b-c_d", "7"})
  void plainClassesAreTheirFolders(String name) {
    assertEquals(name, folder(name, List.of(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "..",
        "../../etc",
        "a/b",
        "a\\b",
        "train",
        "my test",
        "Val",
        ".hidden",
        "con",
        "nul.x",
        "ends.",
        "a\nb",
        "a:b",
        "x*",
        "<b>"
      })
  void othersAreReplaced(String name) {
    String folder = folder(name, List.of(name));

    assertTrue(folder.matches("[\\p{L}\\p{M}\\p{N}._ -]+~[0-9a-f]{12}"), folder);
    assertTrue(!folder.startsWith("."), folder);
  }

  @Test
  void longClassesAreReplaced() {
    String name = "ল".repeat(60);

    assertTrue(folder(name, List.of(name)).startsWith("class~"));
  }

  @Test
  void classesThatDifferOnlyInCaseGetDifferentFoldersEverywhere() {
    List<String> classes = List.of("Cat", "cat", "dog");

    assertNotEquals(
        folder("Cat", classes).toLowerCase(Locale.ROOT),
        folder("cat", classes).toLowerCase(Locale.ROOT));
    assertEquals("dog", folder("dog", classes));
  }

  @Test
  void differentClassesNeverShareAFolder() {
    Map<String, String> folders = FileNames.folders(List.of("a/b", "a:b", "a_b", "a?b"));

    assertEquals(4, folders.values().stream().distinct().count());
  }

  private static String folder(String name, List<String> classes) {
    return Objects.requireNonNull(FileNames.folders(classes).get(name));
  }
}
