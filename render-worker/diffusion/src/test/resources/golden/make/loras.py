"""Tiny models as exporters give them, LoRAs for them in every key format, and what diffusers makes of both.
usage, one after the other (exporting and reference need other versions of transformers):
  loras.py models WORK TOKENIZER   diffusers, transformers 4, optimum-onnx: pipelines in PyTorch and their exports
  loras.py goldens WORK OUT        diffusers, transformers 5, peft, onnxscript: other exports, LoRAs, expected outputs
Weights are multiples of 1/32, so that the files compress well."""
import gzip, json, os, sys
import torch

MODELS = ["sd1", "sd2", "inpaint", "lcm", "sdxl"]


def coarse(module, seed):
    """Few different values in every weight."""
    r = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.round(32 * p * (1 + 0.1 * torch.randn(p.shape, generator=r))) / 32)
    return module.eval()


def models(work, tokenizer):
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, LatentConsistencyModelPipeline, LCMScheduler, PNDMScheduler
    from diffusers import StableDiffusionInpaintPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
    from optimum.exporters.onnx import main_export
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

    torch.manual_seed(0)
    tokenizer = CLIPTokenizer.from_pretrained(tokenizer)
    no_checker = dict(safety_checker=None, feature_extractor=None, requires_safety_checker=False)

    def text_encoder(kind=CLIPTextModel, act="quick_gelu"):
        return coarse(kind(CLIPTextConfig(vocab_size=100, hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=77, projection_dim=8, hidden_act=act, bos_token_id=98, eos_token_id=99, pad_token_id=99)), 1)

    def unet(**kwargs):
        config = dict(sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 8), norm_num_groups=4, attention_head_dim=2, cross_attention_dim=8, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
        return coarse(UNet2DConditionModel(**config | kwargs), 2)

    def save(name, kind, scheduler, **parts):
        vae = AutoencoderKL(block_out_channels=(4, 4), norm_num_groups=2, down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, sample_size=16)
        kind(vae=vae, tokenizer=tokenizer, scheduler=scheduler(), **parts).save_pretrained(f"{work}/torch/{name}")
        main_export(f"{work}/torch/{name}", f"{work}/onnx/{name}", task="inpainting" if name == "inpaint" else "text-to-image")

    three = dict(block_out_channels=(8, 8, 8), down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"))
    save("sd1", StableDiffusionPipeline, PNDMScheduler, unet=unet(**three), text_encoder=text_encoder(), **no_checker)
    save("sd2", StableDiffusionPipeline, PNDMScheduler, unet=unet(use_linear_projection=True, attention_head_dim=[2, 4]), text_encoder=text_encoder(act="gelu"), **no_checker)
    save("inpaint", StableDiffusionInpaintPipeline, PNDMScheduler, unet=unet(in_channels=9), text_encoder=text_encoder(), **no_checker)
    save("lcm", LatentConsistencyModelPipeline, LCMScheduler, unet=unet(time_cond_proj_dim=4), text_encoder=text_encoder(), **no_checker)
    xl = dict(cross_attention_dim=16, use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=4, projection_class_embeddings_input_dim=32, attention_head_dim=[2, 4], transformer_layers_per_block=[1, 2], down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"))
    save("sdxl", StableDiffusionXLPipeline, EulerDiscreteScheduler, unet=unet(**xl), text_encoder=text_encoder(), text_encoder_2=text_encoder(CLIPTextModelWithProjection), tokenizer_2=tokenizer)


def goldens(work, out):
    from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
    from diffusers.loaders.lora_base import _pack_dict_with_prefix
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict
    from safetensors.torch import save_file

    os.makedirs(out, exist_ok=True)
    file = lambda name: f"{work}/{name}"
    attention = ["to_q", "to_k", "to_v", "to_out.0"]
    text_attention = ["q_proj", "k_proj", "v_proj", "out_proj"]

    def compress(path, name):
        with open(path, "rb") as f, open(f"{out}/{name}.gz", "wb") as g:
            g.write(gzip.compress(f.read(), 9, mtime=0))

    def load(name):
        kind = StableDiffusionXLPipeline if name == "sdxl" else StableDiffusionPipeline
        return kind.from_pretrained(f"{work}/torch/{name}")

    def trained(model, part, targets, seed, rank=2, alpha=2, **kwargs):
        """A LoRA as PEFT makes it, as if it were trained."""
        module = getattr(load(model), part)
        module.add_adapter(LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets, **kwargs), adapter_name="a")
        state = get_peft_model_state_dict(module, adapter_name="a")
        config = module.peft_config["a"].to_dict()
        r = torch.Generator().manual_seed(seed)
        return {k: torch.round(8 * torch.randn(v.shape, generator=r)) / 16 for k, v in state.items()}, config

    def kohya(state, prefix, alpha, rename=lambda k: k):
        """kohya's names; alpha is a number or says one for a module."""
        result = {}
        for key, value in state.items():
            module, factor = key.rsplit(".lora_", 1)
            name = prefix + rename(module).replace(".", "_")
            result[f"{name}.lora_{dict(A='down', B='up')[factor[0]]}.weight"] = value
            result[f"{name}.alpha"] = torch.tensor(float(alpha(module) if callable(alpha) else alpha))
        return result

    def attention_processors(state, prefix):
        names = dict(to_q="to_q_lora", to_k="to_k_lora", to_v="to_v_lora", q_proj="to_q_lora", k_proj="to_k_lora", v_proj="to_v_lora", out_proj="to_out_lora")
        result = {}
        for key, value in state.items():
            module, factor = key.rsplit(".lora_", 1)
            module = module.removesuffix(".0") if module.endswith("to_out.0") else module
            parent, last = module.rsplit(".", 1)
            parent += ".processor" if "attn1" in parent or "attn2" in parent else ""
            result[f"{prefix}.{parent}.{names.get(last, 'to_out_lora')}.{dict(A='down', B='up')[factor[0]]}.weight"] = value
        return result

    def original(module):
        """The original code's name of a module of the sdxl UNet, which has one layer a block."""
        inner = dict(conv1="in_layers.2", time_emb_proj="emb_layers.1", conv2="out_layers.3", conv_shortcut="skip_connection")
        simple = dict(conv_in="input_blocks.0.0", conv_out="out.2", **{"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2"})
        if module in simple:
            return simple[module]
        parts = module.split(".")
        if parts[0] == "mid_block":
            kind, i, rest = parts[1], int(parts[2]), parts[3:]
            block = f"middle_block.{1 if kind == 'attentions' else 2 * i}"
        else:
            block, kind, i, rest = int(parts[1]), parts[2], int(parts[3]), parts[4:]
            down = parts[0] == "down_blocks"
            if kind == "downsamplers":
                return f"input_blocks.{2 * block + 2}.0.op"
            if kind == "upsamplers":
                return f"output_blocks.{2 * block + 1}.2.conv"
            block = f"{'input' if down else 'output'}_blocks.{2 * block + i + (1 if down else 0)}.{1 if kind == 'attentions' else 0}"
        return ".".join([block, *([inner[rest[0]]] if kind == "resnets" else rest)])

    # files in the wild have the names of transformers 4
    text_model = lambda module: module if module.startswith("text_model.") else f"text_model.{module}"

    # LoRAs
    prefixed = lambda state, prefix: {f"{prefix}.{k}": v for k, v in state.items()}
    sd1 = load("sd1")
    unet, _ = trained("sd1", "unet", attention, 1)
    text, _ = trained("sd1", "text_encoder", text_attention, 2)
    loras = {"sd1-peft": ("sd1", prefixed(unet, "unet") | prefixed(text, "text_encoder"), None)}
    loras["sd1-diffusers"] = ("sd1", prefixed(convert_state_dict_to_diffusers(unet), "unet") | prefixed(convert_state_dict_to_diffusers(text), "text_encoder"), None)
    loras["sd1-processors"] = ("sd1", attention_processors(unet, "unet") | attention_processors({text_model(k): v for k, v in text.items()}, "text_encoder"), None)
    unet, config = trained("sd1", "unet", ["to_q", "to_v", "proj_in"], 3, rank=3, alpha=4, alpha_pattern={"mid_block.attentions.0.transformer_blocks.0.attn1.to_q": 1}, use_rslora=True)
    config = {k: sorted(v) if isinstance(v, set) else v for k, v in config.items()}
    loras["sd1-metadata"] = ("sd1", prefixed(unet, "unet"), _pack_dict_with_prefix(config, "unet"))
    everything = r".*(to_[qkv]|to_out\.0|net\.0\.proj|net\.2|proj_in|proj_out|conv|conv1|conv2|conv_shortcut|conv_in|conv_out|time_emb_proj|linear_1|linear_2)$"
    unet, _ = trained("sd1", "unet", everything, 4)
    text, _ = trained("sd1", "text_encoder", text_attention + ["fc1", "fc2"], 5)
    loras["sd1-kohya"] = ("sd1", kohya(unet, "lora_unet_", lambda m: 3 if m.endswith("conv1") else 1) | kohya(text, "lora_te_", 1, text_model), None)
    sdxl = load("sdxl")
    unet, _ = trained("sdxl", "unet", everything, 6)
    text, _ = trained("sdxl", "text_encoder", text_attention, 7)
    text2, _ = trained("sdxl", "text_encoder_2", text_attention + ["fc1", "fc2"], 8)
    loras["sdxl-kohya"] = ("sdxl", kohya(unet, "lora_unet_", 1, original) | kohya(text, "lora_te1_", 1, text_model) | kohya(text2, "lora_te2_", 1, text_model), None)
    for name, (_, state, metadata) in loras.items():
        save_file({k: v.contiguous() for k, v in state.items()}, file(name + ".safetensors"), {"format": "pt"} | ({"lora_adapter_metadata": json.dumps(metadata, default=str)} if metadata else {}))
        compress(file(name + ".safetensors"), name + ".safetensors")

    # what they make of it
    expected = {}
    r = torch.Generator().manual_seed(9)
    inputs = lambda pipe, size: dict(sample=torch.randn(2, pipe.unet.config.in_channels, *size, generator=r), timestep=torch.tensor(321.0), encoder_hidden_states=torch.randn(2, 5, pipe.unet.config.cross_attention_dim, generator=r))
    ids = torch.tensor([[98, 5, 17, 42, 3, 99, 99], [98, 60, 99, 99, 99, 99, 99]])

    def run(model, name, given, scales):
        pipe = load(model)
        for i, lora in enumerate(scales):
            pipe.load_lora_weights(file(lora + ".safetensors"), adapter_name=f"a{i}")
        if scales:
            pipe.set_adapters([f"a{i}" for i in range(len(scales))], list(scales.values()))
        with torch.no_grad():
            more = dict(added_cond_kwargs={k: given[k] for k in ("text_embeds", "time_ids")}) if model == "sdxl" else {}
            expected[name + "/out_sample"] = pipe.unet(given["sample"], given["timestep"], given["encoder_hidden_states"], **more).sample
            expected[name + "/text_encoder"] = pipe.text_encoder(ids).last_hidden_state
            if model == "sdxl":
                expected[name + "/text_encoder_2"] = pipe.text_encoder_2(ids).text_embeds

    given = inputs(sd1, (8, 8))
    given_xl = inputs(sdxl, (8, 8)) | dict(text_embeds=torch.randn(2, 8, generator=r), time_ids=torch.randint(0, 64, (2, 6), generator=r).float())
    for model, values in (("sd1", given), ("sdxl", given_xl)):
        expected |= {f"{model}/{k}": v for k, v in values.items()}
        run(model, model, values, {})
    for lora, (model, _, _) in loras.items():
        for scale in (0.5, 1.0):
            run(model, f"{lora}-{scale}", given if model == "sd1" else given_xl, {lora: scale})
    run("sd1", "sd1-two", given, {"sd1-kohya": 0.5, "sd1-peft": -0.75})
    sd1 = load("sd1")
    for h, w in ((8, 8), (9, 13), (10, 12), (7, 1)):
        odd = inputs(sd1, (h, w))
        with torch.no_grad():
            expected |= {f"{h}x{w}/{k}": v for k, v in odd.items()} | {f"{h}x{w}/out_sample": sd1.unet(**odd).sample}
    expected["input_ids"] = ids
    save_file({k: v.contiguous().float() for k, v in expected.items()}, file("expected.safetensors"))
    compress(file("expected.safetensors"), "expected.safetensors")

    # exports
    for model in MODELS:
        compress(f"{work}/onnx/{model}/unet/model.onnx", f"{model}-unet.onnx")
    for model, part in (("sd1", "text_encoder"), ("sdxl", "text_encoder"), ("sdxl", "text_encoder_2")):
        compress(f"{work}/onnx/{model}/{part}/model.onnx", f"{model}-{part}.onnx")
    other_exports(sd1.unet, given, file)
    for name in ("sd1-dynamo-unet.onnx", "sd1-float16-unet.onnx"):
        compress(file(name), name)


def other_exports(unet, given, file):
    import onnx

    names = ["sample", "timestep", "encoder_hidden_states"]
    any_size = torch.export.Dim.DYNAMIC
    arguments = [torch.cat([given["sample"]] * 2, 3), given["timestep"], given["encoder_hidden_states"]]
    program = torch.onnx.export(unet, tuple(arguments), dynamo=True, opset_version=18, input_names=names, output_names=["out_sample"], dynamic_shapes=({0: any_size, 2: any_size, 3: any_size}, {}, {0: any_size, 1: any_size}))
    program.save(file("sd1-dynamo-unet.onnx"))
    model = onnx.load(file("sd1-dynamo-unet.onnx"))
    for node in model.graph.node:
        kept = [p for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    del model.graph.value_info[:]
    onnx.save(model, file("sd1-dynamo-unet.onnx"))
    axes = {0: "batch", 2: "height", 3: "width"}
    with torch.no_grad():
        torch.onnx.export(unet.half(), tuple(a.half() for a in arguments), file("sd1-float16-unet.onnx"), dynamo=False, opset_version=14, input_names=names, output_names=["out_sample"], dynamic_axes=dict(sample=axes, encoder_hidden_states={0: "batch", 1: "sequence"}, out_sample=axes))


if __name__ == "__main__":
    {"models": models, "goldens": goldens}[sys.argv[1]](*sys.argv[2:])
