"""Writes jobs.jsonl for layout_pictures.py: every scheduler and task on every layout. usage: layout_jobs.py > jobs.jsonl"""
import json

SCHEDULERS = ["ddim", "pndm", "euler", "euler_a", "heun", "dpmpp_2m", "dpmpp_2m_karras", "dpmpp_2m_sde", "unipc", "lcm"]
PROMPTS = ["a red cat", "photo of a green house in the sun", "নীল বিড়াল", "a drawing of an ugly dog, on a blue tree! 🌳", ""]
SIZES = [(64, 64), (48, 64), (64, 40)]
count = 0


def job(id, model, **fields):
    global count
    count += 1
    width, height = SIZES[count % 3]
    base = dict(id=id, model=model, prompt=PROMPTS[count % 5], num_inference_steps=4 + count % 4, guidance_scale=[5, 7.5, 3][count % 3],
                seed=1000 * count + 7, width=width, height=height)
    if "image" in fields:
        fields["image"] = f"{width}x{height}-{fields['image']}.png"
    if "mask_image" in fields:
        fields["mask_image"] = f"mask-{width}x{height}.png"
    print(json.dumps({**base, **fields}, ensure_ascii=False))


for s in SCHEDULERS:
    job(f"sd1-{s}", "sd1", scheduler=s)
    job(f"sd2-{s}", "sd2", scheduler=s)
    job(f"sdxl-{s}", "sdxl", scheduler=s)
    job(f"sd1-img2img-{s}", "sd1", scheduler=s, image="a", strength=0.75)
    job(f"sd2-img2img-{s}", "sd2", scheduler=s, image="b", strength=0.5)
    job(f"sdxl-img2img-{s}", "sdxl", scheduler=s, image="c", strength=0.6)
    job(f"sd1-inpaint-{s}", "sd1", scheduler=s, image="a", mask_image="m", strength=0.8)
    job(f"inpaint-{s}", "inpaint", scheduler=s, image="b", mask_image="m", strength=1.0)
    job(f"sdxl-inpaint-{s}", "sdxl", scheduler=s, image="a", mask_image="m", strength=0.7)
job("sd1-own-scheduler", "sd1")
job("sd1-no-guidance", "sd1", guidance_scale=1)
job("sd1-negative", "sd1", negative_prompt="ugly blurry", scheduler="euler")
job("sd1-long", "sd1", prompt="a red blue green cat " * 20, scheduler="ddim")
job("sd1-rescale", "sd1", guidance_rescale=0.7, guidance_scale=9, scheduler="ddim")
job("sd1-eta", "sd1", eta=0.6, scheduler="ddim")
job("sd1-eta-img2img", "sd1", eta=1.0, scheduler="ddim", image="a", strength=0.8)
job("sd1-timesteps", "sd1", timesteps=[999, 700, 420, 101], scheduler="euler")
job("sd1-timesteps-dpm", "sd1", timesteps=[950, 600, 300, 50], scheduler="dpmpp_2m")
job("sd1-inpaint-full", "sd1", image="b", mask_image="m", strength=1.0, scheduler="euler_a")
job("sd1-weak", "sd1", image="c", strength=0.25, scheduler="heun", num_inference_steps=8)
job("sd2-rescale", "sd2", guidance_rescale=0.5, scheduler="ddim")
job("sd2-odd", "sd2", width=72, height=88, scheduler="euler")
job("sd2-odd-2", "sd2", width=56, height=72, scheduler="dpmpp_2m")
job("sd2-odd-img2img", "sd2", width=44, height=60, image="odd", image_width=47, image_height=61, strength=0.9, scheduler="ddim")
job("inpaint-weak", "inpaint", image="a", mask_image="m", strength=0.6, scheduler="ddim")
job("inpaint-weak-sde", "inpaint", image="c", mask_image="m", strength=0.5, scheduler="dpmpp_2m_sde", num_inference_steps=8)
job("sdxl-empty-negative", "sdxl", negative_prompt="")
job("sdxl-negative", "sdxl", negative_prompt="ugly", negative_prompt_2="blurry")
job("sdxl-two-prompts", "sdxl", prompt_2="a blue sea")
job("sdxl-negative-2-only", "sdxl", negative_prompt_2="blurry")
job("sdxl-sizes", "sdxl", original_size=[300, 200], target_size=[128, 96], crops_coords_top_left=[10, 20])
job("sdxl-sizes-img2img", "sdxl", original_size=[300, 200], target_size=[128, 96], crops_coords_top_left=[10, 20], image="a", strength=0.7, scheduler="ddim")
job("sdxl-rescale", "sdxl", guidance_rescale=0.4, scheduler="dpmpp_2m")
job("sdxl-turbo", "sdxl", guidance_scale=0, num_inference_steps=1, scheduler="euler_a")
job("sdxl-inpaint-full", "sdxl", image="c", mask_image="m", strength=1.0, scheduler="ddim")
style, thing = "sd1-style.safetensors", "sd1-object.safetensors"
for scale in (0, 0.5, 1):
    job(f"sd1-lora-{scale}", "sd1", loras=[dict(path=style, scale=scale)], scheduler="ddim")
job("sd1-lora-two", "sd1", loras=[dict(path=style, scale=0.7), dict(path=thing, scale=0.4)], scheduler="euler")
job("sd1-lora-negative-scale", "sd1", loras=[dict(path=thing, scale=-0.5)], scheduler="ddim")
job("sdxl-lora", "sdxl", loras=[dict(path="sdxl-style.safetensors", scale=0.8)])
job("lcm", "lcm", guidance_scale=8.5, num_inference_steps=4)
job("lcm-one-step", "lcm", guidance_scale=1.5, num_inference_steps=1)
job("lcm-img2img", "lcm", image="a", strength=0.7, guidance_scale=8, num_inference_steps=3)
job("wide", "wide")
job("wide-img2img", "wide", image="b", strength=0.7, scheduler="euler")
