package io.chitra.dataset.pack;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.dataset.pack.ShardSummary.Model;
import io.chitra.dataset.pack.ShardSummary.Sample;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Vae;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a shard in any format, with its summary and the regions of its pictures. */
final class TalliedWriter implements ShardWriter {

  private static final int SAMPLES = 4;

  private final PackSettings settings;
  private final Shard shard;
  private final FormatWriter format;
  private final RegionLines regions;
  private final SortedMap<String, Long> extensions = new TreeMap<>();
  private final SortedMap<String, Long> classes = new TreeMap<>();
  private final SortedMap<String, Long> tasks = new TreeMap<>();
  private final SortedMap<String, Model> models = new TreeMap<>();
  private final SortedMap<String, Model> adapters = new TreeMap<>();
  private final SortedMap<String, Long> environments = new TreeMap<>();
  private final SortedMap<String, Long> failedGates = new TreeMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private int rows;
  private long pictureBytes;
  private long newest;

  TalliedWriter(PackSettings settings, Shard shard, FormatWriter format, RegionLines regions) {
    this.settings = settings;
    this.shard = shard;
    this.format = format;
    this.regions = regions;
  }

  @Override
  public void add(DatasetRow row, @Nullable PackedPicture picture) throws IOException {
    if (rows == shard.rows()) {
      throw new IllegalStateException(
          "Shard %s gets more than its %d pictures".formatted(shard.id(), shard.rows()));
    }
    ImageRecord record = row.record();
    Packed packed = new Packed(row, picture, rows, className(record));
    String fileName = format.add(packed);
    if (picture != null) {
      pictureBytes += picture.file().length;
      extensions.merge(picture.extension(), 1L, Long::sum);
      regions.add(packed, picture, fileName);
    }
    rows++;
    count(record, row.look());
    if (packed.className() != null) {
      classes.merge(packed.className(), 1L, Long::sum);
    }
    if (samples.size() < SAMPLES) {
      samples.add(new Sample(fileName, record.getPrompt(), packed.className()));
    }
  }

  private @Nullable String className(ImageRecord record) {
    Object value =
        settings.classLabel() == null ? null : record.getLabels().get(settings.classLabel());
    return value == null ? null : value.toString();
  }

  private void count(ImageRecord record, @Nullable PictureLook look) {
    newest = Math.max(newest, record.getRenderedAt().toEpochMilli());
    tasks.merge(record.getTask(), 1L, Long::sum);
    environments.merge(record.getEnvironmentClass(), 1L, Long::sum);
    count(models, record.getModelDigest(), record.getModelName());
    if (record.getLoras() != null) {
      record
          .getLoras()
          .forEach(lora -> count(adapters, lora.getFile().getSha256(), lora.getName()));
    }
    Vae vae = record.getVae();
    if (vae != null) {
      count(adapters, vae.getDigest(), vae.getName());
    }
    if (look != null) {
      look.failedGates().forEach(gate -> failedGates.merge(gate, 1L, Long::sum));
    }
  }

  private static void count(SortedMap<String, Model> models, String digest, @Nullable String name) {
    models.merge(
        digest,
        new Model(digest, name, 1),
        (had, one) ->
            new Model(digest, had.name() == null ? one.name() : had.name(), had.rows() + 1));
  }

  @Override
  public FinishedShard finish() throws IOException {
    if (rows != shard.rows()) {
      throw new IllegalStateException(
          "Shard %s got %d of its %d pictures".formatted(shard.id(), rows, shard.rows()));
    }
    List<ShardFile> files = new ArrayList<>(format.finish());
    regions.finish().ifPresent(files::add);
    return new FinishedShard(
        new ShardSummary(
            shard,
            rows,
            pictureBytes,
            extensions,
            newest,
            classes,
            tasks,
            List.copyOf(models.values()),
            List.copyOf(adapters.values()),
            environments,
            failedGates,
            samples,
            regions.pictures(),
            regions.pictures() == 0 ? null : regions.name()),
        files);
  }

  @Override
  public void close() throws IOException {
    try (regions) {
      format.close();
    }
  }
}
