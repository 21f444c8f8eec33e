"""Random Unicode texts and their ids by transformers' CLIPTokenizer. usage: random_texts.py TOKENIZER COUNT SEED OUT.jsonl.gz"""
import gzip, json, random, sys, unicodedata
from transformers import CLIPTokenizer

tokenizer, count, seed, out = CLIPTokenizer.from_pretrained(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
r = random.Random(seed)
WORDS = "a photo of the red blue cat don't we'll it's 3d 100% masterpiece (cat:1.2) <|endoftext|> <|startoftext|> </w> नमस्ते বিড়াল 日本 한국어 שלום".split()
RANGES = [(0x20, 0x7e), (0x20, 0x7e), (0xa0, 0x24f), (0x370, 0x5ff), (0x600, 0x6ff), (0x900, 0xdff), (0xe00, 0x11ff), (0x1e00, 0x20ff), (0x2100, 0x2bff), (0x3000, 0x30ff),
          (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xf900, 0xfdff), (0xfe00, 0xffff), (0x1f300, 0x1faff), (0x10000, 0x1ffff), (0xe0000, 0xe01ef), (0, 0x1f), (0x7f, 0x9f), (0x300, 0x36f), (0, 0x10ffff)]


def character():
    c = r.randint(*r.choice(RANGES))
    return " " if 0xd800 <= c <= 0xdfff else chr(c)


def text():
    parts = []
    for _ in range(r.randint(0, 12)):
        kind = r.random()
        parts.append(r.choice(WORDS) if kind < 0.3 else "".join(character() for _ in range(r.randint(1, 6))) if kind < 0.9 else r.choice([" ", "  ", "\t", "\n", "\u200b", "\u00a0", "\u3000", "\r\n"]))
        if r.random() < 0.5:
            parts.append(" ")
    joined = "".join(parts)
    return unicodedata.normalize(r.choice(["NFC", "NFD", "NFKC", "NFKD"]), joined) if r.random() < 0.3 else joined


with gzip.GzipFile(out, "wb", mtime=0) as f:
    for _ in range(count):
        t = text()
        ids = tokenizer(t, padding="max_length", truncation=True).input_ids
        while len(ids) > 2 and ids[-1] == ids[-2]:
            ids = ids[:-1]
        f.write((json.dumps(dict(text=t, ids=ids), ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))
