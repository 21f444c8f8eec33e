"""The topology of Stable Diffusion 1.5 with random weights: saved, exported by optimum with external data, and one picture of it by diffusers.
Takes about 12 GiB of memory. usage: full_size.py TORCH_OUT ONNX_OUT PICTURE.png   (needs optimum-onnx, diffusers, transformers 4)"""
import shutil, sys
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from optimum.exporters.onnx import main_export
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

torch_out, onnx_out, picture, tokenizer = sys.argv[1:5]
torch.manual_seed(15)
tok = CLIPTokenizer.from_pretrained(tokenizer)
pipe = StableDiffusionPipeline(
    vae=AutoencoderKL(block_out_channels=[128, 256, 512, 512], down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
                      layers_per_block=2, latent_channels=4, sample_size=512),
    text_encoder=CLIPTextModel(CLIPTextConfig(vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                                              max_position_embeddings=tok.model_max_length, eos_token_id=tok.eos_token_id)),
    tokenizer=tok, unet=UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8),
    scheduler=DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1),
    safety_checker=None, feature_extractor=None, requires_safety_checker=False)
for part in (pipe.unet, pipe.vae, pipe.text_encoder):
    part.eval()
pipe.save_pretrained(torch_out)
image = pipe("a red cat", num_inference_steps=2, guidance_scale=5, width=256, height=256, generator=torch.Generator("cpu").manual_seed(1)).images[0]
image.save(picture)
del pipe
main_export(torch_out, onnx_out, task="text-to-image", do_validation=False)
shutil.rmtree(torch_out)
