package io.chitra.job;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the fields that are objects and lists of objects. For one thread. */
final class NestedReader {

  private static final String RECTANGLE = "[64, 64, 128, 96]";
  private static final String POLYGON = "[[0, 0], [64, 0], [32, 64]]";
  private static final String LORA = "{\"path\": \"loras/ink.safetensors\", \"scale\": 0.8}";

  private final ValueReader values;

  NestedReader(ValueReader values) {
    this.values = values;
  }

  /** {@code {"rectangle": [left, top, width, height]}} or {@code {"polygon": [[x, y], ...]}}. */
  @Nullable MaskShape mask(Slot slot, Written value) {
    if (value instanceof Written.Text) {
      values.add(slot.name(), value.shown() + " is no shape: a picture goes into mask_image");
      return null;
    }
    Map<String, Written> members = values.members(slot, value, List.of("rectangle", "polygon"));
    if (members == null) {
      return null;
    }
    MaskShape shape = new MaskShape();
    Written rectangle = members.get("rectangle");
    if (rectangle != null) {
      shape.setRectangle(rectangle(slot.part("rectangle", RECTANGLE), rectangle));
    }
    Written polygon = members.get("polygon");
    if (polygon != null) {
      shape.setPolygon(polygon(slot.part("polygon", POLYGON), polygon));
    }
    boolean whole =
        (rectangle == null || shape.getRectangle() != null)
            && (polygon == null || shape.getPolygon() != null);
    return whole ? shape : null;
  }

  private @Nullable Rectangle rectangle(Slot slot, Written value) {
    List<Integer> sides = values.integers(slot, value);
    if (sides == null) {
      return null;
    }
    if (sides.size() != 4) {
      values.add(slot.name(), sides.size() + " numbers: left, top, width, height would be right");
      return null;
    }
    return new Rectangle(sides.get(0), sides.get(1), sides.get(2), sides.get(3));
  }

  private @Nullable List<Point> polygon(Slot slot, Written value) {
    List<Written> items = values.items(slot, value);
    if (items == null) {
      return null;
    }
    List<Point> corners = new ArrayList<>();
    for (Written item : items) {
      List<Integer> corner = values.integers(slot, item);
      if (corner == null) {
        return null;
      }
      if (corner.size() != 2) {
        values.add(slot.name(), corner.size() + " numbers for a corner: x, y would be right");
        return null;
      }
      corners.add(new Point(corner.get(0), corner.get(1)));
    }
    return corners;
  }

  /** {@code {"left": pixels, ...}}; what is left out is 0. */
  @Nullable Outpaint outpaint(Slot slot, Written value) {
    Map<String, Written> members =
        values.members(slot, value, List.of("left", "right", "top", "bottom"));
    if (members == null) {
      return null;
    }
    Outpaint margins = new Outpaint(0, 0, 0, 0);
    members.forEach(
        (side, written) -> {
          Integer margin = values.integer(slot.part(side, "64"), written);
          if (margin != null) {
            margins.put(side, margin);
          }
        });
    return margins;
  }

  /** {@code [{"path": file, "scale": number}, ...]}; the scale may be left out, and is 1. */
  @Nullable List<Lora> loras(Slot slot, Written value) {
    List<Written> items = values.items(slot, value);
    if (items == null) {
      return null;
    }
    List<Lora> loras = new ArrayList<>();
    for (Written item : items) {
      Lora lora = lora(new Slot("%s[%d]".formatted(slot.name(), loras.size()), LORA), item);
      if (lora == null) {
        return null;
      }
      loras.add(lora);
    }
    return loras;
  }

  private @Nullable Lora lora(Slot slot, Written value) {
    Map<String, Written> members = values.members(slot, value, List.of("path", "scale"));
    if (members == null) {
      return null;
    }
    Slot pathSlot = slot.part("path", "\"loras/ink.safetensors\"");
    Written path = members.get("path");
    if (path == null) {
      values.add(pathSlot.name(), "missing: " + pathSlot.example() + " would be right");
      return null;
    }
    String file = values.text(pathSlot, path);
    Written scale = members.get("scale");
    Double factor =
        scale == null ? Double.valueOf(1) : values.number(slot.part("scale", "0.8"), scale);
    return file == null || factor == null ? null : new Lora(new InputFile(file, ""), factor, null);
  }
}
