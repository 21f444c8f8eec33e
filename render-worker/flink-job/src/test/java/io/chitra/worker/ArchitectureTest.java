package io.chitra.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;

@AnalyzeClasses(packages = "io.chitra.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String[] STAGES = {
    "plan", "attempt", "render", "store", "record", "summary", "look"
  };

  @ArchTest static final ArchRule planKnowsNoOtherStage = knowsNoOtherStage("plan");
  @ArchTest static final ArchRule attemptKnowsNoOtherStage = knowsNoOtherStage("attempt");
  @ArchTest static final ArchRule renderKnowsNoOtherStage = knowsNoOtherStage("render");
  @ArchTest static final ArchRule storeKnowsNoOtherStage = knowsNoOtherStage("store");
  @ArchTest static final ArchRule recordKnowsNoOtherStage = knowsNoOtherStage("record");

  @ArchTest static final ArchRule summaryKnowsNoOtherStage = knowsNoOtherStage("summary");

  @ArchTest static final ArchRule lookKnowsNoOtherStage = knowsNoOtherStage("look");

  @ArchTest
  static final ArchRule exportKnowsNoStageButLook =
      noClasses()
          .that()
          .resideInAPackage("..worker.export..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..worker.plan..",
              "..worker.attempt..",
              "..worker.render..",
              "..worker.store..",
              "..worker.record..",
              "..worker.summary..",
              "..worker.topology..");

  @ArchTest
  static final ArchRule taskKnowsNoStage =
      noClasses()
          .that()
          .resideInAPackage("..worker.task..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..worker.plan..",
              "..worker.attempt..",
              "..worker.render..",
              "..worker.store..",
              "..worker.record..",
              "..worker.summary..",
              "..worker.look..",
              "..worker.topology..");

  @ArchTest
  static final ArchRule onlyTheTopologyKnowsFlink =
      noClasses()
          .that()
          .resideOutsideOfPackage("..worker.topology..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..");

  @ArchTest
  static final ArchRule nobodyKnowsTheAwsSdkOrOnnxRuntime =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("software.amazon..", "ai.onnxruntime..", "ai.djl..");

  private static ArchRule knowsNoOtherStage(String stage) {
    String[] others =
        Arrays.stream(STAGES)
            .filter(other -> !other.equals(stage))
            .map(other -> "..worker." + other + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("..worker." + stage + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("..worker.topology..");
  }
}
