package io.chitra.diffusion.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes the picture of a lossy WebP file, a key frame of VP8 (RFC 6386), to the same levels as
 * libwebp: all macroblocks first, then the loop filter, then chroma interpolated and colours
 * converted. For one picture and one thread.
 */
final class Vp8 {

  private static final int LUMA = 16;
  private static final int CHROMA = 8;
  private static final int SUBBLOCK = 4;
  private static final int SEGMENTS = 4;
  private static final int MACROBLOCK_COEFFICIENTS = 384;

  private static final int COEFFICIENTS = 16;
  private static final int BANDS = 8;
  private static final int CONTEXTS = 3;
  private static final int NODES = 11;

  /** Types of coefficient blocks (section 13.3). */
  private static final int LUMA_WITHOUT_DC = 0;

  private static final int LUMA_DCS = 1;
  private static final int CHROMA_BLOCK = 2;
  private static final int LUMA_BLOCK = 3;

  /** Where a macroblock's edge remembers which blocks have coefficients. */
  private static final int U_CONTEXT = 4;

  private static final int V_CONTEXT = 6;
  private static final int DC_CONTEXT = 8;
  private static final int EDGE_CONTEXTS = 9;

  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
  private static final int[] BAND = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};

  /** Section 13.2: probabilities of the extra bits of large coefficients, categories 3 to 6. */
  private static final int[][] EXTRA_BITS = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  /** Section 11.2: the tree of subblock modes; a positive entry is the next node, else a mode. */
  private static final int[] SUBBLOCK_MODE_TREE = {
    0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9
  };

  /** Steps of the coefficients of one segment: DC, then AC. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Quantizer(int[] luma, int[] lumaDcs, int[] chroma) {}

  private final int width;
  private final int height;
  private final int columns;
  private final int rows;
  private final Vp8Bits header;
  private final Vp8Bits[] partitions;

  private boolean segmented;
  private boolean segmentMapped;
  private boolean segmentValuesAbsolute;
  private final int[] segmentQuantizers = new int[SEGMENTS];
  private final int[] segmentFilterLevels = new int[SEGMENTS];
  private final int[] segmentProbabilities = {255, 255, 255};

  private boolean simpleFilter;
  private int filterLevel;
  private int sharpness;
  private int keyFrameFilterDelta;
  private int subblockFilterDelta;

  private final Quantizer[] quantizers = new Quantizer[SEGMENTS];
  private final int[] probabilities = Vp8Tables.COEFFICIENT_PROBABILITIES.clone();
  private int skipProbability; // negative: no macroblock says that it has no coefficients

  private final Vp8Plane luma;
  private final Vp8Plane u;
  private final Vp8Plane v;

  // of the row of macroblocks above and of the macroblock to the left
  private final int[] modesAbove;
  private final int[] modesLeft = new int[SUBBLOCK];
  private final int[] contextsAbove;
  private final int[] contextsLeft = new int[EDGE_CONTEXTS];

  // of each macroblock, for the loop filter
  private final byte[] segments;
  private final boolean[] bySubblocks;
  private final boolean[] filteredInside;

  private final int[] coefficients = new int[MACROBLOCK_COEFFICIENTS];
  private final int[] lumaDcs = new int[COEFFICIENTS];
  private final int[] modes = new int[COEFFICIENTS];

  /**
   * @param frame the frame from its tag on
   */
  static RgbImage decode(ByteBuffer frame, PictureSize size) throws IOException {
    return new Vp8(frame.slice().order(ByteOrder.LITTLE_ENDIAN), size).decode();
  }

  private Vp8(ByteBuffer frame, PictureSize size) throws IOException {
    int headerBytes = 10;
    int tag = frame.getInt(0);
    int profile = tag >> 1 & 7;
    int shown = tag >> 4 & 1;
    int firstPartition = tag >> 5 & 0x7ffff;
    if (profile > 3 || shown == 0 || firstPartition > frame.limit() - headerBytes) {
      throw new IOException(
          "a frame of profile %d, shown %d, with a partition of %d bytes"
              .formatted(profile, shown, firstPartition));
    }
    width = size.width();
    height = size.height();
    columns = (width + LUMA - 1) / LUMA;
    rows = (height + LUMA - 1) / LUMA;
    header = new Vp8Bits(part(frame, headerBytes, firstPartition));
    header.number(2); // colour space and clamping, which key frames of WebP do not vary
    readSegments();
    readFilter();
    partitions = partitions(frame, headerBytes + firstPartition);
    readQuantizers();
    header.flag(); // whether probabilities are kept for frames to come
    readProbabilities();
    luma = new Vp8Plane(LUMA * columns, LUMA * rows);
    u = new Vp8Plane(CHROMA * columns, CHROMA * rows);
    v = new Vp8Plane(CHROMA * columns, CHROMA * rows);
    modesAbove = new int[SUBBLOCK * columns];
    contextsAbove = new int[EDGE_CONTEXTS * columns];
    segments = new byte[columns * rows];
    bySubblocks = new boolean[columns * rows];
    filteredInside = new boolean[columns * rows];
  }

  private static ByteBuffer part(ByteBuffer frame, int from, int length) {
    return frame.slice().limit(from + length).position(from);
  }

  /** Section 9.3. */
  private void readSegments() throws IOException {
    segmented = header.flag();
    if (!segmented) {
      return;
    }
    segmentMapped = header.flag();
    if (header.flag()) {
      segmentValuesAbsolute = header.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        segmentQuantizers[i] = header.optionalSigned(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        segmentFilterLevels[i] = header.optionalSigned(6);
      }
    }
    for (int i = 0; segmentMapped && i < segmentProbabilities.length; i++) {
      segmentProbabilities[i] = header.flag() ? header.number(8) : 255;
    }
  }

  /** Sections 9.3 and 9.6. */
  private void readFilter() throws IOException {
    simpleFilter = header.flag();
    filterLevel = header.number(6);
    sharpness = header.number(3);
    boolean adjusted = header.flag();
    if (adjusted && header.flag()) {
      int[] deltas = new int[8]; // four by reference frame, four by prediction mode
      for (int i = 0; i < deltas.length; i++) {
        deltas[i] = header.optionalSigned(6);
      }
      keyFrameFilterDelta = deltas[0];
      subblockFilterDelta = deltas[4];
    }
  }

  /** Section 9.5: 1 to 8 partitions of coefficients; all lengths but the last are written. */
  private Vp8Bits[] partitions(ByteBuffer frame, int lengths) throws IOException {
    Vp8Bits[] partitions = new Vp8Bits[1 << header.number(2)];
    int start = lengths + 3 * (partitions.length - 1);
    for (int i = 0; i < partitions.length; i++) {
      int left = frame.limit() - start;
      int at = lengths + 3 * i;
      boolean last = i == partitions.length - 1;
      int length = last || left < 0 ? left : frame.getInt(at - 1) >>> 8;
      if (length < 0 || length > left) {
        throw new IOException("%d bytes are missing".formatted(length - left));
      }
      partitions[i] = new Vp8Bits(part(frame, start, length));
      start += length;
    }
    return partitions;
  }

  /** Section 9.6 and 14.1. */
  private void readQuantizers() throws IOException {
    int base = header.number(7);
    int lumaDc = header.optionalSigned(4);
    int dcsDc = header.optionalSigned(4);
    int dcsAc = header.optionalSigned(4);
    int chromaDc = header.optionalSigned(4);
    int chromaAc = header.optionalSigned(4);
    for (int i = 0; i < SEGMENTS; i++) {
      int index = base;
      if (segmented) {
        index = segmentQuantizers[i] + (segmentValuesAbsolute ? 0 : base);
      }
      int dcsAcStep = (step(Vp8Tables.AC_STEPS, index + dcsAc, 127) * 101581) >> 16; // 155 / 100
      quantizers[i] =
          new Quantizer(
              new int[] {
                step(Vp8Tables.DC_STEPS, index + lumaDc, 127), step(Vp8Tables.AC_STEPS, index, 127)
              },
              new int[] {2 * step(Vp8Tables.DC_STEPS, index + dcsDc, 127), Math.max(dcsAcStep, 8)},
              new int[] {
                step(Vp8Tables.DC_STEPS, index + chromaDc, 117),
                step(Vp8Tables.AC_STEPS, index + chromaAc, 127)
              });
    }
  }

  private static int step(int[] steps, int index, int last) {
    return steps[Math.min(Math.max(index, 0), last)];
  }

  /** Sections 9.9 to 9.11. */
  private void readProbabilities() throws IOException {
    for (int i = 0; i < probabilities.length; i++) {
      if (header.bit(Vp8Tables.COEFFICIENT_UPDATE_PROBABILITIES[i]) == 1) {
        probabilities[i] = header.number(8);
      }
    }
    skipProbability = header.flag() ? header.number(8) : -1;
  }

  private RgbImage decode() throws IOException {
    for (int row = 0; row < rows; row++) {
      Arrays.fill(modesLeft, Vp8Plane.DC);
      Arrays.fill(contextsLeft, 0);
      for (int column = 0; column < columns; column++) {
        decodeMacroblock(column, row);
      }
    }
    if (filterLevel > 0) {
      filter();
    }
    return new RgbImage(width, height, Vp8Colours.rgb(luma, u, v, width, height));
  }

  private void decodeMacroblock(int column, int row) throws IOException {
    int index = row * columns + column;
    int segment = 0;
    if (segmentMapped) {
      segment =
          header.bit(segmentProbabilities[0]) == 0
              ? header.bit(segmentProbabilities[1])
              : 2 + header.bit(segmentProbabilities[2]);
    }
    boolean skipped = skipProbability >= 0 && header.bit(skipProbability) == 1;
    boolean subblocks = header.bit(145) == 0;
    if (subblocks) {
      readSubblockModes(column);
    } else {
      readLumaMode(column);
    }
    int chromaMode = chromaMode();
    Arrays.fill(coefficients, 0);
    boolean coded = false;
    if (skipped) {
      forgetCoefficients(column, subblocks);
    } else {
      coded = readCoefficients(column, row, subblocks, quantizers[segment]);
    }
    segments[index] = (byte) segment;
    bySubblocks[index] = subblocks;
    filteredInside[index] = subblocks || coded;
    if (subblocks) {
      paintSubblocks(column, row);
    } else {
      paintLuma(column, row);
    }
    paintChroma(u, chromaMode, 256, column, row);
    paintChroma(v, chromaMode, 320, column, row);
  }

  /** Section 11.2. */
  private void readLumaMode(int column) throws IOException {
    int mode;
    if (header.bit(156) == 1) {
      mode = header.bit(128) == 1 ? Vp8Plane.TRUE_MOTION : Vp8Plane.HORIZONTAL;
    } else {
      mode = header.bit(163) == 1 ? Vp8Plane.VERTICAL : Vp8Plane.DC;
    }
    modes[0] = mode;
    Arrays.fill(modesLeft, mode);
    Arrays.fill(modesAbove, SUBBLOCK * column, SUBBLOCK * column + SUBBLOCK, mode);
  }

  /** Section 11.3: each mode's probabilities depend on those above and to the left. */
  private void readSubblockModes(int column) throws IOException {
    for (int y = 0; y < SUBBLOCK; y++) {
      for (int x = 0; x < SUBBLOCK; x++) {
        int above = SUBBLOCK * column + x;
        int context = (modesAbove[above] * 10 + modesLeft[y]) * 9;
        int node = 0;
        do {
          int probability = Vp8Tables.SUBBLOCK_MODE_PROBABILITIES[context + node / 2];
          node = SUBBLOCK_MODE_TREE[node + header.bit(probability)];
        } while (node > 0);
        modes[SUBBLOCK * y + x] = -node;
        modesAbove[above] = -node;
        modesLeft[y] = -node;
      }
    }
  }

  /** Section 11.2. */
  private int chromaMode() throws IOException {
    if (header.bit(142) == 0) {
      return Vp8Plane.DC;
    }
    if (header.bit(114) == 0) {
      return Vp8Plane.VERTICAL;
    }
    return header.bit(183) == 1 ? Vp8Plane.TRUE_MOTION : Vp8Plane.HORIZONTAL;
  }

  private void forgetCoefficients(int column, boolean subblocks) {
    int kept = subblocks ? 1 : 0; // a macroblock of subblocks has no block of DCs
    int above = EDGE_CONTEXTS * column;
    Arrays.fill(contextsAbove, above, above + EDGE_CONTEXTS - kept, 0);
    Arrays.fill(contextsLeft, 0, EDGE_CONTEXTS - kept, 0);
  }

  /** Whether there is a coefficient other than 0. */
  private boolean readCoefficients(int column, int row, boolean subblocks, Quantizer quantizer)
      throws IOException {
    Vp8Bits bits = partitions[row & partitions.length - 1];
    int above = EDGE_CONTEXTS * column;
    int lumaType = LUMA_BLOCK;
    int first = 0;
    if (!subblocks) {
      Arrays.fill(lumaDcs, 0);
      int context = contextsAbove[above + DC_CONTEXT] + contextsLeft[DC_CONTEXT];
      int end = readBlock(bits, LUMA_DCS, context, quantizer.lumaDcs(), 0, lumaDcs, 0);
      contextsAbove[above + DC_CONTEXT] = end > 0 ? 1 : 0;
      contextsLeft[DC_CONTEXT] = end > 0 ? 1 : 0;
      spreadLumaDcs();
      lumaType = LUMA_WITHOUT_DC;
      first = 1;
    }
    for (int i = 0; i < 16; i++) {
      readBlock(bits, lumaType, quantizer.luma(), first, above + i % 4, i / 4, COEFFICIENTS * i);
    }
    for (int i = 0; i < 8; i++) {
      int context = (i < 4 ? U_CONTEXT : V_CONTEXT);
      readBlock(
          bits,
          CHROMA_BLOCK,
          quantizer.chroma(),
          0,
          above + context + i % 2,
          context + i / 2 % 2,
          COEFFICIENTS * (16 + i));
    }
    for (int coefficient : coefficients) {
      if (coefficient != 0) {
        return true;
      }
    }
    return false;
  }

  private void readBlock(
      Vp8Bits bits, int type, int[] steps, int first, int above, int left, int to)
      throws IOException {
    int context = contextsAbove[above] + contextsLeft[left];
    int end = readBlock(bits, type, context, steps, first, coefficients, to);
    contextsAbove[above] = end > first ? 1 : 0;
    contextsLeft[left] = end > first ? 1 : 0;
  }

  /**
   * Reads the coefficients of one block (section 13).
   *
   * @param context how many of the blocks above and to the left have coefficients
   * @return one more than the index, in zigzag order, of the last coefficient
   */
  private int readBlock(
      Vp8Bits bits, int type, int context, int[] steps, int first, int[] block, int to)
      throws IOException {
    int node = node(type, first, context);
    for (int i = first; i < COEFFICIENTS; i++) {
      if (bits.bit(probabilities[node]) == 0) {
        return i; // end of block
      }
      while (bits.bit(probabilities[node + 1]) == 0) {
        i++;
        if (i == COEFFICIENTS) {
          return COEFFICIENTS;
        }
        node = node(type, i, 0);
      }
      int value = 1;
      if (bits.bit(probabilities[node + 2]) == 1) {
        value = largeValue(bits, node);
      }
      node = node(type, i + 1, value == 1 ? 1 : 2);
      block[to + ZIGZAG[i]] = (bits.flag() ? -value : value) * steps[i > 0 ? 1 : 0];
    }
    return COEFFICIENTS;
  }

  private static int node(int type, int coefficient, int context) {
    return ((type * BANDS + BAND[coefficient]) * CONTEXTS + context) * NODES;
  }

  /** A value of at least 2 (section 13.2). */
  private int largeValue(Vp8Bits bits, int node) throws IOException {
    if (bits.bit(probabilities[node + 3]) == 0) {
      if (bits.bit(probabilities[node + 4]) == 0) {
        return 2;
      }
      return 3 + bits.bit(probabilities[node + 5]);
    }
    if (bits.bit(probabilities[node + 6]) == 0) {
      if (bits.bit(probabilities[node + 7]) == 0) {
        return 5 + bits.bit(159);
      }
      return 7 + 2 * bits.bit(165) + bits.bit(145);
    }
    int high = bits.bit(probabilities[node + 8]);
    int category = 2 * high + bits.bit(probabilities[node + 9 + high]);
    int extra = 0;
    for (int probability : EXTRA_BITS[category]) {
      extra = 2 * extra + bits.bit(probability);
    }
    return extra + 3 + (8 << category);
  }

  /** The inverse Walsh-Hadamard transform: the DCs of the 16 luma blocks (section 14.3). */
  private void spreadLumaDcs() {
    int[] dcs = lumaDcs;
    for (int i = 0; i < 4; i++) {
      int a = dcs[i] + dcs[12 + i];
      int b = dcs[4 + i] + dcs[8 + i];
      int c = dcs[4 + i] - dcs[8 + i];
      int d = dcs[i] - dcs[12 + i];
      dcs[i] = a + b;
      dcs[4 + i] = d + c;
      dcs[8 + i] = a - b;
      dcs[12 + i] = d - c;
    }
    for (int i = 0; i < COEFFICIENTS; i += 4) {
      int a = dcs[i] + 3 + dcs[i + 3];
      int b = dcs[i + 1] + dcs[i + 2];
      int c = dcs[i + 1] - dcs[i + 2];
      int d = dcs[i] + 3 - dcs[i + 3];
      coefficients[COEFFICIENTS * i] = (a + b) >> 3;
      coefficients[COEFFICIENTS * (i + 1)] = (d + c) >> 3;
      coefficients[COEFFICIENTS * (i + 2)] = (a - b) >> 3;
      coefficients[COEFFICIENTS * (i + 3)] = (d - c) >> 3;
    }
  }

  private void paintLuma(int column, int row) {
    luma.predict(modes[0], LUMA * column, LUMA * row, LUMA);
    for (int i = 0; i < 16; i++) {
      int x = LUMA * column + SUBBLOCK * (i % 4);
      luma.add(coefficients, COEFFICIENTS * i, x, LUMA * row + SUBBLOCK * (i / 4));
    }
  }

  private void paintSubblocks(int column, int row) {
    int end = LUMA * (column + 1);
    if (row > 0 && column == columns - 1) {
      luma.extendRight(end, LUMA * row - 1);
    }
    for (int i = 0; i < 16; i++) {
      int x = LUMA * column + SUBBLOCK * (i % 4);
      int y = LUMA * row + SUBBLOCK * (i / 4);
      // right of the macroblock nothing is decoded yet but the row above it
      int upperRow = i % 4 == 3 ? LUMA * row - 1 : y - 1;
      luma.predictSubblock(modes[i], x, y, luma.at(x + SUBBLOCK, upperRow));
      luma.add(coefficients, COEFFICIENTS * i, x, y);
    }
  }

  private void paintChroma(Vp8Plane plane, int mode, int from, int column, int row) {
    plane.predict(mode, CHROMA * column, CHROMA * row, CHROMA);
    for (int i = 0; i < 4; i++) {
      int x = CHROMA * column + SUBBLOCK * (i % 2);
      plane.add(coefficients, from + COEFFICIENTS * i, x, CHROMA * row + SUBBLOCK * (i / 2));
    }
  }

  private void filter() {
    Vp8LoopFilter.Strength[] whole = new Vp8LoopFilter.Strength[SEGMENTS];
    Vp8LoopFilter.Strength[] split = new Vp8LoopFilter.Strength[SEGMENTS];
    for (int i = 0; i < SEGMENTS; i++) {
      int level = filterLevel;
      if (segmented) {
        level = segmentFilterLevels[i] + (segmentValuesAbsolute ? 0 : filterLevel);
      }
      level += keyFrameFilterDelta;
      whole[i] = Vp8LoopFilter.Strength.of(level, sharpness);
      split[i] = Vp8LoopFilter.Strength.of(level + subblockFilterDelta, sharpness);
    }
    Vp8LoopFilter lumaFilter = new Vp8LoopFilter(luma, LUMA);
    Vp8LoopFilter uFilter = new Vp8LoopFilter(u, CHROMA);
    Vp8LoopFilter vFilter = new Vp8LoopFilter(v, CHROMA);
    for (int i = 0; i < segments.length; i++) {
      Vp8LoopFilter.Strength strength = (bySubblocks[i] ? split : whole)[segments[i]];
      if (strength.edge() == 0) {
        continue;
      }
      int column = i % columns;
      int row = i / columns;
      if (simpleFilter) {
        lumaFilter.simple(column, row, strength, filteredInside[i]);
      } else {
        lumaFilter.normal(column, row, strength, filteredInside[i]);
        uFilter.normal(column, row, strength, filteredInside[i]);
        vFilter.normal(column, row, strength, filteredInside[i]);
      }
    }
  }
}
