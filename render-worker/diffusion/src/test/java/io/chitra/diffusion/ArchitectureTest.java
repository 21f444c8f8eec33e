package io.chitra.diffusion;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Packages are roles, and arrows go one way. */
@AnalyzeClasses(
    packages = "io.chitra.diffusion",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "io.chitra.diffusion";

  /** What every package may speak of: how a picture fails, and what it is. */
  private static final DescribedPredicate<JavaClass> SHARED_VALUES =
      DescribedPredicate.describe(
          "shared values",
          type ->
              type.isAssignableTo(DiffusionException.class) || type.isAssignableTo(Picture.class));

  @ArchTest
  static final ArchRule ONNX_RUNTIME_IS_IMPORTED_IN_ONE_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".onnx")
          .should()
          .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."));

  @ArchTest
  static final ArchRule THE_TOKENIZER_LIBRARY_IS_IMPORTED_IN_ONE_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".tokenizer")
          .should()
          .dependOnClassesThat(resideInAPackage("ai.djl.."));

  @ArchTest static final ArchRule CONFIG = knowsOnly("config");

  @ArchTest static final ArchRule NOISE = knowsOnly("noise");

  @ArchTest static final ArchRule IMAGE = knowsOnly("image");

  @ArchTest static final ArchRule MODEL = knowsOnly("model", "config");

  @ArchTest static final ArchRule SCHEDULER = knowsOnly("scheduler", "config");

  @ArchTest static final ArchRule TOKENIZER = knowsOnly("tokenizer", "config");

  @ArchTest static final ArchRule GRAPH = knowsOnly("graph");

  @ArchTest static final ArchRule LORA = knowsOnly("lora", "graph");

  @ArchTest static final ArchRule ONNX = knowsOnly("onnx", "model", "graph");

  @ArchTest
  static final ArchRule SCORE = knowsOnly("score", "onnx", "image", "tokenizer", "config");

  @ArchTest
  static final ArchRule THE_ENGINE_KNOWS_NOTHING_OF_ITS_USERS =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "software.amazon.."));

  private static ArchRule knowsOnly(String role, String... others) {
    String[] known = new String[others.length + 1];
    known[0] = ROOT + "." + role;
    for (int i = 0; i < others.length; i++) {
      known[i + 1] = ROOT + "." + others[i];
    }
    return classes()
        .that()
        .resideInAPackage(ROOT + "." + role)
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.not(resideInAPackage(ROOT + ".."))
                .or(resideInAnyPackage(known))
                .or(SHARED_VALUES));
  }
}
