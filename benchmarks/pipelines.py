"""Renders pictures with one of the two pipelines that compare.py measures, in one process, as it is told on standard input.

usage: pipelines.py diffusers|optimum MODEL THREADS

Says on standard output what it is; then answers each request, a line of JSON with pictures, batch, steps, size and guidance,
with the seconds that it took: {"seconds": 7.1}.
"""

import json
import os
import sys
import time
from importlib.metadata import version

import diffusers
import torch

PROMPTS = [
    "a red apple on a blue background",
    "two green cars, flat style",
    "a house and a tree",
    "a smiling face, 3d style",
    "a yellow star on a purple background",
    "three small fish",
    "a cup of coffee, noto style",
    "a grey cat, twemoji style",
]


def open_diffusers(model, threads):
    torch.set_num_threads(threads)
    return diffusers.StableDiffusionPipeline.from_pretrained(model, safety_checker=None, low_cpu_mem_usage=False)


def open_optimum(model, threads):
    import onnxruntime
    from optimum.onnxruntime import ORTStableDiffusionPipeline

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return ORTStableDiffusionPipeline.from_pretrained(model, provider="CPUExecutionProvider", session_options=options, safety_checker=None)


PIPELINES = {
    "diffusers": (open_diffusers, ["diffusers", "torch", "transformers"]),
    "optimum": (open_optimum, ["optimum-onnx", "onnxruntime", "diffusers", "torch", "transformers"]),
}


def render(pipe, pictures, batch, steps, size, guidance):
    """Renders so many pictures, a batch at a time; every picture has a seed of its own, as in a dataset."""
    for first in range(0, pictures, batch):
        seeds = range(first, min(first + batch, pictures))
        pipe(
            [PROMPTS[seed % len(PROMPTS)] for seed in seeds],
            generator=[torch.Generator().manual_seed(seed) for seed in seeds],
            num_inference_steps=steps,
            guidance_scale=guidance,
            width=size,
            height=size,
        )


def main():
    name, model, threads = sys.argv[1:]
    # what the libraries print is not for the reader of the answers
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    opening, packages = PIPELINES[name]
    pipe = opening(model, int(threads))
    pipe.scheduler = diffusers.DPMSolverMultistepScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    print(json.dumps({"versions": {package: version(package) for package in packages}}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        render(pipe, **request)
        print(json.dumps({"seconds": time.perf_counter() - started}), file=answers, flush=True)


if __name__ == "__main__":
    main()
