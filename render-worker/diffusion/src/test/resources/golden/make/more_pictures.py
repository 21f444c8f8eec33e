"""Reference pictures of an ONNX model by diffusers' own pipeline and schedulers, with ONNX Runtime behind its modules.
usage: more_pictures.py MODEL JOBS.jsonl OUT"""
import json, sys
import diffusers, numpy as np, onnxruntime as ort, torch
from transformers import CLIPTokenizer

model, jobs, out = sys.argv[1:4]
NAMES = dict(ddim="DDIMScheduler", euler="EulerDiscreteScheduler", dpmpp_2m="DPMSolverMultistepScheduler")


class Part(torch.nn.Module):
    def __init__(self, name):
        super().__init__()
        self.session = ort.InferenceSession(f"{model}/{name}/model.onnx", providers=["CPUExecutionProvider"])
        self.config = diffusers.configuration_utils.FrozenDict(json.load(open(f"{model}/{name}/config.json")))
        self.inputs = {i.name: np.float16 if "float16" in i.type else np.float32 if "float" in i.type else np.int32 if "int32" in i.type else np.int64 for i in self.session.get_inputs()}
        self.shapes = {i.name: i.shape for i in self.session.get_inputs()}

    dtype = torch.float32
    device = torch.device("cpu")

    def run(self, **values):
        return torch.from_numpy(self.session.run(None, {k: v.numpy().astype(self.inputs[k]) for k, v in values.items()})[0].astype(np.float32))


class TextEncoder(Part):
    def forward(self, ids, attention_mask=None):
        return (self.run(input_ids=ids),)


class UNet(Part):
    def forward(self, sample, t, encoder_hidden_states, **_):
        shape = self.shapes["timestep"]
        time = t.expand(sample.shape[0]) if shape == self.shapes["sample"][:1] else t.reshape([1] * len(shape))
        return (self.run(sample=sample, timestep=time, encoder_hidden_states=encoder_hidden_states),)


class Vae(Part):
    def decode(self, latents, **_):
        return (self.run(latent_sample=latents),)


config = json.load(open(f"{model}/scheduler/scheduler_config.json"))
pipe = diffusers.StableDiffusionPipeline(
    vae=Vae("vae_decoder"), text_encoder=TextEncoder("text_encoder"), tokenizer=CLIPTokenizer.from_pretrained(f"{model}/tokenizer"), unet=UNet("unet"),
    scheduler=getattr(diffusers, config["_class_name"]).from_config(config), safety_checker=None, feature_extractor=None, requires_safety_checker=False)
pipe.set_progress_bar_config(disable=True)
own = pipe.scheduler
for job in map(json.loads, open(jobs)):
    name = NAMES[job["scheduler"]] if "scheduler" in job else type(own).__name__
    pipe.scheduler = getattr(diffusers, name).from_config(own.config)
    arguments = {k: job[k] for k in ("prompt", "negative_prompt", "num_inference_steps", "guidance_scale", "width", "height") if k in job}
    image = pipe(**arguments, generator=torch.Generator("cpu").manual_seed(job["seed"])).images[0]
    image.save(f"{out}/{job['id']}-0.png")
    print(job["id"], flush=True)
