package io.chitra.dataset;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Arrows go one way: from what stands beside the shards down to rows and places. */
@AnalyzeClasses(
    packages = "io.chitra.dataset",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule columnsKnowNoFiles =
      knowsNone("table", "..dataset.parquet..", "..dataset.pack..", "..dataset.target..");

  @ArchTest
  static final ArchRule tablesKnowNoShards =
      knowsNone("parquet", "..dataset.pack..", "..dataset.target..", "..dataset.publish..");

  @ArchTest static final ArchRule shardsKnowNoDataset = knowsNone("pack", "..dataset.publish..");

  @ArchTest
  static final ArchRule placesKnowNothingElse =
      knowsNone("target", "..dataset.pack..", "..dataset.parquet..", "..dataset.table..");

  @ArchTest
  static final ArchRule nobodyKnowsTheEngineOrFlinkOrKafka =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.chitra.diffusion..",
              "io.chitra.worker..",
              "ai.onnxruntime..",
              "org.apache.flink..",
              "org.apache.kafka..",
              "software.amazon..");

  @ArchTest
  static final ArchRule onlyTheParquetPackageKnowsParquet =
      noClasses()
          .that()
          .resideOutsideOfPackage("..dataset.parquet..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.parquet..", "org.apache.hadoop..", "com.github.luben..");

  private static ArchRule knowsNone(String role, String... never) {
    return noClasses()
        .that()
        .resideInAPackage("..dataset." + role + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(never);
  }
}
