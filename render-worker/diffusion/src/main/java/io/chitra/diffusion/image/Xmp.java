package io.chitra.diffusion.image;

import java.nio.charset.StandardCharsets;

/**
 * An XMP packet (ISO 16684-1) with two properties of IPTC's Photo Metadata Standard 2025.1: the
 * digital source type, by which others know a picture for a synthetic one, and the prompt with its
 * settings.
 */
final class Xmp {

  private static final int REPLACEMENT = 0xfffd;

  private static final String PACKET =
      """
      <?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
       <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
         <Iptc4xmpExt:DigitalSourceType>%s</Iptc4xmpExt:DigitalSourceType>
         <Iptc4xmpExt:AIPromptInformation>%s</Iptc4xmpExt:AIPromptInformation>
        </rdf:Description>
       </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="w"?>\
      """;

  private Xmp() {}

  /** The packet in UTF-8. */
  static byte[] packet(PictureText text) {
    return PACKET
        .formatted(text.source().uri(), escaped(text.parameters()))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Element content of XML 1.0; a character that XML cannot hold becomes U+FFFD. */
  private static String escaped(String text) {
    StringBuilder xml = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> xml.append("&amp;");
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '\r' -> xml.append("&#13;"); // as it is, a parser would read a line feed
                default -> xml.appendCodePoint(isXml(character) ? character : REPLACEMENT);
              }
            });
    return xml.toString();
  }

  /** XML 1.0, production 2 (Char). */
  private static boolean isXml(int character) {
    return character == '\t'
        || character == '\n'
        || (character >= ' ' && character <= 0xd7ff)
        || (character >= 0xe000 && character <= 0xfffd)
        || character >= 0x10000;
  }
}
