"""Model files taken apart and put together again with correct checksums, as an attacker could do."""

import io
import json
import zipfile

import numpy as np

from prosody_ser.model.file_format.canonical_json import as_json
from prosody_ser.model.file_format.skops_schema import SCHEMA, schema_of
from prosody_ser.model.file_format.zip_members import packed

MADE_BY = "0.1.0"


def members_of(path):
    """The members of a file by name, without the manifest."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if name != "manifest.json"}


def parts_of(path):
    """The content of a file: model and card as JSON, arrays by their number."""
    members = members_of(path)
    content = json.loads(members.pop(SCHEMA))["content"]
    arrays = [np.load(io.BytesIO(members[name])) for name in sorted(members)]
    return json.loads(content["model"]["content"]), json.loads(content["card"]["content"]), arrays


def npy(array):
    """An array in numpy's file format."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def forged(model, card, arrays):
    """Write a file of any parts, with correct checksums."""
    names = [f"array_{i:03d}.npy" for i in range(len(arrays))]
    schema = as_json(schema_of({"model": as_json(model), "card": as_json(card)}, names)).encode()
    return packed({SCHEMA: schema} | {n: npy(a) for n, a in zip(names, arrays, strict=True)}, MADE_BY)


def plain_zip(members, compression=zipfile.ZIP_STORED):
    """Write a ZIP file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def place_of(model, name, step=-1, member=None):
    """Find the number of an array of a step."""
    part = model["steps"][step]
    return (part if member is None else part["parts"][member])["arrays"][name]
