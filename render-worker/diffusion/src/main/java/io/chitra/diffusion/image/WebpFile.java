package io.chitra.diffusion.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A WebP file (RFC 9649) with one picture, lossy or lossless. Alpha, colour profile and XMP are
 * stepped over.
 */
final class WebpFile implements EncodedPicture {

  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int SIDE_MASK = 0x3fff;
  private static final int ANIMATION_FLAG = 0x02;
  private static final int LOSSLESS_SIGNATURE = 0x2f;
  private static final int KEY_FRAME_START_CODE = 0x2a019d;
  private static final String LOSSY = "VP8 ";
  private static final String LOSSLESS = "VP8L";

  /**
   * @param data the chunk with its header
   */
  private record Bitstream(String type, PictureSize size, ByteBuffer data) {}

  private final Bitstream bitstream;
  private final Orientation orientation;

  private WebpFile(Bitstream bitstream, Orientation orientation) {
    this.bitstream = bitstream;
    this.orientation = orientation;
  }

  /**
   * @param file begins with a RIFF header of form WEBP
   */
  static WebpFile read(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long end = CHUNK_HEADER_BYTES + Integer.toUnsignedLong(in.getInt(4));
    if (end > file.length) {
      throw new IOException("the WebP file is cut off: %d bytes of %d".formatted(file.length, end));
    }
    in.position(RIFF_HEADER_BYTES).limit((int) Math.max(end, RIFF_HEADER_BYTES));
    PictureSize canvas = null;
    Bitstream bitstream = null;
    Orientation orientation = Orientation.UPRIGHT;
    while (in.remaining() >= CHUNK_HEADER_BYTES) {
      int start = in.position();
      String type = new String(file, start, 4, StandardCharsets.ISO_8859_1);
      long length = Integer.toUnsignedLong(in.getInt(start + 4));
      if (length > in.remaining() - CHUNK_HEADER_BYTES) {
        throw new IOException(
            "the WebP file is damaged: chunk %s at byte %d has %d bytes, and the file ends at %d"
                .formatted(type, start, length, end));
      }
      ByteBuffer chunk =
          in.slice().limit(CHUNK_HEADER_BYTES + (int) length).order(ByteOrder.LITTLE_ENDIAN);
      switch (type) {
        case "VP8X" -> canvas = canvas(chunk);
        case LOSSY -> bitstream = first(bitstream, new Bitstream(type, lossySize(chunk), chunk));
        case LOSSLESS ->
            bitstream = first(bitstream, new Bitstream(type, losslessSize(chunk), chunk));
        case "ANIM", "ANMF" -> throw animated();
        case "EXIF" ->
            orientation = Exif.orientation(chunk.slice().position(CHUNK_HEADER_BYTES).slice());
        default -> {}
      }
      long next = start + CHUNK_HEADER_BYTES + length + length % 2;
      in.position((int) Math.min(next, in.limit()));
    }
    if (bitstream == null) {
      throw new IOException("the WebP file has no image data (VP8, VP8L)");
    }
    if (canvas != null && !canvas.equals(bitstream.size())) {
      throw new IOException(
          "the WebP file is damaged: a picture of %d x %d on a canvas of %d x %d"
              .formatted(
                  bitstream.size().width(),
                  bitstream.size().height(),
                  canvas.width(),
                  canvas.height()));
    }
    return new WebpFile(bitstream, orientation);
  }

  private static Bitstream first(@Nullable Bitstream one, Bitstream other) {
    return one == null ? other : one;
  }

  private static IOException animated() {
    return new IOException("it is an animated WebP file");
  }

  /** Flags, 3 bytes reserved, width - 1 and height - 1 in 24 bits each. */
  private static PictureSize canvas(ByteBuffer chunk) throws IOException {
    need(chunk, 10);
    if ((chunk.get(CHUNK_HEADER_BYTES) & ANIMATION_FLAG) != 0) {
      throw animated();
    }
    int width = (chunk.getInt(CHUNK_HEADER_BYTES + 4) & 0xffffff) + 1;
    int height = (chunk.getInt(CHUNK_HEADER_BYTES + 6) >>> 8) + 1;
    return new PictureSize(width, height);
  }

  /** RFC 6386, section 9.1: a frame tag whose lowest bit is 0, the start code, and the sides. */
  private static PictureSize lossySize(ByteBuffer chunk) throws IOException {
    need(chunk, 10);
    int tag = chunk.getInt(CHUNK_HEADER_BYTES);
    int startCode = chunk.getInt(CHUNK_HEADER_BYTES + 3) & 0xffffff;
    int width = chunk.getShort(CHUNK_HEADER_BYTES + 6) & SIDE_MASK;
    int height = chunk.getShort(CHUNK_HEADER_BYTES + 8) & SIDE_MASK;
    if ((tag & 1) != 0 || startCode != KEY_FRAME_START_CODE || width == 0 || height == 0) {
      throw new IOException("the WebP file is damaged: its VP8 data do not begin with a key frame");
    }
    return new PictureSize(width, height);
  }

  /** A signature of 8 bits, then width - 1 and height - 1 in 14 bits each. */
  private static PictureSize losslessSize(ByteBuffer chunk) throws IOException {
    need(chunk, 5);
    int sides = chunk.getInt(CHUNK_HEADER_BYTES + 1);
    if (chunk.get(CHUNK_HEADER_BYTES) != LOSSLESS_SIGNATURE) {
      throw new IOException("the WebP file is damaged: its VP8L data have no signature");
    }
    return new PictureSize((sides & SIDE_MASK) + 1, (sides >> 14 & SIDE_MASK) + 1);
  }

  private static void need(ByteBuffer chunk, int bytes) throws IOException {
    if (chunk.limit() < CHUNK_HEADER_BYTES + bytes) {
      throw new IOException(
          "the WebP file is damaged: a header of fewer than %d bytes".formatted(bytes));
    }
  }

  @Override
  public int width() {
    return bitstream.size().width();
  }

  @Override
  public int height() {
    return bitstream.size().height();
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public RgbImage decode() throws IOException {
    ByteBuffer data = bitstream.data().slice().position(CHUNK_HEADER_BYTES);
    try {
      return bitstream.type().equals(LOSSY)
          ? Vp8.decode(data, bitstream.size())
          : Vp8l.decode(data, bitstream.size());
    } catch (IOException e) {
      throw new IOException("the WebP file's image data are damaged: " + e.getMessage(), e);
    }
  }
}
