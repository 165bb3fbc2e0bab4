"""Files that are not models, or that request more than a model may: refused in one line, nothing is run or built."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from functools import partial
from operator import methodcaller
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.svm import SVC

from prosody_ser import load_model, save_model, train
from prosody_ser.errors import ModelError
from prosody_ser.learn.classifiers.registry import MODELS, build_model
from prosody_ser.model import read_card
from prosody_ser.model.file_format import arrays
from prosody_ser.model.file_format import pipeline as pipeline_parts
from prosody_ser.model.file_format.arrays import KINDS, array_bytes, array_from
from prosody_ser.model.file_format.skops_schema import SCHEMA
from prosody_ser.model.file_format.zip_members import FORMAT_VERSION, packed
from tests.support.model_files import MADE_BY, forged, members_of, npy, parts_of, place_of, plain_zip
from tests.support.pipelines import quick_pipeline
from tests.support.sequences import FEATURE_MODELS, as_read
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A file of each model, by name."""
    folder = tmp_path_factory.mktemp("models")
    paths = {}
    for name in MODELS:
        pipeline = quick_pipeline(name, speaker_norm="speaker" if name == "lda" else "none")
        if name == "ensemble":
            pipeline.set_params(model__rf=build_model("lda"), model__mlp=build_model("knn"))
        save_model(train(as_read(name, TABLE), pipeline, risk=0.3, folds=2), folder / f"{name}.skops")
        paths[name] = folder / f"{name}.skops"
    return paths


@pytest.fixture
def refused(tmp_path, cli, monkeypatch):
    """Check that everything that opens models refuses these bytes, and return the message."""

    def see(content, *, card_too=True):
        path = tmp_path / "bad.skops"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ModelError) as raised:
            load_model(path)
        message = str(raised.value)
        assert message.startswith(f"{path}: ")
        assert "\n" not in message
        assert len(message) < 500
        if card_too:
            shown = cli("model", "show", path)
            assert (shown.status, shown.out) == (2, "")
            assert shown.err.count("\n") == 1
        return message.removeprefix(f"{path}: ")

    return see


@pytest.fixture
def nothing_built(monkeypatch):
    """Fail if an estimator is built, or its codec imported."""

    def refuse(*_):
        raise AssertionError("something was built")

    monkeypatch.setattr(pipeline_parts, "_codec", refuse)
    monkeypatch.setattr(pipeline_parts, "_decoded_model", refuse)


class Evil:
    """An object whose pickle runs a command."""

    def __reduce__(self):
        return os.system, ("touch executed",)


def test_pickles_and_joblib_files_are_never_opened(tmp_path, refused):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert "this is not a model file of prosody-ser" in refused(pickle.dumps(Evil(), protocol))
    assert "a pickle or a joblib file" in refused(pickle.dumps(Evil()))
    for compress in (0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3)):
        joblib.dump({"model": Evil(), "array": np.ones(3)}, tmp_path / "m.joblib", compress=compress)
        assert "joblib" in refused((tmp_path / "m.joblib").read_bytes())
    assert not (tmp_path / "executed").exists()


def test_what_is_not_a_file_is_refused(tmp_path, refused):
    assert refused(None) == "no such model"
    assert refused(b"") == "the file is empty"
    assert refused(b"x\n").endswith("(it is text)")
    assert refused(b"file,speaker,emotion\n").endswith("(it is text)")
    assert "not a .skops file" in refused(bytes(range(200, 256)))
    (tmp_path / "bad.skops").unlink()
    os.mkfifo(tmp_path / "bad.skops")
    assert refused(None) == "this is a device or a pipe, not a model file"
    (tmp_path / "bad.skops").unlink()
    (tmp_path / "bad.skops").mkdir()
    assert refused(None) == "this is a folder, not a model file"
    with pytest.raises(ModelError, match="cannot be read"):
        load_model("nul\0.skops")


def test_cut_and_changed_files(files, refused):
    content = files["svm"].read_bytes()
    for length in (4, 30, 100, len(content) // 2, len(content) - 1):
        refused(content[:length])
    assert "or train the model again with 'prosody-ser train'" in refused(content[:-1])
    members = members_of(files["svm"])
    changed = dict(members, **{"array_002.npy": members["array_002.npy"][:-1] + b"\xff"})
    manifest = zipfile.ZipFile(files["svm"]).read("manifest.json")
    assert "array_002.npy is damaged or was changed" in refused(plain_zip({"manifest.json": manifest} | changed))
    assert "not those that its manifest.json lists" in refused(
        plain_zip({"manifest.json": manifest, "a.json": b""} | members)
    )
    del members["array_002.npy"]
    assert "not those that its manifest.json lists" in refused(plain_zip({"manifest.json": manifest} | members))
    assert "schema.json is not the schema of a model file" in refused(packed(members, MADE_BY))


def test_bombs_do_not_go_off(files, refused):
    """Compressed members are not unpacked, and the size that a header claims is not allocated."""
    members = members_of(files["svm"])
    bomb = dict(members, **{"array_000.npy": b"\0" * 300_000_000})
    bomb_only = {"array_000.npy": bomb["array_000.npy"]}
    manifest = {"manifest.json": zipfile.ZipFile(files["svm"]).read("manifest.json")}
    assert "manifest.json is compressed" in refused(plain_zip(manifest | bomb, zipfile.ZIP_DEFLATED))
    assert "is compressed (300000000 bytes unpacked)" in refused(plain_zip(bomb_only, zipfile.ZIP_DEFLATED))
    assert "is compressed" in refused(plain_zip(manifest | members, zipfile.ZIP_LZMA))
    many = plain_zip({f"a{i}.json": b"" for i in range(1001)})
    assert "1001 members" in refused(many)
    text = plain_zip({"schema.json": b"[]," * 2_000_000})
    assert "schema.json has 6000000 bytes, more than 4194304" in refused(text)
    claims = npy(np.zeros(4)).replace(b"(4,), }           ", b"(999999999999,), }")
    assert "its header states another size" in refused(packed(dict(members, **{"array_000.npy": claims}), MADE_BY))


def test_a_long_directory_takes_no_memory(refused):
    """Each entry has 47 bytes; as an object of zipfile it would need ten times as many."""
    n = 100_000
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, *[0] * 4, 33, 0, 0, 0, 1, *[0] * 6) + b"a"
    body, directory = b"PK\3\4" + b"\0" * 26, entry * n
    content = body + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(body), 0)
    tracemalloc.start()
    try:
        assert f"{n} members" in refused(content, card_too=False)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(content)
    finally:
        tracemalloc.stop()


def test_members_of_any_other_name_are_refused(files, refused):
    for name in ("../evil.json", "/etc/passwd", "a/b.npy", "x.pkl", "a.npy\n", "A.npy", "con.txt"):
        assert "which is not allowed in a model file" in refused(plain_zip(members_of(files["svm"]) | {name: b"x"}))
    buffer = io.BytesIO(files["svm"].read_bytes())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as file:
        file.writestr(SCHEMA, "{}")
    assert "which is not allowed in a model file" in refused(buffer.getvalue())
    encrypted = bytearray(files["svm"].read_bytes())
    at = encrypted.index(b"PK\x01\x02")
    encrypted[at + 8] |= 1
    assert "is encrypted" in refused(bytes(encrypted))


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 99, 0, -1, True, 1.0, "1", None, [1]])
def test_another_format_version_names_the_release_to_take(files, refused, version):
    members = members_of(files["lda"])
    manifest = json.loads(zipfile.ZipFile(files["lda"]).read("manifest.json"))
    manifest |= {"format_version": version, "made_by": "prosody-ser 7.1"}
    message = refused(plain_zip({"manifest.json": json.dumps(manifest).encode()} | members))
    assert f"reads versions up to {FORMAT_VERSION}: use prosody-ser 7.1" in message
    manifest |= {"made_by": "\x1b[2J" + "x" * 99}
    assert "use another release" in refused(plain_zip({"manifest.json": json.dumps(manifest).encode()} | members))


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b"null", b'{"format": "other"}', b"\xff", b"[" * 100_000, b'{"a": NaN}', b'{"a":1,"a":2}'],
)
def test_a_manifest_that_is_none(files, refused, text):
    refused(plain_zip({"manifest.json": text} | members_of(files["lda"])))
    members = members_of(files["lda"])
    refused(packed(dict(members, **{SCHEMA: text}), MADE_BY))


def test_skops_itself_opens_a_model_as_plain_data(files):
    """An independent reader: the file is a skops file without untrusted types."""
    for path in files.values():
        assert skops.io.get_untrusted_types(file=path) == []
        content = skops.io.load(path)
        model, card, columns = parts_of(path)
        assert (content.pop("model"), content.pop("card")) == (model, card)
        assert [np.array_equal(array, content[f"array_{i:03d}"]) for i, array in enumerate(columns)].count(False) == 0


def test_skops_files_of_estimators_are_refused(tmp_path, refused, nothing_built):
    fitted = SVC().fit(TABLE.X, TABLE.y)
    for evil in (
        fitted,
        {"model": fitted},
        methodcaller("system", "touch executed"),
        partial(os.system, "touch executed"),
        os.system,
        fitted.fit,
        np.random.RandomState(0),
        np.array([None, "x"], dtype=object),
        [os.system],
        {1, 2},
    ):
        content = skops.io.dumps(evil)
        assert "this is not a model file of prosody-ser" in refused(content)
        (tmp_path / "s.zip").write_bytes(content)
        message = refused(packed(members_of(tmp_path / "s.zip"), MADE_BY))
        assert (
            "which is not allowed in a model file" in message or "member" in message
        )  # random names of members of bytes
    assert not (tmp_path / "executed").exists()


NODES = {
    "FunctionNode": {"__module__": "os", "__class__": "system"},
    "TypeNode": {"__module__": "subprocess", "__class__": "Popen"},
    "ObjectNode": {"__module__": "sklearn.svm._classes", "__class__": "SVC"},
    "MethodNode": {"__module__": "builtins", "__class__": "str", "content": {"func": "format", "obj": None}},
    "OperatorFuncNode": {"__module__": "operator", "__class__": "methodcaller", "attrs": None},
    "PartialNode": {"__module__": "functools", "__class__": "partial", "content": {}},
    "ConstructorFromReduceNode": {"__module__": "subprocess", "__class__": "Popen", "content": None},
    "RandomStateNode": {"__module__": "numpy.random.mtrand", "__class__": "RandomState"},
    "TreeNode": {"__module__": "sklearn.tree._tree", "__class__": "Tree"},
    "CachedNode": {"__module__": "builtins", "__class__": "dict"},
    "BytesNode": {"__module__": "builtins", "__class__": "bytes", "file": "array_000.npy"},
    "NdArrayNode": {"__module__": "numpy", "__class__": "ndarray", "type": "json", "content": [], "shape": None},
    "DictNode": {"__module__": "collections", "__class__": "OrderedDict"},
    "JsonNode": {"__module__": "os", "__class__": "system", "content": "1"},
}


@pytest.mark.parametrize("loader", NODES)
def test_a_foreign_node_anywhere_is_refused_before_anything_is_built(files, refused, nothing_built, loader):
    node = {"__loader__": loader, "__id__": 10**6, **NODES[loader]}
    members = members_of(files["svm"])
    for put in (
        lambda schema: schema["content"].update(model=node),
        lambda schema: schema["content"].update(extra=node),
        lambda schema: schema["content"].update(array_000=node),
        lambda schema: schema["key_types"]["content"].append(node),
        lambda schema: schema["key_types"].update(content=node),
        lambda schema: schema.update(more=[[{"deep": node}]]),
        lambda schema: schema.update(node),
        lambda schema: schema.update(protocol=0, more=node),
    ):
        schema = json.loads(members[SCHEMA])
        put(schema)
        message = refused(packed(dict(members, **{SCHEMA: json.dumps(schema).encode()}), MADE_BY))
        assert "schema.json" in message
    if loader not in ("NdArrayNode",):
        assert "which is not allowed in a model file" in message


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.update(protocol=1),
        lambda s: s.update(protocol="2"),
        lambda s: s["content"]["array_000"].update(file="array_001.npy"),
        lambda s: s["content"]["array_000"].update(file="../x"),
        lambda s: s["content"].pop("card"),
        lambda s: s["content"]["card"].update(content=3),
        lambda s: s["content"]["model"].update(content="{"),
        lambda s: s["content"]["model"].update(__id__=77),
        lambda s: s.update(__id__=None),
        lambda s: s.clear(),
    ],
)
def test_a_schema_that_differs_in_anything_is_refused(files, refused, nothing_built, change):
    members = members_of(files["svm"])
    schema = json.loads(members[SCHEMA])
    change(schema)
    assert "schema.json" in refused(packed(dict(members, **{SCHEMA: json.dumps(schema).encode()}), MADE_BY))


OTHER_ARRAYS = {
    "objects": np.array([Evil(), None], dtype=object),
    "text": np.array(["a", "b"]),
    "bytes": np.array([b"a"]),
    "complex": np.ones(3, dtype=complex),
    "big-endian": np.ones(3, dtype=">f8"),
    "float16": np.ones(3, dtype="<f2"),
    "records": np.zeros(3, dtype=[("a", "<f8"), ("b", "<i8")]),
    "times": np.zeros(3, dtype="datetime64[s]"),
    "bool": np.ones(3, dtype=bool),
    "a number": np.array(3.0),
    "empty": np.ones((0,)),
    "columns first": np.asfortranarray(np.ones((3, 2))),
    "many dimensions": np.ones((1, 1, 1, 1)),
}


@pytest.mark.parametrize("kind", OTHER_ARRAYS)
def test_arrays_of_other_kinds_are_refused(tmp_path, files, refused, kind):
    model, card, columns = parts_of(files["svm"])
    refused(forged(model, card, [OTHER_ARRAYS[kind], *columns[1:]]), card_too=kind != "empty")
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 3, 4), (0,), (0, 3)])
def test_arrays_are_as_numpy_writes_them(kind, shape):
    array = np.random.default_rng(0).integers(0, 100, shape).astype(kind)
    assert array_bytes(array) == npy(array)
    assert np.array_equal(array_from(npy(array), "x"), array)
    with pytest.raises(TypeError, match="cannot be stored"):
        array_bytes(array.astype(object))


@pytest.mark.parametrize("size", [0, 5, 10, 64, 127, 128, 129])
def test_arrays_that_are_cut_or_have_more(size):
    content = array_bytes(np.ones(3))
    for broken in (content[:size], content + b"x"):
        with pytest.raises(ModelError):
            array_from(broken, "x")
    assert arrays._ALIGNMENT == 64


def test_shapes_that_numpy_refuses():
    content = array_bytes(np.zeros((0, 3)))
    claims = content.replace(b"(0, 3), }" + b" " * 26, b"(999999999999, 999999999999, 0), }" + b" ")
    assert len(claims) == len(content)
    with pytest.raises(ModelError, match="its header states another size"):
        array_from(claims, "x")


def test_a_machine_without_support_vectors(files, refused):
    model, card, columns = parts_of(files["svm"])
    places = {name: place_of(model, name) for name in ("support_vectors", "support", "dual_coef", "n_support")}
    columns[places["support_vectors"]] = columns[places["support_vectors"]][:0]
    columns[places["support"]] = columns[places["support"]][:0]
    columns[places["dual_coef"]] = columns[places["dual_coef"]][:, :0]
    columns[places["n_support"]] = columns[places["n_support"]] * 0
    assert "no support vector" in refused(forged(model, card, columns), card_too=False)


def _set(name, at, value, step=-1, member=None):
    def change(model, card, columns):
        columns[place_of(model, name, step, member)][at] = value

    return change


def _replace(name, made, step=-1, member=None):
    def change(model, card, columns):
        place = place_of(model, name, step, member)
        columns[place] = made(columns[place])

    return change


def _put(*path, value):
    def change(model, card, columns):
        place = model
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def _with_tensors(content, change):
    """The bytes of a safetensors file after a change of its tensors."""
    from safetensors.torch import load, save

    return np.frombuffer(save(change(load(content.tobytes()))), dtype=np.uint8)


FORGED = {
    "svm": [
        _set("n_support", 0, 10**6),
        _set("n_support", 0, -1),
        _set("n_support", slice(None), [1, 1, 1]),
        _set("support", 0, -5),
        _set("dual_coef", (0, 0), np.nan),
        _set("support_vectors", (0, 0), np.inf),
        _replace("dual_coef", lambda a: a[:, :-1].copy()),
        _replace("dual_coef", lambda a: a[:1].copy()),
        _replace("dual_coef", lambda a: a.T.copy()),
        _replace("support_vectors", lambda a: a[:-3].copy()),
        _replace("support_vectors", lambda a: np.ones((len(a), 9))),
        _replace("support", lambda a: a[:-1].copy()),
        _replace("support", lambda a: a.astype("<i8")),
        _replace("intercept", lambda a: a[:1].copy()),
        _replace("n_support", lambda a: np.append(a, a[:1] * 0)),
        _put("steps", -1, "settings", "kernel", value="precomputed"),
        _put("steps", -1, "settings", "kernel", value="sigmoid"),
        _put("steps", -1, "settings", "gamma", value=-1.0),
        _put("steps", -1, "settings", "gamma", value="scale"),
        _put("steps", -1, "settings", "break_ties", value=1),
        _put("steps", -1, "settings", "probability", value=True),
        _put("steps", -1, "settings", "decision_function_shape", value="ovo"),
    ],
    "linear-svm": [
        _replace("coef", lambda a: a[:, :2].copy()),
        _replace("coef", lambda a: a[:2].copy()),
        _set("coef", (0, 0), np.nan),
    ],
    "logreg": [_replace("coef", lambda a: a[0].copy()), _replace("intercept", lambda a: a[:0].copy())],
    "lda": [_set("intercept", 0, np.inf), _put("steps", 0, "settings", "clips", value="mine")],
    "mlp": [
        _replace("coef_0", lambda a: a[:-1].copy()),
        _replace("coef_1", lambda a: a[:-1].copy()),
        _replace("coef_1", lambda a: a[:, :-1].copy()),
        _replace("coef_0", lambda a: a[:, :0].copy()),
        _replace("intercept_0", lambda a: a[:1].copy()),
        _put("steps", -1, "settings", "n_layers", value=1),
        _put("steps", -1, "settings", "n_layers", value=3),
        _put("steps", -1, "settings", "n_layers", value=10**9),
    ],
    "cnn-features": [
        _replace("weights_0", lambda a: a[:-4].copy()),
        _replace("weights_0", lambda a: a[:0].copy()),
        _replace("weights_0", lambda a: a.astype("<i4")),
        _replace("weights_0", lambda a: np.frombuffer(b"\x80\x04K\x01.", dtype=np.uint8)),  # a pickle
        _replace("weights_0", lambda a: _with_tensors(a, lambda t: t | {"dense.1.bias": t["dense.1.bias"] * np.nan})),
        _replace("weights_0", lambda a: _with_tensors(a, lambda t: t | {"dense.1.bias": t["dense.1.bias"][:-1]})),
        _replace("weights_0", lambda a: _with_tensors(a, lambda t: t | {"dense.1.bias": t["dense.1.bias"].double()})),
        _replace("weights_0", lambda a: _with_tensors(a, lambda t: t | {"more": t["dense.1.bias"].clone()})),
        _replace("weights_0", lambda a: _with_tensors(a, lambda t: {k: v for k, v in t.items() if "bias" not in k})),
        _replace(
            "weights_0",
            lambda a: _with_tensors(a, lambda t: t | {"convolutions.1.running_var": -t["convolutions.1.running_var"]}),
        ),
        _put("steps", -1, "settings", "n_members", value=0),
        _put("steps", -1, "settings", "n_members", value=2),
        _put("steps", -1, "settings", "n_members", value=10**9),
        _put("steps", -1, "settings", "n_members", value=True),
    ],
    "best": [
        _set("family_of", 0, 9),
        _set("family_of", 0, -1),
        _replace("family_of", lambda a: a[:-1].copy()),
        _set("bandwidths", 0, -1.0),
        _set("bandwidths", 0, np.nan),
        _replace("bandwidths", lambda a: np.append(a, 1.0)),
        _set("rows", (0, 0), np.nan),
        _replace("rows", lambda a: a[:0].copy()),
        _replace("rows", lambda a: a[:, :1].copy()),
        _replace("rows", lambda a: a.astype(np.float64)),
        _replace("dual_coef", lambda a: a[:-1].copy()),
        _set("dual_coef", (0, 0), np.inf),
        _replace("coef", lambda a: a[:, :1].copy()),
        _replace("intercept", lambda a: a[:1].copy()),
        _put("steps", -1, "settings", "families", value="Other"),
        _put("steps", -1, "settings", "families", value=""),
        _put("steps", -1, "settings", "families", value="other,other"),
        _put("steps", -1, "settings", "families", value="other,pitch"),
        _put("steps", -1, "settings", "families", value=["other"]),
        _put("steps", -1, "settings", "linear_share", value=1.5),
        _put("steps", -1, "settings", "C", value=0.0),
    ],
    "knn": [
        _set("named", 0, 3),
        _set("named", 0, -1),
        _set("named", slice(None), 0),
        _replace("named", lambda a: a[:-1].copy()),
        _set("rows", (0, 0), np.nan),
        _put("steps", -1, "settings", "n_neighbors", value=0),
        _put("steps", -1, "settings", "n_neighbors", value=10**6),
        _put("steps", -1, "settings", "metric", value="precomputed"),
        _put("steps", -1, "settings", "weights", value="os.system"),
    ],
    "rf": [
        _set("left", 0, 10**6),
        _set("left", 0, 0),
        _set("left", 0, -7),
        _set("right", 0, -1),
        _set("right", 0, 1),
        _set("feature", 0, 4),
        _set("feature", 0, -2),
        _set("feature", 0, 2**62),
        _set("threshold", 0, np.nan),
        _set("n_nodes", 0, 1),
        _set("n_nodes", 0, 2**62),
        _set("n_nodes", 0, 0),
        _set("n_nodes", slice(None), -1),
        _replace("n_nodes", lambda a: a[:-1].copy()),
        _replace("shares", lambda a: a[:, :2].copy()),
        _replace("shares", lambda a: a[:-1].copy()),
        _set("shares", (0, 0), -1.0),
        _replace("left", lambda a: a[::-1].copy()),
        _replace("left", lambda a: np.full_like(a, 1)),
    ],
    "hgb": [
        _set("left", 0, 2**31),
        _set("left", 0, 0),
        _set("right", 0, -1),
        _set("leaf", 0, 2),
        _set("leaf", slice(None), 0),
        _set("feature", 0, 4),
        _set("feature", 0, -1),
        _set("value", 0, np.inf),
        _set("threshold", 0, np.inf),
        _replace("n_nodes", lambda a: np.append(a, 1)),
        _replace("baseline", lambda a: a[:, :1].copy()),
        _replace("value", lambda a: a[:-1].copy()),
    ],
    "ensemble": [
        _put("steps", -1, "parts", value=[]),
        _put("steps", -1, "parts", 0, "type", value="SVC"),
        _put("steps", -1, "parts", 0, "type", value="SoftVotingClassifier"),
        _put("steps", -1, "parts", 0, "parts", value=[{"type": "SVC", "settings": {}, "arrays": {}, "parts": []}]),
        _replace("coef", lambda a: a[:, :1].copy(), member=0),
        _set("named", 0, 9, member=2),
    ],
}
#: Changes that any model must refuse.
FORGED_ALIKE = [
    _set("mean", 0, np.nan, step=-2),
    _set("scale", 0, 0.0, step=-2),
    _set("scale", 0, -1.0, step=-2),
    _replace("mean", lambda a: a[:-1].copy(), step=-2),
    _set("statistics", 0, np.nan, step=-3),
    _replace("statistics", lambda a: np.append(a, 1.0), step=-3),
    _put("steps", value=[]),
    _put("steps", value={}),
    _put("steps", -1, "type", value="GaussianNB"),
    _put("steps", -1, "type", value="sklearn.svm:SVC"),
    _put("steps", -1, "type", value="KeptFeatures"),
    _put("steps", -2, "type", value="SVC"),
    _put("steps", -2, "type", value="FunctionTransformer"),
    _put("steps", -2, "arrays", value={}),
    _put("steps", -1, "arrays", "more", value=0),
    _put("steps", -1, "settings", "more", value=1),
    _put("steps", -1, "settings", "__class__", value="os.system"),
    _put("steps", -1, "more", value=1),
    _put("labels", value=["class0", "class1"]),
    _put("labels", value=["class0", "class2", "class1"]),
    _put("labels", value=["class0", "class1", 3]),
    _put("labels", value=["class0", "class1", "class1"]),
    _put("labels", value=["class0", "class1", "class2\x1b[2J"]),
    _put("labels", value="abc"),
    _put("features", value=["x0", "x1", "x2"]),
    _put("features", value=["x0", "x1", "x2", "x2"]),
    _put("features", value=["x0", "x1", "x2", None]),
    _put("feature_set", value="prosody_v9"),
    _put("feature_set", value="prosody_v1"),
    _put("feature_set", value=None),
    _put("parameters", value={"a": [1]}),
    _put("parameters", value={"../a": 1}),
    _put("weights", value=[]),
    _put("weights", value=[0.0]),
    _put("weights", value=["1"]),
    _put("weights", value=[True]),
    _put("weights", value=1.0),
    _put("weights", value=[1.0, 1.0, 1.0]),
    _put("threshold", value=-1.0),
    _put("threshold", value=7.0),
    _put("risk", value="0.1"),
    _put("novelty", "type", value="SVC"),
    _put("novelty", "settings", "rest", value=0.0),
    _put("novelty", "arrays", "centre", value=10**9),
    _put("novelty", "arrays", "centre", value=-1),
    _put("novelty", "arrays", "centre", value=0),
    _put("novelty", "arrays", "centre", value=True),
    _put("novelty", value=None),
    _put("more", value=1),
    lambda model, card, columns: columns.append(np.ones(3)),
    lambda model, card, columns: (
        columns[model["novelty"]["arrays"]["quantiles"]].sort()
        or columns[model["novelty"]["arrays"]["quantiles"]].__setitem__(0, 1e9)
    ),
    lambda model, card, columns: columns[model["novelty"]["arrays"]["variances"]].__setitem__(0, -1.0),
    lambda model, card, columns: columns[model["novelty"]["arrays"]["directions"]].__setitem__((0, 0), 5.0),
]


@pytest.mark.parametrize("name", FEATURE_MODELS)
def test_forged_models_are_refused_field_by_field(files, refused, name):
    """The checksums are right, but one field is not valid."""
    for number, change in enumerate([*FORGED[name], *FORGED_ALIKE]):
        model, card, columns = parts_of(files[name])
        change(model, card, columns)
        message = refused(forged(model, card, columns), card_too=False)
        assert message, (name, number)
    model, card, columns = parts_of(files[name])
    assert load_forged(forged(model, card, columns), files[name].parent).labels == tuple(model["labels"])


def load_forged(content, folder):
    path = Path(folder) / "forged.skops"
    path.write_bytes(content)
    return load_model(path)


def test_unknown_feature_sets_are_named(files, refused):
    model, card, columns = parts_of(files["lda"])
    message = refused(forged(model | {"feature_set": "prosody_v9"}, card, columns), card_too=False)
    assert message == (
        "the model's feature set 'prosody_v9' is unknown to this release, which has prosody_v1, full_v1, wide_v1"
    )
    message = refused(forged(model | {"feature_set": "full_v1"}, card, columns), card_too=False)
    assert message == "the model's feature 'x0' is not in the feature set full_v1"


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card["notes"].append("\x1b]0;evil\x07"),
        lambda card: card["notes"].append("\u202egnp.exe"),
        lambda card: card["score"].update(uar=10**400),
        lambda card: card["score"].update(uar="0.9"),
        lambda card: card["score"].update(uar=True),
        lambda card: card["score"].update(intervals={"level": 0.9, "uar": [1], "accuracy": [1, 2], "macro_f1": [1, 2]}),
        lambda card: card["model"]["steps"][0]["parameters"].update(a=[[[1]]]),
        lambda card: card.update(schema_version=2),
        lambda card: card.update(schema="other"),
        lambda card: card.pop("not_for"),
        lambda card: card.update(more=1),
        lambda card: card["made_by"].clear(),
    ],
)
def test_forged_cards_are_refused(files, refused, change):
    model, card, columns = parts_of(files["lda"])
    change(card)
    refused(forged(model, card, columns))


def test_a_deep_tree_does_not_hang(files, refused):
    """A tree that is a chain, as deep as it has nodes."""
    model, card, columns = parts_of(files["rf"])
    n = 200_001
    inner = np.arange(n) % 2 == 0
    inner[-1] = False
    number = np.arange(n)
    arrays_of = model["steps"][-1]["arrays"]
    columns[arrays_of["n_nodes"]] = np.array([n])
    columns[arrays_of["left"]] = np.where(inner, number + 1, -1)
    columns[arrays_of["right"]] = np.where(inner, number + 2, -1)
    columns[arrays_of["feature"]] = np.where(inner, 0, -2)
    for name in ("threshold", "impurity", "weight"):
        columns[arrays_of[name]] = np.zeros(n)
    columns[arrays_of["n_rows"]] = np.ones(n, dtype="<i8")
    columns[arrays_of["shares"]] = np.full((n, 3), 1 / 3)
    assert "deeper than 5000" in refused(forged(model, card, columns), card_too=False)


LITTLE = """
import resource, sys
from prosody_ser.model import load_model
from prosody_ser.errors import ModelError
import sklearn.svm, sklearn.impute, sklearn.preprocessing, sklearn.pipeline
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load_model(sys.argv[1])
except ModelError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_bomb_takes_no_memory(tmp_path, files):
    members = members_of(files["svm"]) | {"array_000.npy": b"\0" * 400_000_000}
    (tmp_path / "bomb.skops").write_bytes(plain_zip(members, zipfile.ZIP_DEFLATED))
    grown = subprocess.run([sys.executable, "-c", LITTLE, tmp_path / "bomb.skops"], capture_output=True, check=True)
    assert int(grown.stdout) < 50_000  # kB


def test_cards_of_all_models_are_read(files):
    for path in files.values():
        assert read_card(path) == load_model(path).card
