"""More scheduler loops, in the form of golden_vectors.py: every config key that the engine reads. usage: more_schedulers.py OUT.json"""
import json, math, sys
import diffusers, torch

base = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
cases = []


def stats(x):
    x = x.double().flatten()
    return dict(sum=x.sum().item(), mean_abs=x.abs().mean().item(), head=[round(v, 7) for v in x[:8].tolist()], tail=[round(v, 7) for v in x[-4:].tolist()])


def add(name, cls, steps, **changes):
    config = {**base, **changes}
    scheduler = getattr(diffusers, cls).from_config(config)
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(11)
    x = torch.randn([1, 4, 16, 16], generator=generator) * scheduler.init_noise_sigma
    states = []
    for i, t in enumerate(scheduler.timesteps):
        xi = scheduler.scale_model_input(x, t)
        m = 0.3 * xi * math.cos(i) + 0.2 * torch.roll(xi, 1, -1) + 0.05 * math.sin(i)
        x = scheduler.step(m, t, x).prev_sample
        states.append(stats(x))
    assert torch.isfinite(x).all(), name
    cases.append({"name": name, "class": cls, "config": config, "num_inference_steps": steps, "seed": 11, "shape": [1, 4, 16, 16], "init_noise_sigma": float(scheduler.init_noise_sigma), "timesteps": [float(t) for t in scheduler.timesteps], "steps": states})


DDIM, EULER, DPM = "DDIMScheduler", "EulerDiscreteScheduler", "DPMSolverMultistepScheduler"
starter = dict(_class_name=DDIM, clip_sample=False, clip_sample_range=1.0, dynamic_thresholding_ratio=0.995, prediction_type="v_prediction", rescale_betas_zero_snr=True, sample_max_value=1.0, set_alpha_to_one=False, steps_offset=1, thresholding=False, timestep_spacing="trailing", trained_betas=None)
for cls in (DDIM, EULER, DPM):
    for steps in (1, 2, 3, 7, 14, 15, 30, 64):
        add(f"{cls}-starter-{steps}", cls, steps, **starter)
    add(f"{cls}-defaults", cls, 12)
    add(f"{cls}-use-default-values", cls, 12, timestep_spacing="trailing", prediction_type="v_prediction", _use_default_values=["timestep_spacing"])
    add(f"{cls}-linear", cls, 11, beta_schedule="linear", beta_start=0.0001, beta_end=0.02, timestep_spacing="linspace")
    add(f"{cls}-squaredcos", cls, 11, beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", timestep_spacing="leading", steps_offset=1)
    add(f"{cls}-trained-betas", cls, 6, num_train_timesteps=40, trained_betas=[0.001 + 0.004 * i for i in range(40)], timestep_spacing="leading")
    add(f"{cls}-sample", cls, 9, prediction_type="sample", timestep_spacing="trailing")
    add(f"{cls}-other-train-steps", cls, 13, num_train_timesteps=300, timestep_spacing="leading", steps_offset=1)
add("ddim-clip", DDIM, 10, clip_sample=True, clip_sample_range=0.7)
add("ddim-alpha-one", DDIM, 10, clip_sample=False, set_alpha_to_one=True, prediction_type="v_prediction")
add("ddim-thresholding", DDIM, 10, thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.7)
add("dpm-thresholding", DPM, 10, thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.7)
for cls in (EULER, DPM):
    for steps in (1, 5, 20):
        if steps > 1:
            add(f"{cls}-karras-{steps}", cls, steps, use_karras_sigmas=True, timestep_spacing="leading", steps_offset=1)
            add(f"{cls}-exponential-{steps}", cls, steps, use_exponential_sigmas=True)
        add(f"{cls}-sigma-min-{steps}", cls, steps, final_sigmas_type="sigma_min", prediction_type="v_prediction")
    add(f"{cls}-karras-range", cls, 8, use_karras_sigmas=True, sigma_min=0.1, sigma_max=9.0, _class_name=EULER)
    add(f"{cls}-karras-squaredcos", cls, 8, use_karras_sigmas=True, beta_schedule="squaredcos_cap_v2", sigma_min=0.1, sigma_max=9.0)
add("euler-log-linear", EULER, 10, interpolation_type="log_linear")
add("euler-continuous", EULER, 10, timestep_type="continuous", prediction_type="v_prediction")
for order in (1, 3):
    for steps in (4, 10, 20):
        add(f"dpm-order-{order}-{steps}", DPM, steps, solver_order=order, timestep_spacing="trailing", prediction_type="v_prediction")
add("dpm-heun", DPM, 10, solver_type="heun")
add("dpm-bh2", DPM, 10, solver_type="bh2")
add("dpm-euler-at-final", DPM, 20, euler_at_final=True, final_sigmas_type="sigma_min")
add("dpm-high-order-to-the-end", DPM, 8, lower_order_final=False, final_sigmas_type="sigma_min")
add("dpm-lambda-min-clipped", DPM, 10, lambda_min_clipped=-3.0, timestep_spacing="leading")
add("dpm-lambda-min-infinite", DPM, 10, lambda_min_clipped=-math.inf)
json.dump(dict(diffusers=diffusers.__version__, torch=torch.__version__, note="as in schedulers.json, with Scheduler.from_config(config)", cases=cases), open(sys.argv[1], "w"), separators=(",", ":"))
print(len(cases))
