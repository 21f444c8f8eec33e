"""More scheduler loops: every config key that the engine reads, from_config across classes, eta, custom timesteps,
image-to-image and inpainting. Needs scipy for the beta sigmas. usage: more_schedulers.py OUT.json"""
import inspect, json, math, sys
import diffusers, torch

diffusers.logging.set_verbosity_error()

BASE = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
DDIM, PNDM, EULER, EULER_A, HEUN = "DDIMScheduler", "PNDMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler"
DPM, UNIPC, LCM = "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "LCMScheduler"
ALL = (DDIM, PNDM, EULER, EULER_A, HEUN, DPM, UNIPC, LCM)
VARIANTS = dict(dpmpp_2m_karras=(DPM, dict(use_karras_sigmas=True)), dpmpp_2m_sde=(DPM, dict(algorithm_type="sde-dpmsolver++")))
cases = []


def short(v):
    return float(f"{v:.8g}")


def stats(x):
    x = x.double().flatten()
    return dict(sum=short(x.sum().item()), mean_abs=short(x.abs().mean().item()), head=[short(v) for v in x[:3].tolist()], tail=[short(v) for v in x[-2:].tolist()])


def model(xi, i):
    return 0.3 * xi * math.cos(i) + 0.2 * torch.roll(xi, 1, -1) + 0.05 * math.sin(i)


def add(name, scheduler, steps, shape=(1, 4, 8, 8), seed=11, custom_timesteps=None, strength=None, inpaint=False, eta=None, **changes):
    """Text-to-image; with a strength image-to-image: the picture is the generator's first draw, halved, and the noise
    its second one; with inpaint, every even value is put back after each step."""
    cls, overrides = VARIANTS.get(scheduler, (scheduler, {}))
    config = {**BASE, **changes}
    s = getattr(diffusers, cls).from_config(config, **overrides)
    s.set_timesteps(timesteps=custom_timesteps) if custom_timesteps else s.set_timesteps(steps)
    timesteps = s.timesteps
    generator = torch.Generator("cpu").manual_seed(seed)
    if strength is None:
        x = torch.randn(shape, generator=generator) * s.init_noise_sigma
    else:
        n = len(timesteps) if custom_timesteps else steps
        begin = max(n - min(int(n * strength), n), 0) * s.order
        timesteps = timesteps[begin:]
        if hasattr(s, "set_begin_index"):
            s.set_begin_index(begin)
        picture = torch.randn(shape, generator=generator) * 0.5
        noise = torch.randn(shape, generator=generator)
        x = s.add_noise(picture, noise, timesteps[:1])
    keep = torch.arange(x.numel()).reshape(shape) % 2 == 0
    accepted = inspect.signature(s.step).parameters
    extra = {k: v for k, v in dict(generator=generator, eta=eta).items() if k in accepted and v is not None}
    last = len(timesteps) - 1
    described = {0, last // 2, last}
    states = []
    for i, t in enumerate(timesteps):
        xi = s.scale_model_input(x, t)
        x = s.step(model(xi, i), t, x, **extra).prev_sample
        if inpaint:
            x = torch.where(keep, s.add_noise(picture, noise, torch.tensor([timesteps[i + 1]])) if i < last else picture, x)
        if i in described:
            states.append(dict(step=i, **stats(x)))
    assert torch.isfinite(x).all(), name
    case = {"name": name, "class": scheduler, "config": changes, "num_inference_steps": steps, "custom_timesteps": custom_timesteps, "strength": strength, "inpaint": inpaint or None, "eta": eta, "seed": seed, "shape": shape, "init_noise_sigma": short(float(s.init_noise_sigma)), "timesteps": [short(t) if t % 1 else int(t) for t in timesteps.tolist()], "steps": states}
    cases.append({k: v for k, v in case.items() if v is not None})


# every class as it is, and at unusual numbers of steps
starter = dict(_class_name=DDIM, clip_sample=False, clip_sample_range=1.0, dynamic_thresholding_ratio=0.995, prediction_type="v_prediction", rescale_betas_zero_snr=True, sample_max_value=1.0, set_alpha_to_one=False, steps_offset=1, thresholding=False, timestep_spacing="trailing", trained_betas=None)
for cls in ALL:
    for steps in (1, 2, 3, 14, 15, 50):
        if cls != PNDM or steps > 3:
            add(f"{cls}-starter-{steps}", cls, steps, **starter)
    add(f"{cls}-use-default-values", cls, 12, timestep_spacing="trailing", prediction_type="v_prediction", _use_default_values=["timestep_spacing"])
    add(f"{cls}-linear", cls, 11, beta_schedule="linear", beta_start=0.0001, beta_end=0.02, timestep_spacing="linspace", clip_sample=False)
    add(f"{cls}-squaredcos", cls, 11, beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", timestep_spacing="leading", steps_offset=1, clip_sample=False)
    add(f"{cls}-trained-betas", cls, 6, num_train_timesteps=40, trained_betas=[0.001 + 0.004 * i for i in range(40)], timestep_spacing="leading", original_inference_steps=20)
    add(f"{cls}-other-train-steps", cls, 13, num_train_timesteps=300, timestep_spacing="leading", steps_offset=1, clip_sample=False)
    add(f"{cls}-odd-size", cls, 5, shape=(1, 3, 5, 7), seed=4294967295, timestep_spacing="trailing", clip_sample=False)
    add(f"{cls}-fifteen-values", cls, 5, shape=(1, 1, 3, 5), clip_sample=False)
    if cls not in (PNDM, EULER_A):
        add(f"{cls}-sample", cls, 9, prediction_type="sample", timestep_spacing="trailing")
    for spacing in ("leading", "trailing", "linspace"):
        for zero_snr in (False, True):
            if cls != LCM:
                add(f"{cls}-{spacing}-{zero_snr}", cls, 8, prediction_type="v_prediction", timestep_spacing=spacing, rescale_betas_zero_snr=zero_snr, clip_sample=False)
for cls in (EULER, EULER_A, HEUN, DPM, UNIPC):
    add(f"{cls}-trailing-61", cls, 61, timestep_spacing="trailing")

# files of five classes as every scheduler
files = dict(
    ddim=dict(_class_name=DDIM, clip_sample=False, set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1, trained_betas=None),
    ddim_full=starter,
    pndm=dict(_class_name=PNDM, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1, trained_betas=None, clip_sample=False),
    euler=dict(_class_name=EULER, interpolation_type="linear", prediction_type="epsilon", sample_max_value=1.0, set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1, timestep_spacing="leading", trained_betas=None, use_karras_sigmas=False, sigma_min=None, sigma_max=None, timestep_type="discrete", rescale_betas_zero_snr=False, clip_sample=False, final_sigmas_type="zero"),
    dpm=dict(_class_name=DPM, algorithm_type="dpmsolver++", solver_order=2, solver_type="midpoint", lower_order_final=True, thresholding=False, dynamic_thresholding_ratio=0.995, sample_max_value=1.0, prediction_type="v_prediction", variance_type=None, lambda_min_clipped=-math.inf, euler_at_final=False, use_karras_sigmas=True, trained_betas=None, timestep_spacing="linspace"),
    lcm=dict(_class_name=LCM, original_inference_steps=50, timestep_scaling=10.0, timestep_spacing="leading", steps_offset=1, clip_sample=False, clip_sample_range=1.0, set_alpha_to_one=True, rescale_betas_zero_snr=False, thresholding=False, prediction_type="epsilon", trained_betas=None),
)
for file, changes in files.items():
    for name in (*ALL, *VARIANTS):
        add(f"{name}-on-{file}", name, 7, **changes)

# image-to-image and inpainting
for name in (*ALL, *VARIANTS):
    for strength in (0.3, 0.75, 1.0):
        add(f"{name}-strength-{strength}", name, 10, strength=strength, steps_offset=1, timestep_spacing="leading", clip_sample=False, skip_prk_steps=True)
        add(f"{name}-inpaint-{strength}", name, 9, strength=strength, inpaint=True, timestep_spacing="trailing", prediction_type="v_prediction", clip_sample=False, skip_prk_steps=True)
add("pndm-prk-strength", PNDM, 10, strength=0.6)
add("pndm-prk-inpaint", PNDM, 8, strength=0.9, inpaint=True)
add("pndm-strength-below-a-step", PNDM, 5, strength=0.1, skip_prk_steps=True)
add("heun-karras-inpaint", HEUN, 7, strength=0.6, inpaint=True, use_karras_sigmas=True)
add("unipc-order-3-strength", UNIPC, 14, strength=0.5, solver_order=3)
add("ddim-eta-inpaint", DDIM, 10, strength=0.8, inpaint=True, eta=0.5, clip_sample=False)

# DDIM
for eta in (0.3, 1.0):
    add(f"ddim-eta-{eta}", DDIM, 12, eta=eta, clip_sample=False, steps_offset=1)
    add(f"ddim-eta-{eta}-v", DDIM, 7, eta=eta, clip_sample=False, prediction_type="v_prediction", rescale_betas_zero_snr=eta < 1, timestep_spacing="trailing", set_alpha_to_one=False)
    add(f"ddim-eta-{eta}-clip", DDIM, 10, eta=eta, clip_sample_range=0.7, shape=(1, 1, 3, 5))
add("ddim-eta-ignored", EULER_A, 6, eta=1.0)
add("ddim-alpha-one", DDIM, 10, clip_sample=False, set_alpha_to_one=True, prediction_type="v_prediction")
for cls in (DDIM, DPM, UNIPC, LCM):
    for kind in ("epsilon", "sample", "v_prediction"):
        add(f"{cls}-thresholding-{kind}", cls, 10, prediction_type=kind, thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.7)
for cls in (DDIM, HEUN, LCM):
    add(f"{cls}-clip", cls, 10, clip_sample=True, clip_sample_range=0.7)

# PNDM
for steps in (4, 5, 10, 50):
    for kind in ("epsilon", "v_prediction"):
        add(f"pndm-prk-{kind}-{steps}", PNDM, steps, prediction_type=kind, steps_offset=1)
for spacing in ("leading", "trailing", "linspace"):
    add(f"pndm-prk-{spacing}", PNDM, 13, timestep_spacing=spacing, set_alpha_to_one=True)
for steps in (1, 2, 3, 4, 5):
    add(f"pndm-plms-{steps}", PNDM, steps, skip_prk_steps=True, steps_offset=1)

# noise levels
for cls in (EULER, HEUN, DPM, UNIPC):
    for key in ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"):
        for steps in (1, 5, 20) if cls in (EULER, HEUN) else (2, 5, 20):
            add(f"{cls}-{key}-{steps}", cls, steps, timestep_spacing="leading" if steps == 5 else "trailing", **{key: True})
        add(f"{cls}-{key}-range", cls, 8, sigma_min=0.1, sigma_max=9.0, _class_name=EULER, **{key: True})
        add(f"{cls}-{key}-squaredcos", cls, 8, beta_schedule="squaredcos_cap_v2", sigma_min=0.1, sigma_max=9.0, **{key: True})
        # with a strength, since text-to-image fails in diffusers where the first timestep comes twice
        add(f"{cls}-{key}-zero-snr", cls, 9, strength=1.0, prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing", **{key: True})
for cls in (EULER, DPM, UNIPC):
    for steps in (1, 5, 20):
        add(f"{cls}-sigma-min-{steps}", cls, steps, final_sigmas_type="sigma_min", prediction_type="v_prediction")
add("unipc-karras-sigma-min", UNIPC, 8, final_sigmas_type="sigma_min", use_karras_sigmas=True, solver_order=1)
add("euler-log-linear", EULER, 10, interpolation_type="log_linear")
add("euler-log-linear-karras", EULER, 10, interpolation_type="log_linear", use_karras_sigmas=True)
add("euler-continuous", EULER, 10, timestep_type="continuous", prediction_type="v_prediction")
add("euler-continuous-karras", EULER, 10, timestep_type="continuous", prediction_type="v_prediction", use_karras_sigmas=True, sigma_max=700.0, sigma_min=0.002)
add("euler-continuous-log-linear", EULER, 10, timestep_type="continuous", prediction_type="v_prediction", interpolation_type="log_linear")
add("heun-exp", HEUN, 6, beta_schedule="exp")
add("lu", DPM, 10, use_lu_lambdas=True)
add("lu-squaredcos", DPM, 10, use_lu_lambdas=True, beta_schedule="squaredcos_cap_v2", sigma_min=0.5)
add("lu-zero-snr", DPM, 10, strength=1.0, use_lu_lambdas=True, beta_schedule="linear", beta_start=0.0015, beta_end=0.02, rescale_betas_zero_snr=True, prediction_type="v_prediction")
add("lu-beside-karras", DPM, 10, use_lu_lambdas=True, use_karras_sigmas=True)

# solvers
for order in (1, 2, 3):
    for steps in (4, 10, 20):
        for algorithm in ("dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++"):
            if algorithm != "sde-dpmsolver" or order < 3:
                for solver in ("midpoint", "heun") if order == 2 and steps == 10 else ("midpoint",):
                    add(f"dpm-{algorithm}-{order}-{solver}-{steps}", DPM, steps, algorithm_type=algorithm, solver_order=order, solver_type=solver, timestep_spacing="trailing", prediction_type="v_prediction" if steps == 10 else "epsilon", final_sigmas_type="zero" if algorithm.endswith("++") else "sigma_min")
for algorithm in ("dpmsolver", "sde-dpmsolver"):
    for kind in ("epsilon", "sample", "v_prediction"):
        add(f"dpm-{algorithm}-{kind}-thresholding", DPM, 10, algorithm_type=algorithm, final_sigmas_type="sigma_min", prediction_type=kind, thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.7)
add("dpm-logrho", DPM, 10, solver_type="logrho")
add("dpm-bh2", DPM, 10, solver_type="bh2")
add("dpm-euler-at-final", DPM, 20, euler_at_final=True, final_sigmas_type="sigma_min")
add("dpm-high-order-to-the-end", DPM, 8, lower_order_final=False, final_sigmas_type="sigma_min", solver_order=3)
add("dpm-variance-ignored", DPM, 8, variance_type="learned_range", prediction_type="v_prediction")
for spacing in ("leading", "trailing", "linspace"):
    add(f"dpm-lambda-min-clipped-{spacing}", DPM, 10, lambda_min_clipped=-3.0, timestep_spacing=spacing)
add("dpm-lambda-min-clipped-squaredcos", DPM, 10, lambda_min_clipped=-5.1, beta_schedule="squaredcos_cap_v2")
for order in (1, 2, 3, 4):
    for steps in (4, 10, 20):
        for kind in ("epsilon", "v_prediction", "sample") if steps == 10 else ("epsilon",):
            for solver in ("bh1", "bh2"):
                for predict_x0 in (True, False):
                    if solver == "bh2" and predict_x0:
                        add(f"unipc-{order}-{kind}-{steps}", UNIPC, steps, solver_order=order, prediction_type=kind, timestep_spacing="leading", steps_offset=1)
                    elif order < 4:
                        add(f"unipc-{order}-{kind}-{steps}-{solver}-{predict_x0}", UNIPC, steps, solver_order=order, solver_type=solver, predict_x0=predict_x0, prediction_type=kind, final_sigmas_type="sigma_min")
add("unipc-disable-corrector", UNIPC, 10, disable_corrector=[0, 1, 5], solver_order=3)
add("unipc-high-order-to-the-end", UNIPC, 8, lower_order_final=False, final_sigmas_type="sigma_min", solver_order=3)
add("unipc-midpoint", UNIPC, 8, solver_type="midpoint")

# LCM
for steps in (1, 2, 4, 8, 50):
    add(f"lcm-{steps}", LCM, steps)
add("lcm-original-inference-steps", LCM, 6, original_inference_steps=40, timestep_scaling=3.5)
add("lcm-v-zero-snr", LCM, 4, prediction_type="v_prediction", rescale_betas_zero_snr=True)
add("lcm-clip", LCM, 4, clip_sample=True, clip_sample_range=0.7, set_alpha_to_one=False)

# custom timesteps
sparse = [999, 850, 736, 645, 545, 455, 343, 233, 124, 24]
for cls in (EULER, HEUN, DPM, LCM):
    add(f"{cls}-timesteps", cls, 10, custom_timesteps=sparse)
    add(f"{cls}-timesteps-v", cls, 3, custom_timesteps=[990, 500, 0], prediction_type="v_prediction", timestep_spacing="leading")
    add(f"{cls}-one-timestep", cls, 1, custom_timesteps=[600])
    add(f"{cls}-timesteps-strength", cls, 10, custom_timesteps=sparse, strength=0.75)
    add(f"{cls}-timesteps-inpaint", cls, 10, custom_timesteps=sparse, strength=1.0, inpaint=True)
add("euler-timesteps-log-linear", EULER, 10, custom_timesteps=sparse, interpolation_type="log_linear")
add("dpm-timesteps-sde", "dpmpp_2m_sde", 10, custom_timesteps=sparse)
add("dpm-timesteps-clipped", DPM, 10, custom_timesteps=sparse, lambda_min_clipped=-2.0)

names = [case["name"] for case in cases]
assert len(set(names)) == len(names)
json.dump(dict(diffusers=diffusers.__version__, torch=torch.__version__, base=BASE, cases=cases), open(sys.argv[1], "w"), separators=(",", ":"))
print(len(cases))
