package io.chitra.dataset.look;

/** Pictures by the formulas that {@code golden/make/measures.py} uses, and by its names. */
enum Patterns {
  noise {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return i * i * 31 + i * 7 + (i >> 3) * 13;
    }
  },
  gradient {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return switch (c) {
        case 0 -> x * 255 / Math.max(w - 1, 1);
        case 1 -> y * 255 / Math.max(h - 1, 1);
        default -> (x + y) * 255 / Math.max(w + h - 2, 1);
      };
    }
  },
  rings {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return 16 * Math.max(Math.abs(2 * x - w + 1), Math.abs(2 * y - h + 1)) / 3 + 40 * c;
    }
  },
  checks {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return (x / 8 + y / 8) % 2 * 255;
    }
  },
  flat {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return new int[] {200, 90, 30}[c];
    }
  },
  black {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return 0;
    }
  },
  white {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      return 255;
    }
  },
  blobs {
    @Override
    int level(int i, int x, int y, int c, int w, int h) {
      int dx = x - w / 3;
      int dy = y - h / 4;
      return (x * y + c) % 7 == 0 ? x * 5 + y * 3 : 255 - (dx * dx + dy * dy) / (3 + c);
    }
  };

  abstract int level(int i, int x, int y, int c, int w, int h);

  byte[] rgb(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = i / 3;
      rgb[i] = (byte) level(i, pixel % width, pixel / width, i % 3, width, height);
    }
    return rgb;
  }
}
