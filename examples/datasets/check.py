#!/usr/bin/env python3
"""Opens exported datasets with the libraries that their users use, and compares what comes out with
the dataset's own metadata: counts, captions, labels, sizes, hashes of files and pixels.

    pip install datasets webdataset pyarrow mlcroissant torch torchvision pycocotools pillow
    python check.py FOLDER [FOLDER ...]

FOLDER is what `chitra export --to FOLDER` made, in any format. Says what was compared; exit code 1
where anything differs.
"""

import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image

CROISSANT_CACHE = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
os.environ["CROISSANT_CACHE"] = CROISSANT_CACHE.name


class Differs(Exception):
    pass


def same(what, found, wanted):
    if found != wanted:
        raise Differs(f"{what}: {str(found)[:300]} instead of {str(wanted)[:300]}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pixels(image):
    return sha256(image.convert("RGB").tobytes())


class Export:
    """An export, and the rows of its tables by split: the truth that readers are compared with."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        settings = self.manifest["settings"]
        self.format = settings["format"].lower()
        self.classes = settings["classes"]
        self.class_label = settings["classLabel"]
        self.recoded = settings["recode"] is not None
        self.split_names = list(self.manifest["splits"])
        self.rows = {split: self.read(split) for split in self.split_names}

    def tables(self, split):
        if self.format in ("parquet", "metadata"):
            return sorted(self.folder.glob(f"data/{split}-*.parquet"))
        root = self.folder / split if (self.folder / split).is_dir() else self.folder
        if self.format == "webdataset":
            return sorted(root.glob("[0-9]*.parquet"))
        return sorted(root.glob("**/metadata.parquet"))

    def read(self, split):
        rows = []
        for table in self.tables(split):
            # ParquetFile, since read_table takes folders' names for columns
            columns = [c for c in pq.ParquetFile(table).schema_arrow.names if c != "image"]
            for row in pq.ParquetFile(table).read(columns=columns).to_pylist():
                row["__table__"] = table
                rows.append(row)
        return rows

    def key(self, row):
        return row["job_id"], row["image_index"]

    def wanted(self, split):
        return {self.key(row): row for row in self.rows[split]}

    def check_picture(self, row, image, file=None):
        same(f"size of {self.key(row)}", image.size, (row["width"], row["height"]))
        if file is not None:
            same(f"file of {self.key(row)}", sha256(file), row["file_sha256"])
        if not self.recoded and row.get("output_quality") is None:
            same(f"pixels of {self.key(row)}", pixels(image), row["pixel_sha256"])


def manifest(export):
    """Every file is there with its SHA-256, nothing else is, and the tables have as many rows."""
    found = {
        str(path.relative_to(export.folder)): sha256(path.read_bytes())
        for path in export.folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    same("files", found, {file["name"]: file["sha256"] for file in export.manifest["files"]})
    sums = dict(
        reversed(line.split("  ", 1))
        for line in (export.folder / "SHA256SUMS").read_text().splitlines()
    )
    sums["SHA256SUMS"] = found["SHA256SUMS"]
    same("SHA256SUMS", sums, found)
    same("rows", {s: len(rows) for s, rows in export.rows.items()}, export.manifest["splits"])
    if export.class_label:
        counts = Counter(
            str(row[f"label_{export.class_label}"]) for rows in export.rows.values() for row in rows
        )
        table = json.loads((export.folder / "classes.json").read_text())
        same("classes.json", {row["name"]: row["rows"] for row in table}, dict(counts))
        rows = pq.read_table(export.folder / "classes.parquet").to_pylist()
        same("classes.parquet", rows, table)
    return f"{len(found)} files, {sum(map(len, export.rows.values()))} rows"


def datasets_library(export):
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset(str(export.folder), cache_dir=cache)
        same("splits", {split: len(rows) for split, rows in loaded.items()}, export.manifest["splits"])
        for split, rows in loaded.items():
            wanted = export.wanted(split)
            if export.format == "parquet":
                # the files themselves, before they are decoded
                raw = rows.cast_column("image", datasets.Image(decode=False))
                files = [image["bytes"] for image in raw["image"]]
            for number, row in enumerate(rows):
                image, file = row.pop("image", None), None
                if export.format == "webdataset":
                    image = row.get("png") or row.get("jpg")
                    same("caption", row["txt"], row["json"]["caption"])
                    row = row["json"]
                elif export.format == "parquet":
                    file = files[number]
                label = row.get("label")
                if export.class_label and export.format != "webdataset":
                    # a ClassLabel without a word from the user
                    same("classes", rows.features["label"].names, export.classes)
                    label = rows.features["label"].int2str(label)
                want = dict(wanted.pop(export.key(row)))
                if export.class_label:
                    same("label", label, str(want[f"label_{export.class_label}"]))
                for name in set(want) - {"label", "file_name", "__table__"}:
                    same(f"{name} of {export.key(row)}", row[name], want[name])
                if image is not None:
                    export.check_picture(want, image, file)
            same("rows that were not read", wanted, {})
        features = len(next(iter(loaded.values())).features)
    return f"{sum(export.manifest['splits'].values())} rows, {features} features"


def webdataset_library(export):
    import webdataset

    read = 0
    for split in export.split_names:
        wanted = export.wanted(split)
        tars = sorted(str(table.with_suffix(".tar")) for table in export.tables(split))
        for sample in webdataset.WebDataset(tars, shardshuffle=False):
            row = json.loads(sample["json"])
            want = wanted.pop(export.key(row))
            same("key", sample["__key__"].split("/")[-1], want["key"])
            same("caption", sample["txt"].decode(), want["prompt"])
            for name in set(want) - {"__table__"}:
                same(name, row[name], want[name])
            file = sample.get("png") or sample.get("jpg")
            export.check_picture(want, Image.open(io.BytesIO(file)), file)
            read += 1
        same("rows that were not read", wanted, {})
    return f"{read} samples"


def torchvision_folder(export):
    from torchvision.datasets import ImageFolder

    read = 0
    folders = {row["folder"]: row["name"] for row in json.loads((export.folder / "classes.json").read_text())}
    for split in export.split_names:
        names = {(row["__table__"].parent / row["file_name"]): row for row in export.rows[split]}
        dataset = ImageFolder(str(export.folder / split))
        for (path, number), (image, _) in zip(dataset.samples, dataset):
            row = names.pop(Path(path))
            same("class", folders[dataset.classes[number]], str(row[f"label_{export.class_label}"]))
            export.check_picture(row, image, Path(path).read_bytes())
            read += 1
        same("pictures that were not read", names, {})
    return f"{read} pictures, classes from folders"


def data_loader(export):
    """PyTorch's DataLoader with worker processes over the dataset that users would take."""
    import torch
    from torch.utils.data import DataLoader

    def batch(rows):
        return rows

    read = Counter()
    for split in export.split_names:
        if export.format == "webdataset":
            import webdataset

            tars = sorted(str(table.with_suffix(".tar")) for table in export.tables(split))
            dataset = webdataset.WebDataset(
                tars, shardshuffle=False, empty_check=False,
                workersplitter=webdataset.split_by_worker,
            )
            prompts = (row["txt"].decode() for rows in DataLoader(dataset, batch_size=4, num_workers=2, collate_fn=batch) for row in rows)
        else:
            import datasets

            with tempfile.TemporaryDirectory() as cache:
                dataset = datasets.load_dataset(str(export.folder), split=split, cache_dir=cache)
                loader = DataLoader(dataset, batch_size=4, num_workers=2, shuffle=True, collate_fn=batch)
                prompts = [row["prompt"] for rows in loader for row in rows]
        same("prompts", Counter(prompts), Counter(row["prompt"] for row in export.rows[split]))
        read[split] = len(export.rows[split])
    return f"torch {torch.__version__}, {sum(read.values())} rows in batches"


def croissant(export):
    # mlcroissant keeps what it extracts by the archive's name alone, which other exports have too
    shutil.rmtree(CROISSANT_CACHE.name, ignore_errors=True)
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(export.folder / "croissant.json"))
    errors = dataset.metadata.ctx.issues.errors
    same("errors", list(errors), [])
    wanted = {export.key(row): row for rows in export.rows.values() for row in rows}
    counts = Counter()
    files = Counter(row["file_sha256"] for row in wanted.values())
    sets = [record_set.id for record_set in dataset.metadata.record_sets]
    for record_set in sets:
        for record in dataset.records(record_set):
            counts[record_set] += 1
            value = {
                name.split("/", 1)[1]: field.decode() if isinstance(field, bytes) and name != "files/content" else field
                for name, field in record.items()
            }
            if record_set == "rows":
                want = wanted[(value["job_id"], value["image_index"])]
                same("prompt", value["prompt"], want["prompt"])
                same("seed", value["seed"], want["seed"])
                if "image" in value:
                    export.check_picture(want, value["image"])
    same("rows", counts["rows"], len(wanted))
    if "files" in sets:
        same("files", counts["files"], sum(files.values()))
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def coco(export):
    from contextlib import redirect_stdout

    from pycocotools.coco import COCO

    read = 0
    for path in sorted((export.folder / "annotations").glob("*.json")):
        with redirect_stdout(io.StringIO()):
            annotations = COCO(str(path))
        for annotation in annotations.loadAnns(annotations.getAnnIds()):
            mask = annotations.annToMask(annotation)
            image = annotations.loadImgs(annotation["image_id"])[0]
            same("mask", mask.shape, (image["height"], image["width"]))
            left, top, width, height = annotation["bbox"]
            inside = mask[int(top) : int(top + height + 1), int(left) : int(left + width + 1)].sum()
            same("pixels outside of the box", int(mask.sum() - inside), 0)
            if abs(int(mask.sum()) - annotation["area"]) > 2 * (width + height):
                raise Differs(f"area: {mask.sum()} instead of {annotation['area']}")
            read += 1
    return f"{read} regions"


def checks(export):
    yield manifest
    yield datasets_library
    if export.format == "webdataset":
        yield webdataset_library
    if export.format == "imagefolder" and export.class_label:
        yield torchvision_folder
    yield data_loader
    yield croissant
    if (export.folder / "annotations").is_dir():
        yield coco


def main(folders):
    failed = False
    for folder in folders:
        export = Export(folder)
        for check in checks(export):
            name = f"{export.format:12} {check.__name__:20}"
            try:
                print(f"{name} ok: {check(export)}", flush=True)
            except Exception as e:  # every check is to be tried
                failed = True
                print(f"{name} FAILED: {type(e).__name__}: {e}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
