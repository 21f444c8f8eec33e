"""A model as optimum exports it, for `chitra bench --model`: Stable Diffusion 1's layout in the starter model's sizes.

usage: export.py OUT [--model FOLDER] [--seed N]

Its weights are random numbers of a fixed seed: it draws nothing, and takes as long as one that does. Runs in the environment
of requirements-optimum.txt.
"""

import argparse
import json
import tempfile
from pathlib import Path

import torch
from diffusers import AutoencoderKL, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from optimum.exporters.onnx import main_export
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

STARTER = Path(__file__).resolve().parent.parent / "render-worker/starter-model/src/main/resources/io/chitra/starter/model"


def pipeline(sizes, seed):
    def config(part):
        return json.loads((sizes / part / "config.json").read_text())

    torch.manual_seed(seed)
    return StableDiffusionPipeline(
        vae=AutoencoderKL.from_config(config("vae_decoder")).eval(),
        text_encoder=CLIPTextModel(CLIPTextConfig(**config("text_encoder"))).eval(),
        tokenizer=CLIPTokenizer.from_pretrained(sizes / "tokenizer"),
        unet=UNet2DConditionModel.from_config(config("unet")).eval(),
        # as Stable Diffusion 1.5 has it
        scheduler=PNDMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--model", type=Path, default=STARTER, help="whose sizes it has (default: the starter model)")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as saved:
        pipeline(chosen.model, chosen.seed).save_pretrained(saved)
        main_export(saved, chosen.out, task="text-to-image", do_validation=False)


if __name__ == "__main__":
    main()
