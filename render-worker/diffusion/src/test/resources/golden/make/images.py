"""Pictures as files and as Pillow reads them, Pillow's resizing, and diffusers' image processor.
Needs the package webp for encoder settings that Pillow does not pass on. usage: images.py OUT_DIR"""
import base64, io, json, struct, sys, zlib
import numpy as np
import torch
import webp
from diffusers.image_processor import VaeImageProcessor
from PIL import Image, ImageOps

rng = np.random.default_rng(4)
W, H = 19, 11


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def pattern(width, height, channels):
    """The picture that the tests make by the same formula."""
    i = np.arange(width * height * channels, dtype=np.int64)
    return ((i * i * 31 + i * 7 + (i >> 3) * 13) & 255).astype(np.uint8).reshape(height, width, channels).squeeze()


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width]
    wave = [127.5 + 127.5 * np.sin(x / 5 + k) * np.cos(y / 4 + 2 * k) for k in range(3)]
    return Image.fromarray(np.stack(wave, -1).astype(np.uint8))


# ---- files ----------------------------------------------------------------------------------------------------------
files = []


def add(name, data, tolerance=0):
    """Where other decoders may differ by a few levels, the pixels; else their checksums."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    rgb, gray = image.convert("RGB").tobytes(), image.convert("L").tobytes()
    pixels = dict(tolerance=tolerance, rgb=b64(rgb)) if tolerance else dict(rgb_crc32=zlib.crc32(rgb), gray_crc32=zlib.crc32(gray))
    files.append(dict(name=name, file=b64(data), width=image.width, height=image.height, **pixels))


def save(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def rows(samples, depth):
    """samples: height x width x channels, packed into bytes row by row."""
    for row in samples:
        flat = row.reshape(-1)
        if depth == 16:
            yield flat.astype(">u2").tobytes()
        elif depth == 8:
            yield flat.astype(np.uint8).tobytes()
        else:
            bits = ((flat[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
            yield np.packbits(bits.reshape(-1)).tobytes()


def filtered(samples, depth):
    """Filters 0 to 4 by turns."""
    size = max(samples.shape[2] * depth // 8, 1)
    above, out = None, b""
    for y, row in enumerate(rows(samples, depth)):
        above = above or bytes(len(row))
        kind, line = y % 5, bytearray()
        for i, v in enumerate(row):
            a, b, c = (row[i - size] if i >= size else 0), above[i], (above[i - size] if i >= size else 0)
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line.append((v - [0, a, b, (a + b) // 2, nearest][kind]) & 255)
        out += bytes([kind]) + line
        above = row
    return out


def png(samples, depth, kind, before=b"", after=b"", interlaced=False, parts=1):
    height, width = samples.shape[:2]
    if interlaced:
        passes = [samples[y::sy, x::sx] for x, y, sx, sy in ADAM7]
        raw = b"".join(filtered(p, depth) for p in passes if p.size)
    else:
        raw = filtered(samples, depth)
    data = zlib.compress(raw)
    cuts = [len(data) * i // parts for i in range(parts + 1)]
    idat = b"".join(chunk(b"IDAT", data[a:b]) for a, b in zip(cuts, cuts[1:]))
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + idat + after + chunk(b"IEND", b"")


def samples(depth, kind, width=W, height=H, top=None):
    return rng.integers(0, top or 1 << depth, (height, width, CHANNELS[kind]))


for kind, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
    for depth in depths:
        palette = chunk(b"PLTE", bytes(rng.integers(0, 256, 3 << depth, dtype=np.uint8))) if kind == 3 else b""
        add(f"png-type{kind}-{depth}", png(samples(depth, kind), depth, kind, palette))
        add(f"png-type{kind}-{depth}-interlaced", png(samples(depth, kind), depth, kind, palette, interlaced=True))
for width, height in ((1, 1), (2, 1), (3, 5), (1, 9), (9, 1), (8, 8)):
    add(f"png-interlaced-{width}x{height}", png(samples(8, 2, width, height), 8, 2, interlaced=True))
add("png-grey-16-around-255", png(np.arange(240, 272).reshape(4, 8, 1), 16, 0))
add("png-short-palette", png(samples(8, 3, top=6), 8, 3, chunk(b"PLTE", bytes(range(10, 22)))))
add("png-palette-transparency", png(samples(2, 3), 2, 3, chunk(b"PLTE", bytes(range(20, 32))) + chunk(b"tRNS", b"\0\x80\xff")))
add("png-rgb-transparency", png(samples(8, 2, top=2), 8, 2, chunk(b"tRNS", b"\0\0\0\1\0\1")))
add("png-gamma-profile-text", png(samples(8, 2), 8, 2, chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(500))) + chunk(b"tEXt", b"a\0b")))
add("png-many-idat", png(samples(8, 2), 8, 2, parts=40))


def exif(orientation, order="<"):
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


small = smooth(8, 5)
for n in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9):
    data = np.array(small)[:]
    eXIf = chunk(b"eXIf", exif(n, "<>"[n % 2]))
    add(f"png-exif-{n}", png(data, 8, 2, *((eXIf, b"") if n % 3 else (b"", eXIf))))
    if 1 < n < 9:
        add(f"jpeg-exif-{n}", save(small, format="JPEG", quality=95, subsampling=0, exif=b"Exif\0\0" + exif(n, "><"[n % 2])), 2)
        add(f"webp-exif-{n}", save(small, format="WEBP", lossless=True, exif=exif(n)))
add("png-exif-broken", png(np.array(small), 8, 2, chunk(b"eXIf", b"II*\0\xff\xff\xff\x7f")))

photo = smooth(37, 29)
for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
    for progressive in (False, True):
        add(f"jpeg-{subsampling.replace(':', '')}{'-progressive' * progressive}", save(photo, format="JPEG", quality=90, subsampling=subsampling, progressive=progressive), 2)
add("jpeg-grey", save(photo.convert("L"), format="JPEG", quality=90), 2)
add("jpeg-restarts", save(photo, format="JPEG", quality=90, restart_marker_blocks=1), 2)
add("jpeg-profile", save(photo, format="JPEG", quality=90, subsampling=0, icc_profile=bytes(700), comment="a"), 2)
rgb = save(photo, format="JPEG", quality=90, keep_rgb=True, subsampling=0)
add("jpeg-rgb", rgb, 2)
add("jpeg-no-markers", b"\xff\xd8" + save(photo, format="JPEG", quality=90, subsampling=0)[20:], 2)
inks = Image.merge("CMYK", [*photo.split(), smooth(29, 37).transpose(Image.Transpose.ROTATE_90).convert("L")])
cmyk = save(inks, format="JPEG", quality=95, subsampling=0)
at = cmyk.index(b"Adobe")
add("jpeg-cmyk", cmyk, 2)
add("jpeg-ycck", cmyk[: at + 11] + b"\2" + cmyk[at + 12 :], 2)
add("jpeg-cmyk-unmarked", cmyk[: at - 4] + cmyk[at + 12 :], 2)

alpha = photo.copy()
alpha.putalpha(smooth(29, 37).transpose(Image.Transpose.ROTATE_90).convert("L"))
add("webp-lossless", save(photo, format="WEBP", lossless=True))
add("webp-lossless-noise", save(Image.fromarray(rng.integers(0, 256, (13, 21, 3), dtype=np.uint8)), format="WEBP", lossless=True))
add("webp-lossless-alpha", save(alpha, format="WEBP", lossless=True, exact=True))
for colours in (2, 4, 16, 200):
    indexes = rng.integers(0, colours, (23, 31))
    palette = rng.integers(0, 256, (colours, 3), dtype=np.uint8)
    add(f"webp-lossless-{colours}-colours", save(Image.fromarray(palette[indexes]), format="WEBP", lossless=True))
grey = photo.convert("L").convert("RGB")
for quality in (10, 75, 100):
    add(f"webp-lossy-grey-{quality}", save(grey, format="WEBP", quality=quality))
    add(f"webp-lossy-{quality}", save(photo, format="WEBP", quality=quality))
add("webp-lossy-alpha", save(alpha, format="WEBP", quality=80, exact=True))
add("webp-lossy-profile", save(photo, format="WEBP", quality=80, icc_profile=bytes(300), xmp=b"<x/>"))


def encoded(image, partitions=0, **settings):
    config = webp.WebPConfig.new(quality=settings.pop("quality", 75), lossless=settings.pop("lossless", False))
    for name, value in settings.items():
        setattr(config.ptr, name, value)
    webp.ffi.cast("int *", config.ptr)[18] = partitions  # log2 of their number
    picture = webp.WebPPicture.from_pil(image)
    picture.ptr.use_argb = config.ptr.lossless
    return bytes(picture.encode(config).buffer())


noisy = Image.fromarray(np.clip(np.array(smooth(70, 52)).astype(int) + rng.normal(0, 25, (52, 70, 3)), 0, 255).astype(np.uint8))
add("webp-lossy-simple-filter", encoded(noisy, filter_type=0, filter_strength=80, filter_sharpness=3, quality=20))
add("webp-lossy-sharp", encoded(noisy, filter_type=1, filter_strength=100, filter_sharpness=7, quality=5))
add("webp-lossy-no-filter", encoded(noisy, filter_strength=0))
add("webp-lossy-segments", encoded(noisy, segments=4, sns_strength=100, quality=40, method=6))
add("webp-lossy-one-segment", encoded(noisy, segments=1, sns_strength=0, method=0, quality=0))
add("webp-lossy-8-partitions", encoded(noisy, partitions=3, quality=60))
add("webp-lossless-best", encoded(noisy, lossless=True, method=6, quality=100))
add("webp-lossless-fast", encoded(noisy, lossless=True, method=0, quality=0))

# ---- resizing -------------------------------------------------------------------------------------------------------
resized = []
for (w, h), (to_w, to_h), channels in [
    ((40, 30), (64, 64), 3), ((64, 48), (24, 16), 3), ((31, 17), (17, 31), 3), ((13, 7), (13, 7), 3), ((13, 7), (13, 20), 3),
    ((13, 7), (5, 7), 3), ((1, 1), (8, 5), 3), ((1, 9), (7, 3), 3), ((9, 1), (3, 7), 3), ((33, 21), (1, 1), 3), ((2, 2), (3, 3), 3),
    ((40, 30), (64, 64), 1), ((64, 48), (24, 16), 1), ((31, 17), (8, 40), 1), ((1, 1), (3, 3), 1), ((1000, 700), (512, 512), 3),
    ((40, 30), (50, 20), 3), ((37, 29), (32, 16), 1),
    ((40, 26), (38, 21), 1), ((40, 26), (38, 22), 1), ((500, 1100), (768, 512), 1), ((3, 2000), (64, 64), 3)]:
    image = Image.fromarray(pattern(w, h, channels).reshape((h, w, 3) if channels == 3 else (h, w)))
    pixels = image.resize((to_w, to_h), Image.LANCZOS).tobytes()
    case = dict(width=w, height=h, channels=channels, to_width=to_w, to_height=to_h, crc32=zlib.crc32(pixels))
    if len(pixels) < 5000:
        case["pixels"] = b64(pixels)
    resized.append(case)

# ---- tensors --------------------------------------------------------------------------------------------------------
tensors = []
for (w, h), (mask_w, mask_h), (to_w, to_h), (latent_w, latent_h) in [
    ((40, 24), (37, 29), (32, 16), (4, 2)), ((16, 16), (16, 16), (16, 16), (2, 2)), ((9, 21), (21, 9), (24, 24), (7, 5))]:
    image = Image.fromarray(pattern(w, h, 3))
    mask_image = Image.fromarray(pattern(mask_w, mask_h, 1).reshape(mask_h, mask_w))
    init = VaeImageProcessor(vae_scale_factor=8).preprocess(image, height=to_h, width=to_w)
    mask = VaeImageProcessor(vae_scale_factor=8, do_normalize=False, do_binarize=True, do_convert_grayscale=True).preprocess(mask_image, height=to_h, width=to_w)
    latent = torch.nn.functional.interpolate(mask, size=(latent_h, latent_w))
    tensors.append(dict(
        width=w, height=h, mask_width=mask_w, mask_height=mask_h, to_width=to_w, to_height=to_h, latent_width=latent_w, latent_height=latent_h,
        image=b64(init.numpy().astype(">f4").tobytes()), mask=b64(mask.numpy().astype(np.uint8).tobytes()), latent_mask=b64(latent.numpy().astype(np.uint8).tobytes()),
        masked_image=b64((init * (mask < 0.5)).numpy().astype(">f4").tobytes())))

out = sys.argv[1]
for name, content in (("files", files), ("resized", resized), ("tensors", tensors)):
    with open(f"{out}/{name}.json", "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(c) for c in content) + "\n]\n")
