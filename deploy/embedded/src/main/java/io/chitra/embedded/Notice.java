package io.chitra.embedded;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says something to the person at the terminal: the one logger that is not only for the file. */
final class Notice {
  private static final Logger PERSON = LoggerFactory.getLogger("io.chitra.notice");

  private Notice() {}

  static void say(String message) {
    PERSON.info(message);
  }
}
