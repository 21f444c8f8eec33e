"""What imagehash and numpy say of pictures that both sides make by formula.
usage: measures.py OUT.json   (needs pillow 13, imagehash 4.3, scipy, numpy)"""
import colorsys, json, sys
import imagehash
import numpy as np
from PIL import Image


def noise(i, x, y, c, w, h):
    return i * i * 31 + i * 7 + (i >> 3) * 13


def gradient(i, x, y, c, w, h):
    return (x * 255 // max(w - 1, 1), y * 255 // max(h - 1, 1), (x + y) * 255 // max(w + h - 2, 1))[c]


def rings(i, x, y, c, w, h):
    """Symmetric, so that half of its DCT vanishes."""
    return 16 * max(abs(2 * x - w + 1), abs(2 * y - h + 1)) // 3 + 40 * c


def checks(i, x, y, c, w, h):
    return (x // 8 + y // 8) % 2 * 255


def flat(i, x, y, c, w, h):
    return (200, 90, 30)[c]


def black(i, x, y, c, w, h):
    return 0


def white(i, x, y, c, w, h):
    return 255


def blobs(i, x, y, c, w, h):
    return 255 - ((x - w // 3) ** 2 + (y - h // 4) ** 2) // (3 + c) if (x * y + c) % 7 else x * 5 + y * 3


SIZES = {"noise": [(64, 64), (100, 37), (31, 90), (32, 32), (5, 7), (1, 1)], "gradient": [(64, 48), (200, 100), (33, 33)], "rings": [(64, 64), (96, 64)],
         "checks": [(64, 64), (80, 56)], "flat": [(64, 64), (40, 30)], "black": [(48, 48)], "white": [(48, 64)],
         "blobs": [(128, 96), (64, 64), (67, 131)]}

cases = []
for name, sizes in SIZES.items():
    f = globals()[name]
    for w, h in sizes:
        rgb = np.array([[[f((y * w + x) * 3 + c, x, y, c, w, h) & 255 for c in range(3)] for x in range(w)] for y in range(h)], np.uint8)
        picture = Image.fromarray(rgb)
        luma = np.asarray(picture.convert("L"), np.float64) / 255
        r, g, b = (rgb[..., c].astype(np.float64) for c in range(3))
        # Hasler and Suesstrunk, Measuring colourfulness in natural images, 2003: M3
        rg, yb = r - g, (r + g) / 2 - b
        m3 = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
        saturation = np.mean([colorsys.rgb_to_hsv(*(p / 255))[1] for p in rgb.reshape(-1, 3)])
        cases.append(dict(pattern=name, width=w, height=h, phash=str(imagehash.phash(picture)), brightness=luma.mean(), contrast=luma.std(),
                          mean_red=r.mean() / 255, mean_green=g.mean() / 255, mean_blue=b.mean() / 255, saturation=saturation, colourfulness=m3))
json.dump(cases, open(sys.argv[1], "w"), indent=1)
