"""Checks a file of OpenLineage events against the published JSON schemas, facets included.

    git clone --depth 1 https://github.com/OpenLineage/OpenLineage
    pip install jsonschema
    python check.py OpenLineage/spec lineage.jsonl

Prints how many events are valid and which facets they have; ends with 1 at the first that is not.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


def schemas(spec):
    files = [spec / "OpenLineage.json", *sorted((spec / "facets").glob("*Facet.json"))]
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {schema["$id"]: schema for schema in found}, found[0]["$id"]


def facets(event):
    yield from event["run"].get("facets", {}).values()
    yield from event["job"].get("facets", {}).values()
    for dataset in event["inputs"] + event["outputs"]:
        for kind in ("facets", "inputFacets", "outputFacets"):
            yield from dataset.get(kind, {}).values()


def main(spec, events):
    known, core = schemas(pathlib.Path(spec))
    registry = Registry().with_resources(
        (uri, Resource.from_contents(schema, default_specification=DRAFT202012))
        for uri, schema in known.items()
    )

    def check(value, uri, line):
        if uri.split("#")[0] not in known:
            sys.exit(f"line {line}: unknown schema {uri}")
        validator = Draft202012Validator(
            {"$ref": uri}, registry=registry, format_checker=FormatChecker()
        )
        for error in validator.iter_errors(value):
            sys.exit(f"line {line}: {uri}: {error.message}")

    seen = set()
    line = 0
    with open(events, encoding="utf-8") as lines:
        for line, text in enumerate(lines, 1):
            event = json.loads(text)
            check(event, core + "#/$defs/RunEvent", line)
            for facet in facets(event):
                check(facet, facet["_schemaURL"], line)
                seen.add(facet["_schemaURL"].split("/")[-1])
    print(f"{line} events are valid; facets: {', '.join(sorted(seen))}")


if __name__ == "__main__":
    main(*sys.argv[1:])
