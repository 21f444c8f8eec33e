"""Models of a few kilobytes in the other forms that exporters give a Stable Diffusion model. usage: tiny_models.py OUT
half-scalar: float16, int32 ids, one int64 timestep a batch, as a scalar, vocabulary without tokenizer.json
steps: float32, int64 ids, float timesteps in a dimension of their own
one-row: as steps with one timestep a row, but a run of more than one row fails inside the graph"""
import json, os, sys
import numpy as np
import onnx
from onnx import TensorProto as T, helper as h, numpy_helper

out = sys.argv[1]
TOKENS, WIDTH = 12, 8


def byte_symbols():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(b) if b in printable else chr(256 + n - len(printable)) for n, b in enumerate(sorted(range(256), key=lambda b: (b not in printable, b)))]


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(value if isinstance(value, str) else json.dumps(value, indent=1))


def save(path, nodes, inputs, outputs, constants):
    tensors = [numpy_helper.from_array(a, n) for n, a in constants.items()]
    values = lambda vs: [h.make_tensor_value_info(n, t, s) for n, t, s in vs]
    graph = h.make_graph(nodes, "tiny", values(inputs), values(outputs), tensors)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8, producer_name="tiny_models.py")
    onnx.checker.check_model(model)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    onnx.save(model, path)


def make(name, real, ids, time, time_shape, first=()):
    folder, r = f"{out}/{name}", np.random.default_rng(7)
    dtype = np.float16 if real == T.FLOAT16 else np.float32
    a = lambda *shape: (r.standard_normal(shape) * 0.3).astype(dtype)
    symbols = byte_symbols()
    vocab = {t: i for i, t in enumerate([*symbols, *(s + "</w>" for s in symbols), "<|startoftext|>", "<|endoftext|>"])}
    write(f"{folder}/model_index.json", dict(_class_name="StableDiffusionPipeline"))
    write(f"{folder}/scheduler/scheduler_config.json", dict(_class_name="PNDMScheduler", beta_end=0.012, beta_schedule="scaled_linear", beta_start=0.00085, clip_sample=False, num_train_timesteps=1000, set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1, trained_betas=None))
    write(f"{folder}/tokenizer/vocab.json", vocab)
    write(f"{folder}/tokenizer/merges.txt", "#version: 0.2\n")
    write(f"{folder}/tokenizer/tokenizer_config.json", dict(model_max_length=TOKENS, tokenizer_class="CLIPTokenizer"))
    write(f"{folder}/tokenizer/special_tokens_map.json", {k: dict(content=v) for k, v in dict(bos_token="<|startoftext|>", eos_token="<|endoftext|>", pad_token="!", unk_token="<|endoftext|>").items()})
    write(f"{folder}/text_encoder/config.json", dict(max_position_embeddings=TOKENS, dtype="float32"))
    write(f"{folder}/unet/config.json", dict(in_channels=4, sample_size=8, block_out_channels=[4, 4], time_cond_proj_dim=None))
    write(f"{folder}/vae_decoder/config.json", dict(latent_channels=4, block_out_channels=[4, 4], scaling_factor=0.5))
    save(f"{folder}/text_encoder/model.onnx", [h.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
         [("input_ids", ids, ["batch", "sequence"])], [("last_hidden_state", real, ["batch", "sequence", WIDTH])], dict(table=a(len(vocab), WIDTH)))
    save(f"{folder}/unet/model.onnx", [
        *first,
        h.make_node("Conv", ["latents" if first else "sample", "kernel"], ["local"], pads=[1, 1, 1, 1]),
        h.make_node("ReduceMean", ["encoder_hidden_states"], ["mean"], axes=[1], keepdims=0),
        h.make_node("MatMul", ["mean", "project"], ["colour"]),
        h.make_node("Unsqueeze", ["colour", "last"], ["steer"]),
        h.make_node("Cast", ["timestep"], ["time"], to=real),
        h.make_node("Mul", ["time", "thousandth"], ["when"]),
        h.make_node("Add", ["local", "steer"], ["steered"]),
        h.make_node("Add", ["steered", "when"], ["sum"]),
        h.make_node("Tanh", ["sum"], ["out_sample"])],
        [("sample", real, ["batch", 4, "height", "width"]), ("timestep", time, time_shape), ("encoder_hidden_states", real, ["batch", "sequence", WIDTH])],
        [("out_sample", real, ["batch", 4, "height", "width"])],
        dict(kernel=a(4, 4, 3, 3), project=a(WIDTH, 4) * dtype(4), last=np.array([2, 3], np.int64), single=np.array([1, 4, 8, 8], np.int64), thousandth=np.array(0.001, dtype)))
    save(f"{folder}/vae_decoder/model.onnx", [
        h.make_node("Resize", ["latent_sample", "", "scales"], ["large"], mode="nearest"),
        h.make_node("Conv", ["large", "kernel"], ["sample"], pads=[1, 1, 1, 1])],
        [("latent_sample", real, ["batch", 4, "height", "width"])], [("sample", real, ["batch", 3, "image_height", "image_width"])],
        dict(scales=np.array([1, 1, 2, 2], np.float32), kernel=a(3, 4, 3, 3)))


make("half-scalar", T.FLOAT16, T.INT32, T.INT64, [])
make("steps", T.FLOAT, T.INT64, T.FLOAT, ["steps"])
make("one-row", T.FLOAT, T.INT64, T.FLOAT, ["batch"], [h.make_node("Reshape", ["sample", "single"], ["latents"])])
