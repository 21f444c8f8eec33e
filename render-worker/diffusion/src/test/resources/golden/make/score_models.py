"""Random-weight models that score pictures, as optimum exports them, and what transformers says with them.
usage: score_models.py OUT   (needs transformers 4.57, optimum-onnx, pillow 13)"""
import base64, json, os, shutil, sys, tempfile
import numpy as np
import torch
from optimum.exporters.onnx import main_export
from PIL import Image
from transformers import (BitImageProcessor, CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer, CLIPVisionConfig,
                          CLIPVisionModel, Dinov2Config, Dinov2Model, SiglipImageProcessor, ViTConfig, ViTForImageClassification,
                          ViTImageProcessor)

out = sys.argv[1]
SIDE = 24
WORDS = "a red blue green cat car dog house tree sun sea photo of the an in on at with and".split()
PROMPTS = ["a red cat", "a photo of the blue house in the sun", "Sea; sea, SEA!", "", " ".join(["a green tree with the dog and"] * 5)]
SIZES = [(24, 24), (48, 40), (40, 64), (37, 53), (200, 90)]


def noise(w, h):
    i = np.arange(3 * w * h, dtype=np.int64)
    return Image.fromarray(((i * i * 31 + i * 7 + (i >> 3) * 13) & 255).astype(np.uint8).reshape(h, w, 3))


def gradient(w, h):
    y, x = np.mgrid[:h, :w]
    return Image.fromarray(np.stack([x * 255 // (w - 1), y * 255 // (h - 1), (x + y) * 255 // (w + h - 2)], -1).astype(np.uint8))


PICTURES = [(f, w, h) for f in ("noise", "gradient") for w, h in SIZES]


def floats(values):
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def tokenizer(folder, length):
    """Bytes, and merges that make whole words of WORDS."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(b) for b in printable] + [chr(256 + n) for n in range(256 - len(printable))]
    tokens, merges = [*symbols, *(s + "</w>" for s in symbols)], []
    for word in WORDS:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            if (pair := f"{parts[0]} {parts[1]}") not in merges:
                merges.append(pair)
            parts[:2] = [parts[0] + parts[1]]
            if parts[0] not in tokens:
                tokens.append(parts[0])
    vocab = {t: i for i, t in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}
    json.dump(vocab, open(f"{folder}/vocab.json", "w"))
    open(f"{folder}/merges.txt", "w").write("#version: 0.2\n" + "\n".join(merges) + "\n")
    return CLIPTokenizer(f"{folder}/vocab.json", f"{folder}/merges.txt", model_max_length=length)


def lively(model):
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() > 1:
                p.normal_(0, 0.3)
    return model.eval()


def export(model, processors, name, task):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        for processor in processors:
            processor.save_pretrained(folder)
        to = f"{out}/{name}"
        shutil.rmtree(to, ignore_errors=True)
        main_export(folder, to, task=task, do_validation=False)
        for spare in os.listdir(to):
            if spare not in ("model.onnx", "config.json", "preprocessor_config.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt"):
                os.remove(f"{to}/{spare}")
        print(name, {f: os.path.getsize(f"{to}/{f}") for f in os.listdir(to)})


torch.manual_seed(7)
vision = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=SIDE, patch_size=8)
clip_images = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
golden = {"processors": [], "clip": [], "classifier": [], "embedders": {}}
with tempfile.TemporaryDirectory() as folder:
    words = tokenizer(folder, 16)
    text = dict(vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=16,
                bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id)
    clip = lively(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=12)))
    processor = CLIPProcessor(clip_images, words)
    export(clip, [processor], "clip", "zero-shot-image-classification")
    for pattern, w, h in PICTURES:
        for prompt in PROMPTS:
            inputs = processor(text=[prompt], images=globals()[pattern](w, h), return_tensors="pt", padding=True, truncation=True)
            with torch.no_grad():
                both = clip(**inputs)
            golden["clip"].append(dict(pattern=pattern, width=w, height=h, prompt=prompt, score=(100 * both.logits_per_image / clip.logit_scale.exp()).item()))

labels = {0: "normal", 1: "nsfw", 2: "drawing"}
classifier = lively(ViTForImageClassification(ViTConfig(**vision, id2label=labels, label2id={v: k for k, v in labels.items()})))
vit_images = ViTImageProcessor(size={"height": SIDE, "width": SIDE})
export(classifier, [vit_images], "classifier", "image-classification")
embedders = {"clip-vision": (lively(CLIPVisionModel(CLIPVisionConfig(**vision))), clip_images, "feature-extraction"),
             "dino": (lively(Dinov2Model(Dinov2Config(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=2, image_size=SIDE, patch_size=8))),
                      BitImageProcessor(size={"shortest_edge": SIDE + 4}, crop_size={"height": SIDE, "width": SIDE}, image_mean=[.485, .456, .406],
                                        image_std=[.229, .224, .225]), "feature-extraction")}
for name, (model, images, task) in embedders.items():
    export(model, [images], name, task)
    golden["embedders"][name] = []
for pattern, w, h in PICTURES:
    picture = globals()[pattern](w, h)
    at = dict(pattern=pattern, width=w, height=h)
    with torch.no_grad():
        p = classifier(**vit_images(picture, return_tensors="pt")).logits.softmax(-1)[0]
        golden["classifier"].append(dict(**at, probabilities={labels[i]: p[i].item() for i in labels}))
        for name, (model, images, _) in embedders.items():
            # Dinov2's is its first token
            vector = model(**images(picture, return_tensors="pt")).pooler_output
            golden["embedders"][name].append(dict(**at, embedding=vector[0].tolist()))
        whole = clip.get_image_features(**clip_images(picture, return_tensors="pt"))
        golden["embedders"].setdefault("clip", []).append(dict(**at, embedding=whole[0].tolist()))
    for images in (clip_images, vit_images, embedders["dino"][1], SiglipImageProcessor(size={"height": 20, "width": 28}),
                   CLIPImageProcessor(size={"shortest_edge": 20}, crop_size={"height": 18, "width": 14}, do_normalize=False, resample=2),
                   CLIPImageProcessor(size={"shortest_edge": 20}, crop_size={"height": 18, "width": 14}, do_rescale=False, resample=1, image_mean=[100, 120, 140],
                                      image_std=[50, 60, 70])):
        pixels = images(picture, return_tensors="np")["pixel_values"][0]
        golden["processors"].append(dict(**at, config=json.loads(images.to_json_string()), shape=list(pixels.shape), pixel_values=floats(pixels)))
json.dump(golden, open(f"{out}/golden.json", "w"), separators=(",\n", ": "))
