"""The starter model for diffusers: its weights, taken out of the ONNX graphs, in PyTorch modules.

usage: to_diffusers.py OUT [--model FOLDER] [--goldens FOLDER]

Writes the folder OUT, which StableDiffusionPipeline.from_pretrained opens, and renders golden pictures with it: when a pixel
of one is off by more than 1 level of 255 it is not the same model, and that is an error.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import onnx
import torch
from diffusers import AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, StableDiffusionPipeline, UNet2DConditionModel
from onnx import numpy_helper
from PIL import Image
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

WORKER = Path(__file__).resolve().parent.parent / "render-worker"

# The parameter that a node's constant input is, by the input's place.
ROLES = {
    "Add": {0: "bias", 1: "bias"},
    "Conv": {1: "weight", 2: "bias"},
    "Gather": {0: "weight"},
    "Gemm": {1: "weight", 2: "bias"},
    "LayerNormalization": {1: "weight", 2: "bias"},
    "MatMul": {1: "weight"},
    "Mul": {1: "weight"},
}

GOLDEN_JOBS = {"car-ddim": DDIMScheduler, "car-dpmpp_2m": DPMSolverMultistepScheduler}


def parameters(file):
    """Name and value of every parameter in a graph. Weights are stored as int8 or float16, and widened by Cast and Mul."""
    graph = onnx.load(file).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type in ("Cast", "Mul") and all(name in values for name in node.input):
            values[node.output[0]] = math.prod(values[name].astype(np.float32) for name in node.input)
            continue
        module = ".".join(node.name.strip("/").removeprefix("m/").split("/")[:-1])
        for place, role in ROLES.get(node.op_type, {}).items():
            if place < len(node.input) and node.input[place] in values:
                value = values[node.input[place]].astype(np.float32)
                yield f"{module}.{role}", value.T if node.op_type == "MatMul" else value


def filled(module, *files):
    """A module with every one of its parameters set from these graphs."""
    missing = dict(module.named_parameters())
    with torch.no_grad():
        for file in files:
            for name, value in parameters(file):
                if name in missing:
                    parameter = missing.pop(name)
                    parameter.copy_(torch.tensor(value).reshape(parameter.shape))
    if missing:
        raise SystemExit(f"Cannot fill {type(module).__name__} from {', '.join(map(str, files))}: no value for {', '.join(missing)}")
    return module.eval()


def config(model, part):
    return json.loads((model / part / "config.json").read_text())


def pipeline(model):
    return StableDiffusionPipeline(
        vae=filled(
            AutoencoderKL.from_config(config(model, "vae_decoder")),
            model / "vae_decoder/model.onnx",
            model / "vae_encoder/model.onnx",
        ),
        text_encoder=filled(CLIPTextModel(CLIPTextConfig(**config(model, "text_encoder"))), model / "text_encoder/model.onnx"),
        tokenizer=CLIPTokenizer.from_pretrained(model / "tokenizer"),
        unet=filled(UNet2DConditionModel.from_config(config(model, "unet")), model / "unet/model.onnx"),
        scheduler=DDIMScheduler.from_pretrained(model / "scheduler"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def check(pipe, goldens):
    """Renders golden jobs and compares the pictures pixel by pixel."""
    own = pipe.scheduler.config
    pipe.set_progress_bar_config(disable=True)
    for line in (goldens / "jobs-starter.jsonl").read_text().splitlines():
        job = json.loads(line)
        if job["id"] not in GOLDEN_JOBS:
            continue
        pipe.scheduler = GOLDEN_JOBS[job["id"]].from_config(own)
        settings = {key: job[key] for key in ("prompt", "num_inference_steps", "guidance_scale", "width", "height")}
        rendered = pipe(**settings, generator=torch.Generator().manual_seed(job["seed"])).images[0]
        golden = Image.open(goldens / "expected" / f"{job['id']}-0.png").convert("RGB")
        levels = int(np.abs(np.asarray(rendered, np.int16) - np.asarray(golden, np.int16)).max())
        if levels > 1:
            raise SystemExit(f"Cannot use these weights: {job['id']} is off by {levels} levels from the golden picture, and 1 is allowed")
        print(f"{job['id']}: at most {levels} of 255 levels from the golden picture")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--model", type=Path, default=WORKER / "starter-model/src/main/resources/io/chitra/starter/model")
    options.add_argument("--goldens", type=Path, default=WORKER / "diffusion/src/test/resources/golden/starter")
    chosen = options.parse_args()
    pipe = pipeline(chosen.model)
    pipe.save_pretrained(chosen.out)
    check(StableDiffusionPipeline.from_pretrained(chosen.out, low_cpu_mem_usage=False), chosen.goldens)


if __name__ == "__main__":
    main()
