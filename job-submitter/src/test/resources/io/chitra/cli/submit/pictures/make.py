"""Makes the pictures of this folder with Pillow. Each is 30 x 20 as stored."""

from PIL import Image

picture = Image.new("RGB", (30, 20), (200, 120, 40))


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


picture.save("plain.png")
picture.save("turned-5.png", exif=turned(5))
picture.save("upside-down-3.png", exif=turned(3))
picture.save("plain.jpg")
picture.save("progressive.jpg", progressive=True)
picture.save("turned-6.jpg", exif=turned(6))
picture.save("lossy.webp")
picture.save("lossless.webp", lossless=True)
picture.save("turned-8.webp", exif=turned(8))
picture.save("other.gif")
