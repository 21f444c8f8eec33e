package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void textAndAttributesAreEscaped() throws Exception {
    StringBuilder out = new StringBuilder();
    new Html(out)
        .open("p", "title", "\"><script>alert('1')</script>")
        .text("</p><script>&amp; বিড়াল 🐈")
        .close();
    assertEquals(
        "<!DOCTYPE html>\n"
            + "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\">"
            + "&lt;/p&gt;&lt;script&gt;&amp;amp; বিড়াল 🐈</p>",
        out.toString());
  }

  @Test
  void whatNoDocumentMayHoldIsReplaced() throws Exception {
    StringBuilder out = new StringBuilder();
    new Html(out).element("p", "a\u0000b\u001bc\ud800d\u0085e\nf");
    assertEquals("<!DOCTYPE html>\n<p>a\ufffdb\ufffdc\ufffdd\ufffde\nf</p>", out.toString());
  }
}
