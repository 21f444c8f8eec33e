package io.chitra.job;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "io.chitra", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule recordsKnowNoRules =
      noClasses()
          .that()
          .resideInAPackage("io.chitra.schemas")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.chitra.job", "com.fasterxml..", "de.siegmar..");

  @ArchTest
  static final ArchRule jobsKnowRecordsAndNotHowTheyTravel =
      noClasses()
          .that()
          .resideInAPackage("io.chitra.job")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.chitra.schemas.Codec");

  @ArchTest
  static final ArchRule onlyTheReadersOfJsonKnowJackson =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.chitra\\.job\\.(JsonRows|ModelFacts).*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml..");

  @ArchTest
  static final ArchRule theApiShowsNeitherJacksonNorFastCsv =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should(
              not(
                  have(
                      describe(
                          "types of Jackson or FastCSV",
                          method ->
                              Stream.concat(
                                      Stream.of(method.getRawReturnType()),
                                      method.getRawParameterTypes().stream())
                                  .anyMatch(
                                      type ->
                                          type.getPackageName().startsWith("com.fasterxml")
                                              || type.getPackageName()
                                                  .startsWith("de.siegmar"))))));

  @ArchTest
  static final ArchRule nothingElseIsKnown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.chitra.store..", "software.amazon..", "org.apache.flink..", "org.apache.kafka..");
}
