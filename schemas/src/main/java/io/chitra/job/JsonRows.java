package io.chitra.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of JSON Lines: one object a line, with the fields as its members. */
final class JsonRows implements Rows {

  private static final int SHOWN_CODE_POINTS = 200;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Read, to be refused as the value of a field.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          // The names are anybody's: they must not fill a table that outlives the line.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  @Override
  public Row read(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      Row row = new Row();
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        return Row.unreadable(
            value(parser).shown() + " is no job: one JSON object a line would be right");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        row.field(name, value(parser));
      }
      if (parser.nextToken() != null) {
        return Row.unreadable(
            "something follows the object: one JSON object a line would be right");
      }
      return row;
    } catch (JsonEOFException e) {
      return Row.unreadable("not JSON: it ends too early; write each job on one line");
    } catch (StreamConstraintsException e) {
      return Row.unreadable(
          "no JSON that a job could be: nested too deeply, or with a number or a name too long");
    } catch (JsonProcessingException e) {
      return Row.unreadable(
          "not JSON: %s, at character %d"
              .formatted(
                  Texts.shown(e.getOriginalMessage(), SHOWN_CODE_POINTS),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr()));
    } catch (IOException e) {
      throw new UncheckedIOException("Nothing is read but a text", e);
    }
  }

  /** A single value, as a CSV cell holds one; empty when the text is none. */
  static Optional<Written> value(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      Written value = value(parser);
      return parser.nextToken() == null ? Optional.of(value) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Nothing is read but a text", e);
    }
  }

  @Override
  public void unreadable() {}

  @Override
  public boolean spoilt() {
    return false;
  }

  /** The value that the parser is at; afterwards it is at the value's end. */
  private static Written value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> new Written.Text(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Written.Numeral(parser.getText());
      case VALUE_TRUE -> new Written.Flag(true);
      case VALUE_FALSE -> new Written.Flag(false);
      case VALUE_NULL -> new Written.Nothing();
      case START_OBJECT -> {
        List<Written.Member> members = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          members.add(new Written.Member(name, value(parser)));
        }
        yield new Written.Members(members);
      }
      default -> {
        List<Written> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield new Written.Array(items);
      }
    };
  }
}
