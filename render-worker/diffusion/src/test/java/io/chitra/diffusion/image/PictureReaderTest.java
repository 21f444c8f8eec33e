package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureReaderTest {

  private static final PictureReader READER = new PictureReader(PictureLimits.DEFAULTS);

  @TestFactory
  Stream<DynamicTest> readsAsPillow() throws IOException {
    return files()
        .map(file -> DynamicTest.dynamicTest(file.get("name").asText(), () -> readsAsPillow(file)));
  }

  private static void readsAsPillow(JsonNode golden) throws Exception {
    byte[] file = golden.get("file").binaryValue();
    PictureSize size = new PictureSize(golden.get("width").asInt(), golden.get("height").asInt());

    RgbImage rgb = READER.rgb(file);
    GrayImage gray = READER.gray(file);

    assertEquals(size, READER.size(file));
    assertEquals(size, new PictureSize(rgb.width(), rgb.height()));
    assertEquals(size, new PictureSize(gray.width(), gray.height()));
    if (golden.has("rgb")) {
      assertClose(golden.get("rgb").binaryValue(), rgb.rgb(), golden.get("tolerance").asInt());
    } else {
      assertEquals(golden.get("rgb_crc32").asLong(), crc32(rgb.rgb()));
      assertEquals(golden.get("gray_crc32").asLong(), crc32(gray.gray()));
    }
  }

  private static long crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static void assertClose(byte[] expected, byte[] actual, int tolerance) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((expected[i] & 0xff) - (actual[i] & 0xff));
      assertTrue(difference <= tolerance, "at %d: %d".formatted(i, difference));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GIF89a, GIF",
    "BM123456, BMP",
    "8BPSabcd, Photoshop",
    "%PDF-1.7, PDF",
    "<!DOCTYPE html><html>, HTML",
    "<html><body>404, HTML",
    "<svg xmlns=''/>, SVG",
    "<?xml version='1.0'?><svg/>, SVG",
    "<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>, XML",
    "{'error': 'not found'}, JSON",
    "....ftypavif...., AVIF",
    "....ftypheic...., HEIC",
    "....ftypisom...., film",
    "RIFFxxxxWAVEfmt, 52 49 46 46",
  })
  void namesOtherFormats(String content, String name) {
    String message = refusal(content.getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(message.contains(name) && message.contains("PNG, JPEG and WebP are read"), message);
  }

  @Test
  void namesFormatsWithBinaryMagic() {
    assertTrue(refusal(new byte[] {'I', 'I', 42, 0, 8, 0}).contains("TIFF"));
    assertTrue(refusal(new byte[] {(byte) 0xff, 0x0a, 0, 0}).contains("JPEG XL"));
    assertTrue(refusal(new byte[0]).contains("empty"));
  }

  @Test
  void refusesPicturesOverTheLimitsFromTheHeaderAlone() {
    byte[] png = png(header(20_000, 20_000, 8, 2), chunk("IDAT", new byte[2]));
    assertEquals(
        "Cannot read the picture: it is 20000 x 20000 pixels large, and at most 16384 a side and"
            + " 50000000 in all are read; scale it down",
        refusal(png));
    assertTrue(refusal(png(header(8000, 8000, 8, 2), chunk("IDAT", new byte[2]))).contains("8000"));
    assertTrue(
        refusal(png(header(Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 0), chunk("IDAT", new byte[2])))
            .contains("2147483647 x 2147483647"));
    assertTrue(refusal(jpegHeader(65_535, 65_535)).contains("65535 x 65535"));
    assertTrue(refusal(webpHeader(16_383, 16_383)).contains("16383 x 16383"));
  }

  @Test
  void refusesLongFiles() {
    PictureReader reader = new PictureReader(new PictureLimits(100, 100, 10));
    DiffusionException e = assertThrows(DiffusionException.class, () -> reader.rgb(new byte[11]));
    assertEquals(
        "Cannot read the picture: its file has 11 bytes, and at most 10 are read", e.getMessage());
  }

  @Test
  void stepsOverChunksThatUnpackToMuch() throws Exception {
    byte[] bomb = deflated(new byte[20_000_000]);
    byte[] profile = concatenated(new byte[] {'x', 0, 0}, bomb);
    byte[] file =
        png(
            header(1, 1, 8, 0),
            chunk("iCCP", profile),
            chunk("zTXt", profile),
            chunk("IDAT", deflated(new byte[] {0, 77})));
    assertArrayEquals(new byte[] {77, 77, 77}, READER.rgb(file).rgb());
  }

  @Test
  void inflatesNoMoreThanTheHeaderNeeds() throws Exception {
    byte[] file = png(header(2, 1, 8, 0), chunk("IDAT", deflated(new byte[20_000_000])));
    assertArrayEquals(new byte[6], READER.rgb(file).rgb());
  }

  @Test
  void refusesJpegsOfManyScans() throws IOException {
    byte[] jpeg = golden("jpeg-444-progressive");
    int scan = indexOf(jpeg, new byte[] {(byte) 0xff, (byte) 0xda});
    byte[] scans = Arrays.copyOfRange(jpeg, scan, jpeg.length - 2);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.write(jpeg, 0, scan);
    for (int i = 0; i < 100; i++) {
      bomb.writeBytes(scans);
    }
    bomb.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd9});
    assertTrue(refusal(bomb.toByteArray()).contains("the JPEG file has 101 scans or more"));
  }

  @Test
  void refusesFewerScansOfALargeJpeg() {
    byte[] start = Arrays.copyOf(jpegHeader(7000, 7000), 15); // up to its scan
    byte[] scan = {(byte) 0xff, (byte) 0xda, 0, 6, 1, 1, 0, 0, 0};
    byte[] scans = concatenated(Collections.nCopies(21, scan).toArray(byte[][]::new));
    byte[] bomb = concatenated(start, scans, new byte[] {(byte) 0xff, (byte) 0xd9});
    assertTrue(refusal(bomb).contains("21 scans or more of 49000000 pixels"));
  }

  @Test
  void refusesAnimations() {
    byte[] frames = ByteBuffer.allocate(8).putInt(7).putInt(0).array();
    byte[] png =
        png(header(1, 1, 8, 0), chunk("acTL", frames), chunk("IDAT", deflated(new byte[2])));
    assertEquals(
        "Cannot read the picture: it is an animated PNG file (acTL, 7 frames)", refusal(png));
    byte[] webp = webp("VP8X", new byte[] {2, 0, 0, 0, 9, 0, 0, 9, 0, 0});
    assertEquals("Cannot read the picture: it is an animated WebP file", refusal(webp));
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    int truncations = 0;
    for (JsonNode golden : (Iterable<JsonNode>) files()::iterator) {
      byte[] file = golden.get("file").binaryValue();
      for (int length = 0; length < file.length; length += 1 + file.length / 40) {
        byte[] cut = Arrays.copyOf(file, length);
        refusal(cut);
        assertThrows(DiffusionException.class, () -> READER.size(cut));
        truncations++;
      }
    }
    assertTrue(truncations > 1000);
  }

  @Test
  void survivesFlippedBits() throws Exception {
    Random random = new Random(4);
    int refused = 0;
    int read = 0;
    for (JsonNode golden : (Iterable<JsonNode>) files()::iterator) {
      byte[] file = golden.get("file").binaryValue();
      for (int i = 0; i < 25; i++) {
        byte[] flipped = file.clone();
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          flipped[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          READER.rgb(flipped);
          read++;
        } catch (DiffusionException e) {
          assertTrue(e.permanent(), e.getMessage());
          refused++;
        }
      }
    }
    assertTrue(refused > 500 && read > 100, refused + " refused, " + read + " read");
  }

  @Test
  void survivesNoiseBehindEveryMagic() {
    Random random = new Random(5);
    for (byte[] magic :
        List.of(
            png(header(64, 64, 8, 2)),
            png(header(64, 64, 2, 3)),
            jpegHeader(64, 64),
            webpHeader(64, 64),
            new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff})) {
      for (int i = 0; i < 40; i++) {
        byte[] noise = new byte[random.nextInt(4000)];
        random.nextBytes(noise);
        refusal(concatenated(magic, noise));
      }
    }
  }

  private static String refusal(byte[] file) {
    DiffusionException e = assertThrows(DiffusionException.class, () -> READER.rgb(file));
    assertTrue(e.permanent());
    String message = Objects.requireNonNull(e.getMessage());
    assertTrue(message.startsWith("Cannot read the picture: "), message);
    return message;
  }

  private static Stream<JsonNode> files() throws IOException {
    return StreamSupport.stream(Golden.json("image/files.json").spliterator(), false);
  }

  private static byte[] golden(String name) throws IOException {
    JsonNode golden =
        files().filter(file -> file.get("name").asText().equals(name)).findFirst().orElseThrow();
    return golden.get("file").binaryValue();
  }

  private static byte[] png(byte[]... chunks) {
    List<byte[]> parts = new ArrayList<>(List.of(chunks));
    parts.add(0, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    parts.add(chunk("IEND", new byte[0]));
    return concatenated(parts.toArray(byte[][]::new));
  }

  private static byte[] header(int width, int height, int bitDepth, int colourType) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    return chunk("IHDR", header.put((byte) bitDepth).put((byte) colourType).array());
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] named = concatenated(type.getBytes(StandardCharsets.US_ASCII), data);
    CRC32 crc = new CRC32();
    crc.update(named);
    return ByteBuffer.allocate(named.length + 8)
        .putInt(data.length)
        .put(named)
        .putInt((int) crc.getValue())
        .array();
  }

  private static byte[] deflated(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(data);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** A frame header of one component, a scan of two bytes. */
  private static byte[] jpegHeader(int width, int height) {
    return ByteBuffer.allocate(27)
        .putShort((short) 0xffd8)
        .putShort((short) 0xffc0)
        .putShort((short) 11)
        .put((byte) 8)
        .putShort((short) height)
        .putShort((short) width)
        .put(new byte[] {1, 1, 0x11, 0})
        .putShort((short) 0xffda)
        .putShort((short) 6)
        .putInt(0)
        .putShort((short) 0xffd9)
        .array();
  }

  private static byte[] webpHeader(int width, int height) {
    byte[] frame = {0, 0, 0, (byte) 0x9d, 1, 0x2a, 0, 0, 0, 0};
    frame[6] = (byte) width;
    frame[7] = (byte) (width >> 8);
    frame[8] = (byte) height;
    frame[9] = (byte) (height >> 8);
    return webp("VP8 ", frame);
  }

  private static byte[] webp(String type, byte[] data) {
    byte[] chunk =
        concatenated(
            type.getBytes(StandardCharsets.US_ASCII),
            new byte[] {(byte) data.length, 0, 0, 0},
            data);
    return concatenated(
        "RIFF".getBytes(StandardCharsets.US_ASCII),
        new byte[] {(byte) (4 + chunk.length), 0, 0, 0},
        "WEBP".getBytes(StandardCharsets.US_ASCII),
        chunk);
  }

  private static int indexOf(byte[] data, byte[] part) {
    for (int i = 0; i + part.length <= data.length; i++) {
      if (Arrays.equals(data, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  private static byte[] concatenated(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }
}
