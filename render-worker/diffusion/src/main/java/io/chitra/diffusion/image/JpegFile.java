package io.chitra.diffusion.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A JPEG file (ITU-T T.81, baseline and progressive with 8 bits and Huffman coding). The Java
 * platform's decoder gets a copy without thumbnails, colour profiles and comments, and gives its
 * components back as they are stored; how they become RGB follows libjpeg and Pillow.
 */
final class JpegFile implements EncodedPicture {

  /** Every scan goes over all pixels; the most that common encoders make is about 20. */
  private static final int MAX_SCANS = 100;

  private static final long MAX_SCANNED_PIXELS = 1_000_000_000; // takes some seconds

  private static final int SOF0_BASELINE = 0xc0;
  private static final int SOF2_PROGRESSIVE = 0xc2;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int SOF15 = 0xcf;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;
  private static final int TEM = 0x01;

  /** What the stored components are. */
  private enum Colours {
    GREY,
    RGB,
    YCC,
    CMYK,
    YCCK
  }

  /**
   * @param components their identifiers, in order
   */
  private record Frame(int width, int height, List<Integer> components) {}

  private final Frame frame;
  private final Colours colours;
  private final Orientation orientation;
  private final byte[] bare;

  private JpegFile(Frame frame, Colours colours, Orientation orientation, byte[] bare) {
    this.frame = frame;
    this.colours = colours;
    this.orientation = orientation;
    this.bare = bare;
  }

  /**
   * @param file begins with SOI
   */
  static JpegFile read(byte[] file) throws IOException {
    try {
      return new Segments(file).read();
    } catch (BufferUnderflowException e) {
      throw new IOException("the JPEG file is cut off after %d bytes".formatted(file.length), e);
    }
  }

  /** One walk over the file's segments. */
  private static final class Segments {

    private final ByteBuffer in;
    private final ByteArrayOutputStream bare;
    private @Nullable Frame frame;
    private @Nullable Orientation orientation;
    private @Nullable Integer adobeTransform;
    private boolean jfif;
    private int scans;

    Segments(byte[] file) {
      in = ByteBuffer.wrap(file).position(2);
      bare = new ByteArrayOutputStream(file.length);
    }

    JpegFile read() throws IOException {
      putMarker(SOI);
      for (int marker = nextMarker(); marker != EOI; marker = nextMarker()) {
        if (marker == SOI || marker == TEM || (marker >= RST0 && marker <= RST7)) {
          continue; // has no data, and no meaning here
        }
        int start = in.position();
        int length = Short.toUnsignedInt(in.getShort());
        if (length < 2) {
          throw new IOException(
              "the JPEG file is damaged: a segment at byte %d has %d bytes"
                  .formatted(start, length));
        }
        in.position(start);
        ByteBuffer segment = take(length);
        segment(marker, segment.slice().position(2).slice());
        if (marker < APP0 || (marker > APP15 && marker != COM)) {
          putMarker(marker);
          put(segment);
        }
        if (marker == SOS) {
          put(take(entropyCodedBytes()));
        }
      }
      putMarker(EOI);
      if (frame == null || scans == 0) {
        throw new IOException("the JPEG file has no image data");
      }
      return new JpegFile(
          frame,
          colours(frame),
          orientation == null ? Orientation.UPRIGHT : orientation,
          bare.toByteArray());
    }

    private void segment(int marker, ByteBuffer data) throws IOException {
      if (marker == APP0 && data.remaining() >= 14 && begins(data, "JFIF\0")) {
        jfif = true;
      } else if (marker == APP1 && orientation == null && Exif.isPrefixed(data)) {
        orientation = Exif.orientation(data);
      } else if (marker == APP14 && data.remaining() >= 12 && begins(data, "Adobe")) {
        adobeTransform = data.get(11) & 0xff;
      } else if (marker >= SOF0_BASELINE && marker <= SOF15 && marker != DHT && marker != JPG) {
        frame = frame(marker, data);
      } else if (marker == SOS) {
        scans++;
        checkScans();
      }
    }

    private void checkScans() throws IOException {
      long pixels = frame == null ? 0 : (long) frame.width() * frame.height();
      if (scans > MAX_SCANS || (scans > 1 && scans * pixels > MAX_SCANNED_PIXELS)) {
        throw new IOException(
            "the JPEG file has %d scans or more of %d pixels; at most %d, of %d pixels in all, are read"
                .formatted(scans, pixels, MAX_SCANS, MAX_SCANNED_PIXELS));
      }
    }

    private Frame frame(int marker, ByteBuffer data) throws IOException {
      if (marker == DAC || marker > SOF2_PROGRESSIVE) {
        throw new IOException(
            "it is a JPEG file of a kind that is not read (lossless, hierarchical or arithmetic"
                + " coding, marker 0x%02x); save it as baseline or progressive JPEG"
                    .formatted(marker));
      }
      int precision = data.get();
      int height = Short.toUnsignedInt(data.getShort());
      int width = Short.toUnsignedInt(data.getShort());
      List<Integer> components = new ArrayList<>();
      int count = data.get();
      for (int i = 0; i < count; i++) {
        components.add(data.get() & 0xff);
        data.getShort(); // sampling factors, quantisation table
      }
      if (frame != null || precision != 8 || width == 0 || height == 0) {
        throw new IOException(
            "the JPEG file's header is none that is read: %d x %d pixels of %d bits"
                .formatted(width, height, precision));
      }
      return new Frame(width, height, List.copyOf(components));
    }

    /** libjpeg's rules for what the components are (jdapimin.c, default_decompress_parms). */
    private Colours colours(Frame frame) throws IOException {
      boolean untransformed = adobeTransform != null && adobeTransform == 0;
      return switch (frame.components().size()) {
        case 1 -> Colours.GREY;
        case 3 -> {
          boolean named = frame.components().equals(List.of((int) 'R', (int) 'G', (int) 'B'));
          boolean rgb = adobeTransform == null ? named : untransformed;
          yield rgb && !jfif ? Colours.RGB : Colours.YCC;
        }
        case 4 -> adobeTransform == null || untransformed ? Colours.CMYK : Colours.YCCK;
        default ->
            throw new IOException(
                "the JPEG file has %d colour components; 1, 3 and 4 are read"
                    .formatted(frame.components().size()));
      };
    }

    /** The next marker; stray bytes before it are stepped over, as libjpeg does. */
    private int nextMarker() {
      while (true) {
        if (in.get() == (byte) 0xff) {
          int marker = in.get() & 0xff;
          if (marker == 0xff) { // fill bytes may come before a marker
            in.position(in.position() - 1);
          } else if (marker != 0) {
            return marker;
          }
        }
      }
    }

    /** How many bytes follow up to the next marker that is not part of a scan. */
    private int entropyCodedBytes() {
      int at = in.position();
      while (true) {
        if (at + 1 >= in.limit()) {
          throw new BufferUnderflowException();
        }
        int next = in.get(at + 1) & 0xff;
        boolean inside = next == 0 || (next >= RST0 && next <= RST7);
        if (in.get(at) == (byte) 0xff && next != 0xff && !inside) {
          return at - in.position();
        }
        at++;
      }
    }

    private ByteBuffer take(int length) {
      if (length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      ByteBuffer taken = in.slice().limit(length);
      in.position(in.position() + length);
      return taken;
    }

    private void put(ByteBuffer data) {
      bare.write(data.array(), data.arrayOffset(), data.limit());
    }

    private void putMarker(int marker) {
      bare.write(0xff);
      bare.write(marker);
    }

    private static boolean begins(ByteBuffer data, String name) {
      ByteBuffer magic = ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII));
      return data.slice().limit(magic.limit()).equals(magic);
    }
  }

  @Override
  public int width() {
    return frame.width();
  }

  @Override
  public int height() {
    return frame.height();
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public RgbImage decode() throws IOException {
    byte[] stored = components();
    byte[] rgb =
        colours == Colours.RGB || colours == Colours.YCC
            ? stored
            : new byte[RgbImage.CHANNELS * width() * height()];
    switch (colours) {
      case RGB -> {}
      case GREY -> {
        for (int i = 0; i < rgb.length; i++) {
          rgb[i] = stored[i / RgbImage.CHANNELS];
        }
      }
      case YCC -> yccToRgb(stored, RgbImage.CHANNELS);
      case CMYK -> cmykToRgb(stored, rgb);
      case YCCK -> {
        yccToRgb(stored, 4);
        for (int i = 0; i < stored.length; i++) {
          stored[i] = i % 4 == 3 ? stored[i] : (byte) ~stored[i]; // libjpeg's ycck_cmyk_convert
        }
        cmykToRgb(stored, rgb);
      }
    }
    return new RgbImage(width(), height(), rgb);
  }

  /** The stored components of each pixel, brought to full size, without a change of colour. */
  private byte[] components() throws IOException {
    ImageReader reader = platformReader();
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bare))) {
      reader.setInput(in, true, true);
      Raster raster = reader.readRaster(0, null);
      for (String warning : warnings) {
        if (!warning.contains("extraneous bytes")) { // some cameras put padding before a marker
          throw new IOException(warning);
        }
      }
      byte[] components = ((DataBufferByte) raster.getDataBuffer()).getData();
      if (components.length != frame.components().size() * width() * height()) {
        throw new IOException("%d x %d pixels".formatted(raster.getWidth(), raster.getHeight()));
      }
      return components;
    } catch (IOException | RuntimeException e) { // the decoder is strict in its own words
      throw new IOException("the JPEG file's image data are damaged: " + e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  /** The Java platform's own reader, whatever others the class path brings. */
  private static ImageReader platformReader() {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
        return reader;
      }
    }
    throw new IllegalStateException("Every Java platform with java.desktop reads JPEG");
  }

  /** libjpeg's 16-bit fixed point (jdcolor.c), in place; a fourth component stays. */
  private static void yccToRgb(byte[] pixels, int components) {
    int half = 1 << 15;
    for (int i = 0; i < pixels.length; i += components) {
      int y = pixels[i] & 0xff;
      int cb = (pixels[i + 1] & 0xff) - 128;
      int cr = (pixels[i + 2] & 0xff) - 128;
      pixels[i] = clip(y + ((91881 * cr + half) >> 16));
      pixels[i + 1] = clip(y + ((-22554 * cb - 46802 * cr + half) >> 16));
      pixels[i + 2] = clip(y + ((116130 * cb + half) >> 16));
    }
  }

  /**
   * Pillow's {@code CMYK;I} and cmyk2rgb: the file holds inverted inks, as Photoshop writes them.
   */
  private static void cmykToRgb(byte[] cmyk, byte[] rgb) {
    for (int i = 0; i < cmyk.length / 4; i++) {
      int white = cmyk[4 * i + 3] & 0xff;
      for (int c = 0; c < RgbImage.CHANNELS; c++) {
        int product = (255 - (cmyk[4 * i + c] & 0xff)) * white + 128;
        rgb[RgbImage.CHANNELS * i + c] = (byte) (white - (((product >> 8) + product) >> 8));
      }
    }
  }

  private static byte clip(int level) {
    return (byte) Math.min(Math.max(level, 0), 255);
  }
}
