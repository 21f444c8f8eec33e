"""Random-weight Stable Diffusion models of every layout, as diffusers saves them and as optimum exports them.
usage: tiny_exports.py TORCH_OUT ONNX_OUT   (needs optimum-onnx, diffusers, transformers 4)"""
import json, os, sys
import torch
from diffusers import (AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, LCMScheduler, LatentConsistencyModelPipeline, PNDMScheduler,
                       StableDiffusionInpaintPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from optimum.exporters.onnx import main_export
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

torch_out, onnx_out = sys.argv[1:3]
WORDS = "a red blue green cat car dog house tree sun sea photo of the an in on at with and blurry ugly drawing painting".split()
SD = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)


def tokenizer(folder, pad, length):
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
    os.makedirs(folder, exist_ok=True)
    json.dump(vocab, open(f"{folder}/vocab.json", "w"))
    open(f"{folder}/merges.txt", "w").write("#version: 0.2\n" + "\n".join(merges) + "\n")
    return CLIPTokenizer(f"{folder}/vocab.json", f"{folder}/merges.txt", pad_token=pad, model_max_length=length)


def text(cls, vocab, width, length, **more):
    config = CLIPTextConfig(vocab_size=vocab, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=3, num_attention_heads=4,
                            max_position_embeddings=length, bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=vocab - 1, **more)
    encoder = cls(config).eval()
    with torch.no_grad():
        for p in encoder.parameters():
            if p.dim() > 1:
                p.normal_(0, 0.3)
    return encoder


def unet(context, levels=2, **more):
    down = ["CrossAttnDownBlock2D"] * (levels - 1) + ["DownBlock2D"]
    options = dict(sample_size=32 if levels == 2 else 16, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=[8, 16, 16][:levels],
                   down_block_types=down, up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * (levels - 1), cross_attention_dim=context,
                   attention_head_dim=2, norm_num_groups=4)
    return lively(UNet2DConditionModel(**{**options, **more}))


def vae(levels=2, **more):
    options = dict(block_out_channels=[8, 16, 16][:levels], down_block_types=["DownEncoderBlock2D"] * levels, up_block_types=["UpDecoderBlock2D"] * levels,
                   latent_channels=4, norm_num_groups=4, layers_per_block=1, sample_size=64)
    return lively(AutoencoderKL(**{**options, **more}))


def lively(model):
    """Random weights a little larger than torch's, so that prompts, noise and timesteps all show in the picture."""
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() > 1:
                p.mul_(1.6)
    return model.eval()


def sd(name, cls, seed, scheduler, levels=2, unet_options={}, vae_options={}, text_options={}, pad="<|endoftext|>"):
    torch.manual_seed(seed)
    tok = tokenizer(f"{torch_out}/{name}/tokenizer", pad, 24)
    more = {} if cls is LatentConsistencyModelPipeline else {}
    pipe = cls(vae=vae(levels, **vae_options), text_encoder=text(CLIPTextModel, len(tok), 16, 24, **text_options), tokenizer=tok,
               unet=unet(16, levels, **unet_options), scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    finish(name, pipe)


def sdxl(name, seed):
    torch.manual_seed(seed)
    first, second = tokenizer(f"{torch_out}/{name}/tokenizer", "<|endoftext|>", 24), tokenizer(f"{torch_out}/{name}/tokenizer_2", "!", 24)
    pipe = StableDiffusionXLPipeline(
        vae=vae(2, scaling_factor=0.13025), text_encoder=text(CLIPTextModel, len(first), 16, 24),
        text_encoder_2=text(CLIPTextModelWithProjection, len(second), 16, 24, projection_dim=12, hidden_act="gelu"),
        tokenizer=first, tokenizer_2=second,
        unet=unet(32, 2, addition_embed_type="text_time", addition_time_embed_dim=4, projection_class_embeddings_input_dim=12 + 6 * 4,
                  transformer_layers_per_block=[1, 2], use_linear_projection=True, attention_head_dim=[2, 4]),
        scheduler=EulerDiscreteScheduler(**SD, timestep_spacing="leading"), force_zeros_for_empty_prompt=True)
    finish(name, pipe)


def finish(name, pipe):
    pipe.save_pretrained(f"{torch_out}/{name}")
    tasks = {"StableDiffusionInpaintPipeline": "inpainting"}
    main_export(f"{torch_out}/{name}", f"{onnx_out}/{name}", task=tasks.get(type(pipe).__name__, "text-to-image"), do_validation=False)


sd("sd1", StableDiffusionPipeline, 1, PNDMScheduler(**SD, skip_prk_steps=True, set_alpha_to_one=False))
sd("sd2", StableDiffusionPipeline, 2, DDIMScheduler(**SD, prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False), levels=3,
   unet_options=dict(use_linear_projection=True, attention_head_dim=[2, 4, 4]), text_options=dict(hidden_act="gelu"), pad="!")
sdxl("sdxl", 3)
sd("inpaint", StableDiffusionInpaintPipeline, 4, PNDMScheduler(**SD, skip_prk_steps=True, set_alpha_to_one=False), unet_options=dict(in_channels=9))
sd("lcm", LatentConsistencyModelPipeline, 5, LCMScheduler(**SD, clip_sample=False, set_alpha_to_one=True), unet_options=dict(time_cond_proj_dim=6))
sd("wide", StableDiffusionPipeline, 6, PNDMScheduler(**SD, skip_prk_steps=True, set_alpha_to_one=False), unet_options=dict(in_channels=8, out_channels=8),
   vae_options=dict(latent_channels=8, use_quant_conv=False, use_post_quant_conv=False, scaling_factor=0.5, shift_factor=0.1))
