package io.chitra.diffusion;

/**
 * What an engine has done since its start, and what it is doing.
 *
 * @param pictures that were made
 * @param failures pictures that could not be made; cancelled ones are in neither
 * @param runs of a UNet
 * @param rowsRun rows that pictures had in those runs
 * @param rowPlaces rows that the batches of those runs had
 * @param runNanos time that those runs took
 * @param promptHits prompts whose encoding was there
 * @param promptMisses prompts that were encoded
 * @param modelLoads models that were loaded
 * @param modelCloses models that were closed to make room
 * @param outOfMemory runs that the device had no memory for
 * @param rows of a batch now
 * @param preparing pictures that wait for their model, prompt and noise
 * @param waiting pictures that wait for rows
 * @param denoising pictures that have rows
 * @param decoding pictures that wait for their pixels
 */
public record EngineStats(
    long pictures,
    long failures,
    long runs,
    long rowsRun,
    long rowPlaces,
    long runNanos,
    long promptHits,
    long promptMisses,
    long modelLoads,
    long modelCloses,
    long outOfMemory,
    int rows,
    int preparing,
    int waiting,
    int denoising,
    int decoding) {

  /** The share of rows that pictures had, 0 to 1; 0 before the first run. */
  public double occupancy() {
    return rowPlaces == 0 ? 0 : (double) rowsRun / rowPlaces;
  }
}
