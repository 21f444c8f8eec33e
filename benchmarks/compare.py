"""Chitra beside diffusers (PyTorch) and optimum's ONNX Runtime pipeline: the same model, settings, machine and hour.

usage: compare.py --diffusers-python PYTHON --diffusers-model FOLDER --optimum-python PYTHON [--json] [...]

Each pipeline is one process with all cores, at its own best batch size, which a short trial finds. Then they take turns with
`chitra bench`, so that whatever else slows the machine slows all of them; each ratio is of a measurement to the mean of the
two of Chitra just before and after it. Needs no package: the pipelines run in the Pythons that are named. README.md beside
this file says how to make those.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
STARTER = HERE.parent / "render-worker/starter-model/src/main/resources/io/chitra/starter/model"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
BATCHES = (1, 2, 4, 8)
CHITRA_RATES = {"engine_pictures_per_s": "Chitra, engine", "bare_loop_pictures_per_s": "Chitra, bare loop"}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Pipeline:
    """A process of pipelines.py, which renders when it is told to."""

    def __init__(self, name, python, model, settings):
        self.name = name
        self.settings = settings
        self.log = tempfile.TemporaryFile("w+")
        command = [python, HERE / "pipelines.py", name, model, str(CORES)]
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        except OSError as e:
            raise SystemExit(f"Cannot measure {name}: {e}")
        self.versions = self.answer()["versions"]
        self.trial = {}
        self.rates = []
        self.ratios = []

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise SystemExit(f"Cannot measure {self.name}: its process ended. It said:\n{self.log.read()}")
        return json.loads(line)

    def rate(self, pictures, batch):
        """Pictures a second."""
        print(json.dumps({"pictures": pictures, "batch": batch, **self.settings}), file=self.process.stdin, flush=True)
        return pictures / self.answer()["seconds"]

    def find_batch(self):
        """Tries every batch size twice: the first time also warms up."""
        for _ in range(2):
            for batch in BATCHES:
                self.trial[batch] = max(self.trial.get(batch, 0), self.rate(batch, batch))
                say(f"{self.name}: {self.trial[batch]:.3f} pictures/s at batch {batch}")
        self.batch = max(self.trial, key=self.trial.get)

    def close(self):
        self.process.communicate()
        self.log.close()

    def report(self):
        return {
            "versions": self.versions,
            "trial_pictures_per_s": self.trial,
            "batch": self.batch,
            "rounds_pictures_per_s": self.rates,
            "pictures_per_s": statistics.median(self.rates),
            "rounds_engine_ratio": self.ratios,
            "engine_ratio": statistics.median(self.ratios),
        }


def bench(chitra, pictures, settings):
    """What `chitra bench` measures of the engine and of the bare loop."""
    command = [chitra, "bench", "--only", "engine,bare", "--json", "--pictures", str(pictures)]
    for name, value in settings.items():
        command += [f"--{name}", str(value)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except OSError as e:
        raise SystemExit(f"Cannot measure Chitra: {e}")
    if done.returncode != 0:
        raise SystemExit(f"Cannot measure Chitra: {' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    report = json.loads(done.stdout)
    say(f"Chitra: {report['engine_pictures_per_s']:.3f} pictures/s, its bare loop {report['bare_loop_pictures_per_s']:.3f}")
    return report


def compare(pipelines, measure_chitra, rounds, pictures):
    """Fills the pipelines with their rates and ratios; returns Chitra's reports, in the order they were made."""
    for pipeline in pipelines:
        pipeline.find_batch()
    reports = [measure_chitra()]
    for _ in range(rounds):
        for pipeline in pipelines:
            rate = pipeline.rate(pictures, pipeline.batch)
            say(f"{pipeline.name}: {rate:.3f} pictures/s at batch {pipeline.batch}")
            reports.append(measure_chitra())
            pipeline.rates.append(rate)
            pipeline.ratios.append(statistics.mean(report["engine_pictures_per_s"] for report in reports[-2:]) / rate)
    return reports


def table(report):
    lines = [f"{'':28}{'pictures/s':>12}{'s a picture':>13}   the engine is"]
    for field, name in CHITRA_RATES.items():
        lines.append(f"{name:28}{report[field]:12.3f}{1 / report[field]:13.2f}")
    for name, one in report["pipelines"].items():
        ratios = one["rounds_engine_ratio"]
        label = f"{name}, batch {one['batch']}"
        lines.append(
            f"{label:28}{one['pictures_per_s']:12.3f}{1 / one['pictures_per_s']:13.2f}"
            f"   {one['engine_ratio']:.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    return "\n".join(lines)


def parse():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--diffusers-python", required=True, help="Python of the environment of requirements-diffusers.txt")
    options.add_argument("--diffusers-model", required=True, help="the folder that to_diffusers.py made")
    options.add_argument("--optimum-python", required=True, help="Python of the environment of requirements-optimum.txt")
    options.add_argument("--optimum-model", default=str(STARTER), help="the ONNX model (default: the starter model)")
    options.add_argument("--chitra", default=str(HERE.parent / "chitra"), help="the chitra command (default: this checkout's)")
    options.add_argument("--rounds", type=int, default=3, help="turns of each pipeline (default: 3)")
    options.add_argument("--pictures", type=int, default=16, help="pictures of each turn (default: 16)")
    options.add_argument("--steps", type=int, default=20)
    options.add_argument("--size", type=int, default=256, help="width and height (default: 256)")
    options.add_argument("--guidance", type=float, default=4.0)
    options.add_argument("--json", action="store_true", help="print one JSON object in place of the table")
    return options.parse_args()


def main():
    chosen = parse()
    settings = {"steps": chosen.steps, "size": chosen.size, "guidance": chosen.guidance}
    pipelines = []
    try:
        pipelines.append(Pipeline("diffusers", chosen.diffusers_python, chosen.diffusers_model, settings))
        pipelines.append(Pipeline("optimum", chosen.optimum_python, chosen.optimum_model, settings))
        measured = compare(pipelines, lambda: bench(chosen.chitra, chosen.pictures, settings), chosen.rounds, chosen.pictures)
        report = {
            "settings": {"pictures": chosen.pictures, "rounds": chosen.rounds, **settings},
            "machine": {"cores": CORES, "system": platform.platform()},
            **{field: statistics.median(one[field] for one in measured) for field in CHITRA_RATES},
            "pipelines": {pipeline.name: pipeline.report() for pipeline in pipelines},
            "chitra_reports": measured,
        }
    finally:
        for pipeline in pipelines:
            pipeline.close()
    print(json.dumps(report, indent=2) if chosen.json else table(report))


if __name__ == "__main__":
    main()
