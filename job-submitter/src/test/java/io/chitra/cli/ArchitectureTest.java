package io.chitra.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of the command line. */
@AnalyzeClasses(packages = "io.chitra.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule rolesKnowOnlyTheTopics =
      slices()
          .matching("io.chitra.cli.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              resideInAPackage("io.chitra.cli.."), resideInAPackage("io.chitra.cli.topics"))
          .ignoreDependency(
              resideInAPackage("io.chitra.cli.report"), resideInAPackage("io.chitra.cli.show"));

  @ArchTest
  static final ArchRule rolesKnowNoCommands =
      noClasses()
          .that()
          .resideInAPackage("io.chitra.cli.*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.chitra.cli");

  @ArchTest
  static final ArchRule machineAndShowAreForPlainJavaAlone =
      noClasses()
          .that()
          .resideInAnyPackage("io.chitra.cli.machine", "io.chitra.cli.show")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.chitra.store..",
              "io.chitra.schemas..",
              "io.chitra.job..",
              "picocli..");

  @ArchTest
  static final ArchRule kafkaStaysWithTheTopicsAndWhoUsesThem =
      classes()
          .that()
          .resideOutsideOfPackages(
              "io.chitra.cli.topics",
              "io.chitra.cli.submit",
              "io.chitra.cli.follow",
              "io.chitra.cli.letters",
              "io.chitra.cli.check",
              "io.chitra.cli.status",
              "io.chitra.cli.replay",
              "io.chitra.cli.verify")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule neitherFlinkNorTheEngineNorTheSdk =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..",
              "ai.onnxruntime..",
              "software.amazon..",
              "io.chitra.diffusion..",
              "io.chitra.worker..",
              "io.chitra.embedded..");
}
