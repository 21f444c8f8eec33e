package io.chitra.diffusion.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.chitra.diffusion.DiffusionException;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one UNet run: cleared, added picture by picture, run together, and got from their
 * places. The memory is kept from run to run, and a condition that is in its place already is not
 * copied again. Where the graph shares what comes before the prompt, a picture's latents are there
 * once, whatever the number of its rows. Not thread-safe.
 */
public final class UNetBatch {

  private final Graph graph;
  private final TimestepInput timestep;
  private final boolean sharing;
  private final RowTensor samples;
  private final List<RowTensor> prompts = new ArrayList<>();
  private final RowTensor embeds;
  private final @Nullable RowTensor textEmbeds;
  private final @Nullable RowTensor timeIds;
  private final @Nullable RowTensor timestepCond;
  private final RowTensor results;
  private final float[] timesteps;
  private final float[] @Nullable [] extraInPlace;
  private final int[] pictureOfRow;
  private final @Nullable Condition[] inPlace;

  /** Before its first run, which gives back what larger batches have left behind. */
  private boolean isNew = true;

  private int pictures;
  private int rows;

  /**
   * @param capacity rows at most
   * @param like of the sizes that all rows' conditions have
   */
  UNetBatch(UNet unet, int capacity, int latentHeight, int latentWidth, Condition like)
      throws DiffusionException {
    graph = unet.graph();
    timestep = unet.timestep();
    sharing = unet.sharesPrefix();
    samples =
        new RowTensor(graph, UNet.SAMPLE, capacity, unet.inChannels(), latentHeight, latentWidth);
    embeds =
        prompt(
            new RowTensor(
                graph,
                UNet.ENCODER_HIDDEN_STATES,
                capacity,
                like.embeds().tokens(),
                like.embeds().width()));
    float[] pooled = like.embeds().pooled();
    textEmbeds = vector(UNet.TEXT_EMBEDS, capacity, like.timeIds() == null ? null : pooled);
    timeIds = vector(UNet.TIME_IDS, capacity, like.timeIds());
    timestepCond = vector(UNet.TIMESTEP_COND, capacity, like.timestepCond());
    results =
        new RowTensor(
            graph, unet.output(), capacity, unet.outChannels(), latentHeight, latentWidth);
    timesteps = new float[capacity];
    extraInPlace = new float[capacity][];
    pictureOfRow = new int[capacity];
    inPlace = new Condition[capacity];
  }

  private RowTensor prompt(RowTensor tensor) {
    prompts.add(tensor);
    return tensor;
  }

  private @Nullable RowTensor vector(String name, int capacity, float @Nullable [] like)
      throws DiffusionException {
    return like == null ? null : prompt(new RowTensor(graph, name, capacity, like.length));
  }

  /** Takes all pictures out. */
  public void clear() {
    pictures = 0;
    rows = 0;
  }

  /**
   * Adds a picture with a row for each of its conditions, one after the other.
   *
   * @param latents scaled for the timestep; the conditions' extra channels come after them
   * @param conditions alike in their extra channels
   * @return the picture's first row
   */
  public int add(float[] latents, float atTimestep, List<Condition> conditions) {
    int first = rows;
    for (Condition condition : conditions) {
      if (rows == first || !sharing) {
        addSample(latents, atTimestep, condition.extraChannels());
      }
      pictureOfRow[rows] = pictures - 1;
      if (inPlace[rows] != condition) {
        embeds.put(rows, 0, condition.embeds().values());
        put(textEmbeds, rows, condition.embeds().pooled());
        put(timeIds, rows, condition.timeIds());
        put(timestepCond, rows, condition.timestepCond());
        inPlace[rows] = condition;
      }
      rows++;
    }
    return first;
  }

  private void addSample(float[] latents, float atTimestep, float @Nullable [] extra) {
    samples.put(pictures, 0, latents);
    timesteps[pictures] = atTimestep;
    if (extra != null && extraInPlace[pictures] != extra) {
      samples.put(pictures, samples.size() - extra.length, extra);
      extraInPlace[pictures] = extra;
    }
    pictures++;
  }

  private static void put(@Nullable RowTensor tensor, int row, float @Nullable [] values) {
    if (tensor != null) {
      tensor.put(row, 0, requireNonNull(values));
    }
  }

  /**
   * Rows that a run has: those that were added, and all there is room for where bits depend on the
   * batch's size.
   */
  public int rowsOfRun() {
    return graph.runtime().bitsDependOnBatchSize() ? pictureOfRow.length : rows;
  }

  /**
   * Runs the rows.
   *
   * @param least rows to run, whatever is in those that were not added
   */
  public void run(Lanes lanes, int least) throws DiffusionException {
    int count = Math.max(rowsOfRun(), least);
    for (int row = rows; row < count; row++) {
      pictureOfRow[row] = pictures + (row - rows) / (sharing ? 2 : 1);
    }
    OnnxRuntime.Memory memory = isNew ? OnnxRuntime.Memory.GIVEN_BACK : OnnxRuntime.Memory.KEPT;
    isNew = false;
    int most = (count + lanes.count() - 1) / lanes.count();
    List<Lanes.Part> parts = new ArrayList<>();
    for (int from = 0, lanesLeft = lanes.count(); from < count; lanesLeft--) {
      int to = from + lane(from, count, most, lanesLeft);
      int begin = from;
      parts.add(() -> run(begin, to, memory));
      from = to;
    }
    lanes.run(parts);
  }

  /**
   * Rows of the next lane: as many as the fullest one has, or fewer where that keeps a picture's
   * rows together and the other lanes have room for the rest.
   */
  private int lane(int from, int count, int most, int lanesLeft) {
    int least = Math.max(1, count - from - (lanesLeft - 1) * most);
    for (int size = Math.min(most, count - from); size >= least; size--) {
      int next = from + size;
      if (next == count || pictureOfRow[next] != pictureOfRow[next - 1]) {
        return size;
      }
    }
    return Math.min(most, count - from);
  }

  private void run(int from, int to, OnnxRuntime.Memory memory) throws DiffusionException {
    OrtEnvironment environment = graph.runtime().environment();
    int count = to - from;
    int firstPicture = pictureOfRow[from];
    int pictureCount = pictureOfRow[to - 1] + 1 - firstPicture;
    Map<String, OnnxTensor> values = new HashMap<>();
    try (OnnxTensor result = results.view(environment, from, count);
        OrtSession.RunOptions options = graph.runtime().runOptions(memory)) {
      values.put(samples.name(), samples.view(environment, firstPicture, pictureCount));
      values.put(
          TimestepInput.NAME, timestep.tensor(environment, timesteps, firstPicture, pictureCount));
      for (RowTensor prompt : prompts) {
        values.put(prompt.name(), prompt.view(environment, from, count));
      }
      if (sharing) {
        long[] picturesOfRows = new long[count];
        for (int i = 0; i < count; i++) {
          picturesOfRows[i] = pictureOfRow[from + i] - firstPicture;
        }
        values.put(
            UNet.PICTURE_OF_ROW,
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(picturesOfRows), new long[] {count}));
      }
      graph.run(values, Map.of(results.name(), result), options);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("run the UNet", e);
    } finally {
      values.values().forEach(OnnxTensor::close);
    }
  }

  /** The model's output for a row of the last run. */
  public void get(int row, float[] modelOutput) {
    results.get(row, modelOutput);
  }
}
