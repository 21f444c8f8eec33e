package io.chitra.dataset.publish;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.Sha256;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.pack.ShardReport;
import io.chitra.dataset.pack.ShardReport.PutFile;
import io.chitra.dataset.pack.ShardSummary;
import io.chitra.dataset.target.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes a version of a dataset out of shards that lie at its target: writes what stands beside
 * them, and last the manifest. A target without a manifest has no dataset. Memory holds eight bytes
 * a file. All methods block; used by one thread.
 */
public final class Publication {

  public static final String MANIFEST = "manifest.json";
  public static final String CHECKSUMS = "SHA256SUMS";
  public static final String CARD = "README.md";
  public static final String CROISSANT = "croissant.json";

  private static final String JSON_TYPE = "application/json";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ObjectWriter PRETTY =
      JSON.writer(
          new DefaultPrettyPrinter()
              .withObjectIndenter(new DefaultIndenter("  ", "\n"))
              .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  private final Target target;
  private final PackSettings settings;
  private final DatasetFacts facts;
  private final Iterable<ShardReport> shards;
  private final List<PutFile> others;
  private final Path folder;
  private final Totals totals;
  private final Layout layout;

  private Publication(
      Target target,
      PackSettings settings,
      DatasetFacts facts,
      Iterable<ShardReport> shards,
      List<PutFile> others,
      Path folder) {
    this.target = target;
    this.settings = settings;
    this.facts = facts;
    this.shards = shards;
    this.others = new ArrayList<>(others);
    this.folder = folder;
    this.totals = Totals.of(shards);
    this.layout = Layout.of(settings.format(), totals, shards);
  }

  /** The dataset that is published there. */
  public static Optional<Manifest> published(Target target) throws IOException {
    Path folder = Files.createTempDirectory("chitra-published");
    try {
      Path file = folder.resolve(MANIFEST);
      target.download(MANIFEST, file);
      try (InputStream in = Files.newInputStream(file)) {
        return Optional.of(Manifest.read(in));
      }
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } finally {
      delete(folder);
    }
  }

  /**
   * Takes back the dataset that is published there, if there is one: from now on there is none. Its
   * files stay until {@link #publish} removes those that the new version has not.
   */
  public static void withdraw(Target target) throws IOException {
    target.delete(MANIFEST);
  }

  /** Removes what an export keeps at the target while it goes on. */
  public static void clean(Target target) throws IOException {
    for (String name : target.list(Target.WORK)) {
      target.delete(name);
    }
  }

  /**
   * Publishes. All shards lie at the target; what else lies there and is not the new version's is
   * removed. Safe to repeat after a crash, and for several at once: the same shards give the same
   * bytes.
   *
   * @param shards in the dataset's order: split by split, numbers ascending; read several times
   * @param others files of the dataset that have been put besides
   * @return the manifest that was put last
   */
  public static Manifest publish(
      Target target,
      PackSettings settings,
      DatasetFacts facts,
      Iterable<ShardReport> shards,
      List<PutFile> others)
      throws IOException {
    Path folder = Files.createTempDirectory("chitra-publish");
    try {
      return new Publication(target, settings, facts, shards, others, folder).publish();
    } finally {
      delete(folder);
    }
  }

  private Manifest publish() throws IOException {
    if (published(target).filter(there -> !isThis(there)).isPresent()) {
      withdraw(target);
    }
    classes();
    regions();
    put(CROISSANT, pretty(Croissant.of(settings, facts, totals, layout, archives())), JSON_TYPE);
    put(
        CARD,
        Card.of(settings, facts, totals, layout).getBytes(StandardCharsets.UTF_8),
        "text/markdown; charset=utf-8");
    Path sums = folder.resolve(CHECKSUMS);
    NameSet names = new NameSet();
    long bytes = writeChecksums(sums, names);
    PutFile checksums = put(CHECKSUMS, sums, "text/plain; charset=utf-8");
    removeStrangers(names);
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            facts,
            settings,
            totals.rows,
            bytes + checksums.bytes(),
            totals.splits,
            totals.classes(),
            totals.shards,
            totals.models(),
            totals.adapters(),
            totals.environments,
            totals.failedGates,
            checksums.sha256());
    Path file = folder.resolve(MANIFEST);
    writeManifest(file, manifest, checksums);
    target.put(MANIFEST, file, JSON_TYPE);
    clean(target);
    return manifest;
  }

  /** Another run may have published the same version: its files are this one's. */
  private boolean isThis(Manifest published) {
    return published.facts().equals(facts) && published.settings().equals(settings);
  }

  private List<PutFile> archives() {
    List<PutFile> archives = new ArrayList<>();
    for (ShardReport shard : shards) {
      shard.files().stream().filter(file -> file.name().endsWith(".tar")).forEach(archives::add);
    }
    return archives;
  }

  private void classes() throws IOException {
    if (settings.classLabel() == null) {
      return;
    }
    put("classes.json", pretty(ClassTables.json(settings, totals)), JSON_TYPE);
    Path table = folder.resolve("classes.parquet");
    ClassTables.write(table, settings, totals);
    put("classes.parquet", table, "application/vnd.apache.parquet");
  }

  private void regions() throws IOException {
    for (String split : totals.splits.keySet()) {
      List<Path> regions = new ArrayList<>();
      for (ShardReport report : shards) {
        ShardSummary shard = report.summary();
        if (shard.annotations() != null && shard.shard().splitOrTrain().equals(split)) {
          Path file = folder.resolve("regions-%d.jsonl".formatted(regions.size()));
          target.download(shard.annotations(), file);
          regions.add(file);
        }
      }
      if (!regions.isEmpty()) {
        Path file = folder.resolve("instances.json");
        Coco.write(file, settings, facts, regions);
        put("annotations/instances_%s.json".formatted(split), file, JSON_TYPE);
        for (Path region : regions) {
          Files.delete(region);
        }
      }
    }
  }

  private static byte[] pretty(Object value) throws IOException {
    return (PRETTY.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private void put(String name, byte[] bytes, String contentType) throws IOException {
    target.put(name, bytes, contentType);
    others.add(new PutFile(name, bytes.length, Sha256.of(bytes)));
  }

  private PutFile put(String name, Path file, String contentType) throws IOException {
    target.put(name, file, contentType);
    PutFile put = new PutFile(name, Files.size(file), Sha256.of(file));
    others.add(put);
    return put;
  }

  private interface Use {
    void of(PutFile file) throws IOException;
  }

  /** The dataset's files so far: those of the shards, then the others. */
  private void eachFile(Use use) throws IOException {
    for (ShardReport shard : shards) {
      for (PutFile file : shard.files()) {
        if (!file.name().startsWith(Target.WORK)) {
          use.of(file);
        }
      }
    }
    for (PutFile file : others) {
      use.of(file);
    }
  }

  /** As {@code sha256sum} writes and checks them. Returns how many bytes the files have. */
  private long writeChecksums(Path sums, NameSet names) throws IOException {
    long[] bytes = {0};
    try (Writer out = Files.newBufferedWriter(sums)) {
      eachFile(
          file -> {
            out.write(file.sha256() + "  " + file.name() + "\n");
            names.add(file.name());
            bytes[0] += file.bytes();
          });
    }
    names.add(CHECKSUMS);
    names.add(MANIFEST); // another run of this version may have put it
    return bytes[0];
  }

  private void removeStrangers(NameSet names) throws IOException {
    for (String name : target.list("")) {
      if (!name.startsWith(Target.WORK) && !names.contains(name)) {
        target.delete(name);
      }
    }
  }

  private void writeManifest(Path file, Manifest manifest, PutFile checksums) throws IOException {
    try (JsonGenerator json = PRETTY.createGenerator(Files.newBufferedWriter(file))) {
      json.writeStartObject();
      manifest.writeFields(json);
      json.writeArrayFieldStart(Manifest.FILES);
      eachFile(
          put -> {
            json.writeRaw("\n    " + JSON.writeValueAsString(put));
            json.writeRaw(put.equals(checksums) ? "" : ",");
          });
      json.writeRaw("\n  ");
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw("\n");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
