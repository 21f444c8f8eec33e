package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.diffusion.image.PictureFormat.JpegFormat;
import io.chitra.diffusion.image.PictureFormat.PngFormat;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

class PictureFileTest {

  private static final PngFormat PNG = new PngFormat(ColourMode.RGB);
  private static final JpegFormat JPEG = new JpegFormat(ColourMode.RGB, 90);
  private static final String IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
  private static final String NASTY =
      "নীল বিড়াল <b>\"&amp;\"</b> ]]> \u0000\u0001\u001f\ud800 \uffff 🐈\r\n"
          + "Steps: 20,\tSize: 256x256";
  private static final PictureText TEXT =
      new PictureText(NASTY, DigitalSource.TRAINED_ALGORITHMIC_MEDIA);
  private static final RgbImage PICTURE = smooth(37, 29);

  private static final PictureReader READER = new PictureReader(PictureLimits.DEFAULTS);

  /** Where the user comment's text begins: behind prefix, header, two directories and its code. */
  private static final int EXIF_TEXT = 6 + 8 + 2 * 18 + 8;

  /** A marker or type, and what follows its length. */
  private record Part(String name, ByteBuffer data) {

    String text() {
      return StandardCharsets.UTF_8.decode(data.duplicate()).toString();
    }
  }

  @Test
  void pngKeepsEveryPixel() throws Exception {
    assertArrayEquals(PICTURE.rgb(), READER.rgb(PictureFile.encode(PICTURE, PNG, TEXT)).rgb());
    byte[] grey = PictureFile.encode(PICTURE, new PngFormat(ColourMode.L), TEXT);
    assertArrayEquals(PICTURE.gray().gray(), READER.gray(grey).gray());
    assertEquals(0, grey[25]); // colour type
  }

  @Test
  void pngSaysWhatItIsBeforeItsPixels() throws Exception {
    List<Part> chunks = chunks(PictureFile.encode(PICTURE, PNG, TEXT));
    assertEquals(
        List.of("IHDR", "iTXt", "iTXt", "IDAT", "IEND"), chunks.stream().map(Part::name).toList());
    assertTrue(chunks.get(1).text().startsWith("parameters\0\0\0\0\0নীল বিড়াল <b>\"&amp;\"</b>"));
    String keyword = "XML:com.adobe.xmp\0\0\0\0\0";
    String xmp = chunks.get(2).text();
    assertTrue(xmp.startsWith(keyword));
    assertXmp(xmp.substring(keyword.length()), "trainedAlgorithmicMedia");
  }

  @Test
  void jpegIsCloseToThePicture() throws Exception {
    RgbImage read = READER.rgb(PictureFile.encode(PICTURE, JPEG, TEXT));
    byte[] grey = PictureFile.encode(PICTURE, new JpegFormat(ColourMode.L, 90), TEXT);
    long difference = 0;
    long greyDifference = 0;
    for (int i = 0; i < read.rgb().length; i++) {
      difference += Math.abs((read.rgb()[i] & 0xff) - (PICTURE.rgb()[i] & 0xff));
      greyDifference +=
          Math.abs((READER.rgb(grey).rgb()[i] & 0xff) - (PICTURE.gray().gray()[i / 3] & 0xff));
    }
    assertTrue(difference < 4L * read.rgb().length, "in sum " + difference);
    assertTrue(greyDifference < 2L * read.rgb().length, "in sum " + greyDifference);
    assertEquals(1, segment(grey, "ffc0").data().get(5)); // components
  }

  @Test
  void jpegHalvesChroma() {
    ByteBuffer frame = segment(PictureFile.encode(PICTURE, JPEG, TEXT), "ffc0").data();
    assertEquals(0x22, frame.get(7));
    assertEquals(0x11, frame.get(10));
    assertEquals(0x11, frame.get(13));
  }

  @Test
  void jpegSaysWhatItIsInExifAndXmp() throws Exception {
    PictureText composite =
        new PictureText(NASTY, DigitalSource.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA);
    List<Part> segments = segments(PictureFile.encode(PICTURE, JPEG, composite));
    assertEquals(
        List.of("ffe0", "ffe1", "ffe1"), segments.stream().limit(3).map(Part::name).toList());
    byte[] exif = segments.get(1).data().array();
    assertEquals("UNICODE\0", new String(exif, EXIF_TEXT - 8, 8, StandardCharsets.US_ASCII));
    assertEquals(
        NASTY.replace('\0', '\ufffd').replace('\ud800', '\ufffd'),
        new String(exif, EXIF_TEXT, exif.length - EXIF_TEXT, StandardCharsets.UTF_16BE));
    String namespace = "http://ns.adobe.com/xap/1.0/\0";
    String xmp = segments.get(2).text();
    assertTrue(xmp.startsWith(namespace));
    assertXmp(xmp.substring(namespace.length()), "compositeWithTrainedAlgorithmicMedia");
  }

  @ParameterizedTest
  @ValueSource(strings = {"&", "\r", "\0", "ক", "🐈", "a"})
  void jpegCutsLongSettingsOff(String character) throws Exception {
    PictureText text = new PictureText(character.repeat(100_000), TEXT.source());
    byte[] jpeg = PictureFile.encode(PICTURE, JPEG, text);
    assertEquals(new PictureSize(37, 29), READER.size(jpeg));
    String exif =
        StandardCharsets.UTF_16BE
            .decode(segments(jpeg).get(1).data().position(EXIF_TEXT))
            .toString();
    assertTrue(exif.endsWith(" … [cut off]") && exif.length() >= 11_999, exif);
    assertTrue(segments(jpeg).get(2).text().contains(" … [cut off]</"));
  }

  @Test
  void givesEqualFilesForEqualPictures() {
    RgbImage same = new RgbImage(37, 29, PICTURE.rgb().clone());
    assertArrayEquals(PictureFile.encode(PICTURE, PNG, TEXT), PictureFile.encode(same, PNG, TEXT));
    assertArrayEquals(
        PictureFile.encode(PICTURE, JPEG, TEXT), PictureFile.encode(same, JPEG, TEXT));
  }

  @Test
  void namesItsFormats() {
    assertEquals("image/png", PNG.contentType());
    assertEquals("png", PNG.extension());
    assertEquals("image/jpeg", JPEG.contentType());
    assertEquals("jpg", JPEG.extension());
    assertThrows(IllegalArgumentException.class, () -> new JpegFormat(ColourMode.RGB, 0));
    assertThrows(IllegalArgumentException.class, () -> new JpegFormat(ColourMode.RGB, 101));
  }

  private static void assertXmp(String xmp, String source) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xmp.getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        "http://cv.iptc.org/newscodes/digitalsourcetype/" + source,
        document.getElementsByTagNameNS(IPTC, "DigitalSourceType").item(0).getTextContent());
    assertEquals(
        NASTY.replaceAll("[\u0000\u0001\u001f\ud800\uffff]", "\ufffd"),
        document.getElementsByTagNameNS(IPTC, "AIPromptInformation").item(0).getTextContent());
  }

  private static List<Part> chunks(byte[] png) {
    ByteBuffer in = ByteBuffer.wrap(png).position(8);
    List<Part> chunks = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] data = new byte[in.getInt()];
      byte[] type = new byte[4];
      in.get(type).get(data).getInt();
      chunks.add(new Part(new String(type, StandardCharsets.US_ASCII), ByteBuffer.wrap(data)));
    }
    return chunks;
  }

  /** The segments before the image data. */
  private static List<Part> segments(byte[] jpeg) {
    ByteBuffer in = ByteBuffer.wrap(jpeg).position(2);
    List<Part> segments = new ArrayList<>();
    String name = "";
    while (!name.equals("ffda")) {
      name = "%04x".formatted(in.getShort());
      byte[] data = new byte[Short.toUnsignedInt(in.getShort()) - 2];
      in.get(data);
      segments.add(new Part(name, ByteBuffer.wrap(data)));
    }
    return segments;
  }

  private static Part segment(byte[] jpeg, String name) {
    return Objects.requireNonNull(
        segments(jpeg).stream().filter(part -> part.name().equals(name)).findFirst().orElse(null));
  }

  private static RgbImage smooth(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % width;
      int y = i / 3 / width;
      rgb[i] = (byte) Math.min(Math.max(120 + 4 * x - 3 * y - 20 * (i % 3), 0), 255);
    }
    return new RgbImage(width, height, rgb);
  }
}
