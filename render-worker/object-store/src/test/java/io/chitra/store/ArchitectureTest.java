package io.chitra.store;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.chitra.store", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyTheS3StoreKnowsTheSdk =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.chitra\\.store\\.(S3ObjectStore|StoreFailures).*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("software.amazon..", "io.netty..");

  @ArchTest
  static final ArchRule theApiShowsNeitherSdkNorJackson =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should()
          .notHaveRawReturnType(
              describe(
                  "a type of the SDK or of Jackson",
                  type ->
                      type.getPackageName().startsWith("software.amazon")
                          || type.getPackageName().startsWith("com.fasterxml")));

  @ArchTest
  static final ArchRule nothingElseIsKnown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.chitra.job..", "org.apache.flink..", "org.apache.kafka..");
}
