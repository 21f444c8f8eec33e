package io.chitra.diffusion.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A PNG file (PNG specification, third edition) and its pixels as Pillow gives them. Rows are
 * inflated one at a time, and chunks of text and colour profiles are stepped over, so that no more
 * is unpacked than the header's width and height need.
 */
final class PngFile implements EncodedPicture {

  private static final int SIGNATURE_BYTES = 8;
  private static final int CHUNK_BYTES = 12; // length, type and CRC
  private static final int HEADER_BYTES = 13;
  private static final int PALETTE_ENTRY_BYTES = 3;

  private enum ColourType {
    GREY(1),
    RGB(3),
    PALETTE(1),
    GREY_ALPHA(2),
    RGBA(4);

    private final int channels;

    ColourType(int channels) {
      this.channels = channels;
    }
  }

  /** Every how manieth pixel a pass holds, and from where. */
  private record Pass(int left, int top, int stepX, int stepY) {}

  private static final List<Pass> WHOLE = List.of(new Pass(0, 0, 1, 1));
  private static final List<Pass> ADAM7 =
      List.of(
          new Pass(0, 0, 8, 8),
          new Pass(4, 0, 8, 8),
          new Pass(0, 4, 4, 8),
          new Pass(2, 0, 4, 4),
          new Pass(0, 2, 2, 4),
          new Pass(1, 0, 2, 2),
          new Pass(0, 1, 1, 2));

  private record Header(
      int width, int height, int bitDepth, ColourType colourType, List<Pass> passes) {}

  private final byte[] file;
  private final Header header;
  private final byte[] palette;
  private final int firstImageData;
  private final Orientation orientation;

  private PngFile(
      byte[] file, Header header, byte[] palette, int firstImageData, Orientation orientation) {
    this.file = file;
    this.header = header;
    this.palette = palette;
    this.firstImageData = firstImageData;
    this.orientation = orientation;
  }

  /**
   * @param file begins with PNG's signature
   */
  static PngFile read(byte[] file) throws IOException {
    Header header = null;
    byte[] palette = null;
    int firstImageData = 0;
    Orientation orientation = Orientation.UPRIGHT;
    Chunk chunk = Chunk.at(file, SIGNATURE_BYTES);
    while (!chunk.type().equals("IEND")) {
      if (header == null && !chunk.type().equals("IHDR")) {
        throw new IOException("the PNG file does not begin with a header (IHDR)");
      }
      switch (chunk.type()) {
        case "IHDR" -> header = header(chunk);
        case "PLTE" -> palette = chunk.checked();
        case "IDAT" -> firstImageData = firstImageData == 0 ? chunk.offset() : firstImageData;
        case "eXIf" -> orientation = Exif.orientation(chunk.data());
        case "acTL" -> refuseAnimation(chunk);
        default -> {} // says nothing about the pixels that Pillow would heed
      }
      chunk = chunk.next();
    }
    if (header == null || firstImageData == 0) {
      throw new IOException("the PNG file has no image data (IDAT)");
    }
    if (header.colourType() == ColourType.PALETTE && palette == null) {
      throw new IOException("the PNG file has no palette (PLTE), which its pixels refer to");
    }
    return new PngFile(
        file, header, palette == null ? new byte[0] : palette, firstImageData, orientation);
  }

  private static Header header(Chunk chunk) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(chunk.checked());
    if (data.remaining() != HEADER_BYTES) {
      throw new IOException("the PNG file's header has %d bytes".formatted(data.remaining()));
    }
    int width = data.getInt();
    int height = data.getInt();
    int bitDepth = data.get();
    int colourType = data.get();
    int compression = data.get();
    int filters = data.get();
    int interlace = data.get();
    ColourType type = colourType(colourType, bitDepth);
    if (width < 1
        || height < 1
        || type == null
        || compression != 0
        || filters != 0
        || interlace < 0
        || interlace > 1) {
      throw new IOException(
          "the PNG file's header makes no sense: %d x %d pixels, bit depth %d, colour type %d,"
                  .formatted(width, height, bitDepth, colourType)
              + " compression %d, filters %d, interlace %d"
                  .formatted(compression, filters, interlace));
    }
    return new Header(width, height, bitDepth, type, interlace == 1 ? ADAM7 : WHOLE);
  }

  private static @Nullable ColourType colourType(int number, int bitDepth) {
    boolean wholeBytes = bitDepth == 8 || bitDepth == 16;
    boolean partOfByte = bitDepth == 1 || bitDepth == 2 || bitDepth == 4;
    return switch (number) {
      case 0 -> wholeBytes || partOfByte ? ColourType.GREY : null;
      case 2 -> wholeBytes ? ColourType.RGB : null;
      case 3 -> partOfByte || bitDepth == 8 ? ColourType.PALETTE : null;
      case 4 -> wholeBytes ? ColourType.GREY_ALPHA : null;
      case 6 -> wholeBytes ? ColourType.RGBA : null;
      default -> null;
    };
  }

  private static void refuseAnimation(Chunk chunk) throws IOException {
    ByteBuffer data = chunk.data();
    int frames = data.remaining() < 4 ? 0 : data.getInt();
    if (frames != 1) {
      throw new IOException("it is an animated PNG file (acTL, %d frames)".formatted(frames));
    }
  }

  @Override
  public int width() {
    return header.width();
  }

  @Override
  public int height() {
    return header.height();
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public RgbImage decode() throws IOException {
    byte[] rgb = new byte[RgbImage.CHANNELS * width() * height()];
    try (InputStream data = new InflaterInputStream(new ImageData(file, firstImageData))) {
      for (Pass pass : header.passes()) {
        decode(pass, data, rgb);
      }
    } catch (ZipException e) {
      throw new IOException("the PNG file's image data are damaged: " + e.getMessage(), e);
    }
    return new RgbImage(width(), height(), rgb);
  }

  private void decode(Pass pass, InputStream data, byte[] rgb) throws IOException {
    int columns = Math.floorDiv(width() - pass.left() + pass.stepX() - 1, pass.stepX());
    if (columns == 0) {
      return; // such a pass has no rows, not even their filters' bytes
    }
    int pixelBits = header.colourType().channels * header.bitDepth();
    int pixelBytes = Math.max(pixelBits / 8, 1);
    byte[] above = new byte[(columns * pixelBits + 7) / 8];
    byte[] row = new byte[above.length];
    for (int y = pass.top(); y < height(); y += pass.stepY()) {
      int filter = data.read();
      if (filter < 0 || data.readNBytes(row, 0, row.length) < row.length) {
        throw new IOException(
            "the PNG file's image data end in row %d of %d".formatted(y, height()));
      }
      unfilter(filter, row, above, pixelBytes);
      for (int column = 0; column < columns; column++) {
        int x = pass.left() + column * pass.stepX();
        put(row, column, rgb, RgbImage.CHANNELS * (y * width() + x));
      }
      byte[] done = row;
      row = above;
      above = done;
    }
  }

  /** Adds to each byte what its filter predicts from the left (a), above (b) and upper left (c). */
  private static void unfilter(int filter, byte[] row, byte[] above, int pixelBytes)
      throws IOException {
    if (filter > 4) {
      throw new IOException(
          "the PNG file's image data are damaged: no filter %d".formatted(filter));
    }
    for (int i = 0; i < row.length; i++) {
      int a = i < pixelBytes ? 0 : row[i - pixelBytes] & 0xff;
      int b = above[i] & 0xff;
      int c = i < pixelBytes ? 0 : above[i - pixelBytes] & 0xff;
      int predicted =
          switch (filter) {
            case 1 -> a;
            case 2 -> b;
            case 3 -> (a + b) / 2;
            case 4 -> paeth(a, b, c);
            default -> 0;
          };
      row[i] += (byte) predicted;
    }
  }

  private static int paeth(int a, int b, int c) {
    int p = a + b - c;
    int pa = Math.abs(p - a);
    int pb = Math.abs(p - b);
    int pc = Math.abs(p - c);
    if (pa <= pb && pa <= pc) {
      return a;
    }
    return pb <= pc ? b : c;
  }

  /** One pixel as Pillow's unpackers and {@code convert("RGB")} make it. */
  private void put(byte[] row, int column, byte[] rgb, int at) {
    switch (header.colourType()) {
      case GREY -> fill(rgb, at, grey(row, column));
      case GREY_ALPHA -> fill(rgb, at, row[2 * column * sampleBytes()]);
      case PALETTE -> {
        int entry = PALETTE_ENTRY_BYTES * sample(row, column);
        for (int i = 0; i < RgbImage.CHANNELS; i++) {
          rgb[at + i] = entry + i < palette.length ? palette[entry + i] : 0;
        }
      }
      case RGB, RGBA -> {
        int first = header.colourType().channels * column;
        for (int i = 0; i < RgbImage.CHANNELS; i++) {
          rgb[at + i] = row[(first + i) * sampleBytes()]; // of 16 bits the high 8
        }
      }
    }
  }

  private byte grey(byte[] row, int column) {
    if (header.bitDepth() == 16) { // a level over 255 is white to Pillow
      return row[2 * column] == 0 ? row[2 * column + 1] : (byte) 0xff;
    }
    int white = (1 << header.bitDepth()) - 1;
    return (byte) (sample(row, column) * (255 / white));
  }

  /** A sample of at most 8 bits; the first of a byte is in its high bits. */
  private int sample(byte[] row, int column) {
    int bit = column * header.bitDepth();
    int fromRight = 8 - header.bitDepth() - bit % 8;
    return row[bit / 8] >> fromRight & ((1 << header.bitDepth()) - 1);
  }

  private int sampleBytes() {
    return header.bitDepth() / 8;
  }

  private static void fill(byte[] rgb, int at, byte level) {
    rgb[at] = level;
    rgb[at + 1] = level;
    rgb[at + 2] = level;
  }

  /** One chunk of the file; its data lie inside the file, its CRC is checked on request. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunk(byte[] file, int offset, String type, int length) {

    static Chunk at(byte[] file, int offset) throws IOException {
      if (file.length - offset < CHUNK_BYTES) {
        throw new IOException("the PNG file is cut off after %d bytes".formatted(file.length));
      }
      int length = ByteBuffer.wrap(file).getInt(offset);
      String type = new String(file, offset + 4, 4, StandardCharsets.ISO_8859_1);
      if (length < 0 || length > file.length - offset - CHUNK_BYTES) {
        throw new IOException(
            "the PNG file is cut off or damaged: chunk %s at byte %d has %d bytes, and the file ends at %d"
                .formatted(type, offset, Integer.toUnsignedLong(length), file.length));
      }
      return new Chunk(file, offset, type, length);
    }

    Chunk next() throws IOException {
      return at(file, offset + CHUNK_BYTES + length);
    }

    ByteBuffer data() {
      return ByteBuffer.wrap(file, offset + 8, length).slice();
    }

    void check() throws IOException {
      CRC32 crc = new CRC32();
      crc.update(file, offset + 4, 4 + length);
      if ((int) crc.getValue() != ByteBuffer.wrap(file).getInt(offset + 8 + length)) {
        throw new IOException(
            "the PNG file is damaged: the checksum of chunk %s at byte %d is wrong"
                .formatted(type, offset));
      }
    }

    byte[] checked() throws IOException {
      check();
      byte[] data = new byte[length];
      data().get(data);
      return data;
    }
  }

  /** The data of consecutive IDAT chunks, each checked when it is reached. */
  private static final class ImageData extends InputStream {

    private Chunk chunk;
    private ByteBuffer left;

    ImageData(byte[] file, int firstImageData) throws IOException {
      chunk = Chunk.at(file, firstImageData);
      chunk.check();
      left = chunk.data();
    }

    @Override
    public int read() throws IOException {
      return advance() ? left.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (!advance()) {
        return -1;
      }
      int count = Math.min(length, left.remaining());
      left.get(to, offset, count);
      return count;
    }

    private boolean advance() throws IOException {
      while (!left.hasRemaining() && chunk.type().equals("IDAT")) {
        chunk = chunk.next();
        if (chunk.type().equals("IDAT")) {
          chunk.check();
          left = chunk.data();
        }
      }
      return left.hasRemaining();
    }
  }
}
