"""LoRAs of random weights for the models of tiny_exports.py (PEFT keys), as diffusers saves them. usage: layout_loras.py TORCH_MODELS OUT   (needs peft)"""
import sys
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

models, out = sys.argv[1:3]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj"]


def trained(module, targets, seed, rank):
    """As if it were trained: PEFT begins with zeros."""
    module.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=targets), adapter_name="a")
    r = torch.Generator().manual_seed(seed)
    state = get_peft_model_state_dict(module, adapter_name="a")
    return {k: 0.3 * torch.randn(v.shape, generator=r) for k, v in state.items()}


def save(name, kind, model, targets, seed, rank):
    pipe = kind.from_pretrained(f"{models}/{model}")
    parts = dict(unet_lora_layers=trained(pipe.unet, targets, seed, rank), text_encoder_lora_layers=trained(pipe.text_encoder, TEXT, seed + 1, rank))
    if kind is StableDiffusionXLPipeline:
        parts["text_encoder_2_lora_layers"] = trained(pipe.text_encoder_2, TEXT, seed + 2, rank)
    kind.save_lora_weights(out, weight_name=f"{name}.safetensors", **parts)


save("sd1-style", StableDiffusionPipeline, "sd1", ["to_q", "to_k", "to_v", "to_out.0"], 1, 2)
save("sd1-object", StableDiffusionPipeline, "sd1", ["to_q", "to_v", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"], 2, 3)
save("sdxl-style", StableDiffusionXLPipeline, "sdxl", ["to_q", "to_k", "to_v", "to_out.0", "ff.net.2"], 3, 2)
