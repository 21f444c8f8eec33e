"""The pictures that diffusers (PyTorch, CPU, float32) makes of jobs for models that tiny_exports.py has made.
usage: layout_pictures.py TORCH_MODELS GOLDEN   reads GOLDEN/jobs.jsonl and GOLDEN/loras (needs peft), writes GOLDEN/expected/<id>.png and GOLDEN/inputs/*.png"""
import functools, json, os, sys
import diffusers, numpy as np, torch
from PIL import Image, ImageDraw

models, golden = sys.argv[1:3]
NAMES = dict(ddim=("DDIMScheduler", {}), pndm=("PNDMScheduler", {}), euler=("EulerDiscreteScheduler", {}), euler_a=("EulerAncestralDiscreteScheduler", {}),
             heun=("HeunDiscreteScheduler", {}), dpmpp_2m=("DPMSolverMultistepScheduler", {}), unipc=("UniPCMultistepScheduler", {}), lcm=("LCMScheduler", {}),
             dpmpp_2m_karras=("DPMSolverMultistepScheduler", dict(use_karras_sigmas=True)),
             dpmpp_2m_sde=("DPMSolverMultistepScheduler", dict(algorithm_type="sde-dpmsolver++")))
PLAIN = ["prompt", "negative_prompt", "prompt_2", "negative_prompt_2", "num_inference_steps", "guidance_scale", "guidance_rescale", "eta", "strength",
         "timesteps", "original_size", "target_size", "crops_coords_top_left"]


def picture(width, height, seed):
    r = np.random.default_rng(seed)
    colour = lambda: tuple(int(v) for v in r.integers(0, 255, 3))
    image = Image.new("RGB", (width, height), colour())
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y, s = int(r.integers(0, width)), int(r.integers(0, height)), int(r.integers(width // 8, width // 2))
        draw.ellipse([x - s // 2, y - s // 2, x + s // 2, y + s // 2], fill=colour())
    return image


def given(name, make):
    path = f"{golden}/inputs/{name}"
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        make().save(path)
    return Image.open(path)


def mask(width, height):
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).ellipse([width // 4, height // 4, 3 * width // 4, 3 * height // 4], fill=255)
    return image


@functools.cache
def pipeline(model, task):
    index = json.load(open(f"{models}/{model}/model_index.json"))["_class_name"]
    kind = "StableDiffusionXL" if "XL" in index else "StableDiffusion"
    if index == "LatentConsistencyModelPipeline":
        name = {"text": index, "image": "LatentConsistencyModelImg2ImgPipeline"}[task]
    else:
        name = kind + {"text": "Pipeline", "image": "Img2ImgPipeline", "mask": "InpaintPipeline"}[task]
    extra = {} if kind == "StableDiffusionXL" else dict(safety_checker=None, requires_safety_checker=False)
    pipe = getattr(diffusers, name).from_pretrained(f"{models}/{model}", **extra)
    return pipe, pipe.scheduler


os.makedirs(f"{golden}/expected", exist_ok=True)
for line in open(f"{golden}/jobs.jsonl"):
    job = json.loads(line)
    task = "mask" if "mask_image" in job else "image" if "image" in job else "text"
    pipe, own = pipeline(job["model"], task)
    pipe.set_progress_bar_config(disable=True)
    name, options = NAMES[job["scheduler"]] if "scheduler" in job else (type(own).__name__, {})
    pipe.scheduler = getattr(diffusers, name).from_config(own.config, **options)
    size = dict(width=job["width"], height=job["height"])
    options = {k: job[k] for k in PLAIN if k in job}
    for k in ("original_size", "target_size", "crops_coords_top_left"):
        if k in options:
            options[k] = tuple(options[k])
    if task != "image":
        options.update(size)
    if "image" in job:
        image = given(job["image"], lambda: picture(job.get("image_width", job["width"]), job.get("image_height", job["height"]), len(job["image"]))).convert("RGB")
        options["image"] = image if task == "mask" else image.resize((job["width"], job["height"]), Image.LANCZOS)
    if "mask_image" in job:
        options["mask_image"] = given(job["mask_image"], lambda: mask(job["width"], job["height"])).convert("L")
    if "timesteps" in options:
        del options["num_inference_steps"]
    for i, lora in enumerate(job.get("loras", [])):
        pipe.load_lora_weights(f"{golden}/loras/{lora['path']}", adapter_name=f"lora{i}")
    if "loras" in job:
        pipe.set_adapters([f"lora{i}" for i in range(len(job["loras"]))], [lora["scale"] for lora in job["loras"]])
    made = pipe(**options, generator=torch.Generator("cpu").manual_seed(job["seed"])).images[0]
    if "loras" in job:
        pipe.unload_lora_weights()
    made.save(f"{golden}/expected/{job['id']}.png")
    a = np.asarray(made).astype(int)
    print(job["id"], a.shape, a.min(), a.max(), round(a.std(), 1), flush=True)
