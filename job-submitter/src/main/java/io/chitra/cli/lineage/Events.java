package io.chitra.cli.lineage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.utils.UUIDUtils;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns one run into events, and adds each to the file as one line, in one write, so that several
 * commands may share it. Used by one thread.
 */
final class Events {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new SimpleModule().addSerializer(ZonedDateTime.class, new Times()))
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private static final Pattern NAMESPACE = Pattern.compile("([a-z0-9]+)://([^/]+)(.*)");

  private final Lineage lineage;
  private final Path file;
  private final String description;
  private final OpenLineage openLineage;
  private final UUID run;

  /** ISO 8601 with its seconds, as JSON Schema's date-time wants it. */
  private static final class Times extends JsonSerializer<ZonedDateTime> {
    @Override
    public void serialize(ZonedDateTime time, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time));
    }
  }

  Events(Lineage lineage, Path file, String description) {
    this.lineage = lineage;
    this.file = file;
    this.description = description;
    this.openLineage = new OpenLineage(URI.create("urn:" + lineage.program().replace(' ', ':')));
    this.run = UUIDUtils.generateNewUUID(lineage.clock().instant());
  }

  void began(LineageRun told) throws IOException {
    write(told, EventType.START, null);
  }

  void ended(LineageRun told, Lineage.End end, @Nullable Throwable why) throws IOException {
    write(
        told,
        switch (end) {
          case COMPLETE -> EventType.COMPLETE;
          case FAIL -> EventType.FAIL;
          case ABORT -> EventType.ABORT;
        },
        why);
  }

  private void write(LineageRun told, EventType type, @Nullable Throwable why) throws IOException {
    OpenLineage.RunEvent event =
        openLineage
            .newRunEventBuilder()
            .eventType(type)
            .eventTime(
                lineage.clock().instant().truncatedTo(ChronoUnit.MILLIS).atZone(ZoneOffset.UTC))
            .run(openLineage.newRunBuilder().runId(run).facets(runFacets(why)).build())
            .job(
                openLineage
                    .newJobBuilder()
                    .namespace(lineage.namespace())
                    .name(told.job())
                    .facets(jobFacets())
                    .build())
            .inputs(inputs(told.inputs()))
            .outputs(outputs(told.outputs()))
            .build();
    append(JSON.writeValueAsString(event) + "\n");
  }

  private OpenLineage.RunFacets runFacets(@Nullable Throwable why) {
    String version = lineage.program().replaceFirst("^\\S+ ", "");
    OpenLineage.RunFacetsBuilder facets =
        openLineage
            .newRunFacetsBuilder()
            .processing_engine(
                openLineage
                    .newProcessingEngineRunFacetBuilder()
                    .name("chitra")
                    .version(version)
                    .openlineageAdapterVersion(version)
                    .build());
    lineage
        .parent()
        .ifPresent(
            parent ->
                facets.parent(
                    openLineage
                        .newParentRunFacetBuilder()
                        .run(openLineage.newParentRunFacetRunBuilder().runId(parent.run()).build())
                        .job(
                            openLineage
                                .newParentRunFacetJobBuilder()
                                .namespace(parent.namespace())
                                .name(parent.job())
                                .build())
                        .build()));
    if (why != null) {
      String message = why.getMessage();
      StringWriter trace = new StringWriter();
      why.printStackTrace(new PrintWriter(trace));
      facets.errorMessage(
          openLineage
              .newErrorMessageRunFacetBuilder()
              .message(message == null ? why.toString() : message)
              .programmingLanguage("JAVA")
              .stackTrace(trace.toString())
              .build());
    }
    return facets.build();
  }

  private OpenLineage.JobFacets jobFacets() {
    return openLineage
        .newJobFacetsBuilder()
        .jobType(
            openLineage
                .newJobTypeJobFacetBuilder()
                .processingType("BATCH")
                .integration("CHITRA")
                .jobType("COMMAND")
                .build())
        .documentation(
            openLineage
                .newDocumentationJobFacetBuilder()
                .description(description)
                .contentType("text/plain")
                .build())
        .build();
  }

  private List<OpenLineage.InputDataset> inputs(Map<LineageDataset, Amount> datasets) {
    List<OpenLineage.InputDataset> inputs = new ArrayList<>();
    datasets.forEach(
        (dataset, amount) ->
            inputs.add(
                openLineage
                    .newInputDatasetBuilder()
                    .namespace(dataset.namespace())
                    .name(dataset.name())
                    .facets(facets(dataset))
                    .inputFacets(inputFacets(amount))
                    .build()));
    return inputs;
  }

  private List<OpenLineage.OutputDataset> outputs(Map<LineageDataset, Amount> datasets) {
    List<OpenLineage.OutputDataset> outputs = new ArrayList<>();
    datasets.forEach(
        (dataset, amount) ->
            outputs.add(
                openLineage
                    .newOutputDatasetBuilder()
                    .namespace(dataset.namespace())
                    .name(dataset.name())
                    .facets(facets(dataset))
                    .outputFacets(outputFacets(amount))
                    .build()));
    return outputs;
  }

  private OpenLineage.InputDatasetInputFacets inputFacets(Amount amount) {
    OpenLineage.InputDatasetInputFacetsBuilder facets =
        openLineage.newInputDatasetInputFacetsBuilder();
    if (!amount.equals(Amount.UNKNOWN)) {
      facets.inputStatistics(
          openLineage
              .newInputStatisticsInputDatasetFacetBuilder()
              .rowCount(amount.rows())
              .size(amount.bytes())
              .fileCount(amount.files())
              .build());
    }
    return facets.build();
  }

  private OpenLineage.OutputDatasetOutputFacets outputFacets(Amount amount) {
    OpenLineage.OutputDatasetOutputFacetsBuilder facets =
        openLineage.newOutputDatasetOutputFacetsBuilder();
    if (!amount.equals(Amount.UNKNOWN)) {
      facets.outputStatistics(
          openLineage
              .newOutputStatisticsOutputDatasetFacetBuilder()
              .rowCount(amount.rows())
              .size(amount.bytes())
              .fileCount(amount.files())
              .build());
    }
    return facets.build();
  }

  private OpenLineage.DatasetFacets facets(LineageDataset dataset) {
    OpenLineage.DatasetFacetsBuilder facets =
        openLineage
            .newDatasetFacetsBuilder()
            .documentation(
                openLineage
                    .newDocumentationDatasetFacetBuilder()
                    .description(dataset.description())
                    .contentType("text/plain")
                    .build())
            .dataSource(
                openLineage
                    .newDatasourceDatasetFacetBuilder()
                    .name(dataset.namespace())
                    .uri(source(dataset))
                    .build());
    if (!dataset.fields().isEmpty()) {
      facets.schema(
          openLineage
              .newSchemaDatasetFacetBuilder()
              .fields(dataset.fields().stream().map(this::field).toList())
              .build());
    }
    if (dataset.version() != null) {
      facets.version(
          openLineage
              .newDatasetVersionDatasetFacetBuilder()
              .datasetVersion(dataset.version())
              .build());
    }
    return facets.build();
  }

  /** Where a dataset lies: its namespace, as far as that is a URI, where it says nothing else. */
  private static URI source(LineageDataset dataset) {
    if (dataset.source() != null) {
      return dataset.source();
    }
    Matcher parts = NAMESPACE.matcher(dataset.namespace());
    if (!parts.matches()) {
      return URI.create("file:///");
    }
    try {
      return new URI(parts.group(1), parts.group(2), parts.group(3), null, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "Cannot tell where dataset %s lies: %s".formatted(dataset.name(), e.getMessage()), e);
    }
  }

  private OpenLineage.SchemaDatasetFacetFields field(LineageDataset.Field field) {
    return openLineage
        .newSchemaDatasetFacetFieldsBuilder()
        .name(field.name())
        .type(field.type())
        .description(field.description())
        .build();
  }

  private void append(String line) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
      try (FileChannel out =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND)) {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    } catch (IOException e) {
      throw new IOException(
          "Cannot write lineage events to %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
