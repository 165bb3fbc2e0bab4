"""User-defined contours, measures and functionals become columns of the table."""

import json
import re
import sys

import pandas as pd
import pytest

from prosody_ser import Extraction, extract_table, read_table
from prosody_ser.errors import PluginError
from prosody_ser.features import clip, identity
from prosody_ser.plugin import load_plugin
from tests.support.signals import voice, write_wav

PLUGIN = '''
import numpy as np
from prosody_ser.plugin import contour, functional, measure

@measure(unit="ratio", family="voice quality", low=0, high=1)
def low_voice_share_ratio(analysis):
    """share of the voiced frames below 130 Hz"""
    f0_hz = analysis.pitch.f0_hz[analysis.voiced]
    return (f0_hz < 130).mean() if f0_hz.size else float("nan")

@contour(unit="dB", family="spectrum", low=-200, high=200, functionals=("mean", "slope", "spikes"))
def tilt_db(analysis):
    """level below 1 kHz over that above"""
    low, high = analysis.power[:, :32].sum(axis=1), analysis.power[:, 32:].sum(axis=1)
    return 10 * np.log10(low / high)

@functional(unit="spread", of=("f0",))
def spikes(contours):
    """distance from the median to the maximum"""
    return np.nanmax(contours.values, axis=1) - contours.quantile(0.5)
'''
NAMES = {"low_voice_share_ratio", "tilt_mean_db", "tilt_slope_db_per_s", "tilt_spikes_db", "f0_spikes_st"}


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module into the working directory and give its name, a new one each time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = []

    def write(text):
        name = f"my_features_{tmp_path.name.replace('-', '_')}_{len(written)}"
        (tmp_path / f"{name}.py").write_text(text)
        written.append(name)
        return name

    yield write
    load_plugin.cache_clear()
    for name in written:
        sys.modules.pop(name, None)


@pytest.fixture
def folder(tmp_path):
    for f0 in (100, 120, 180):
        write_wav(tmp_path / "corpus" / "sad" / f"bob_{f0}.wav", voice(f0))
    return tmp_path / "corpus"


@pytest.mark.parametrize("jobs", [1, 2])
def test_decorated_functions_become_columns(module, folder, jobs):
    table = extract_table(folder, plugin=module(PLUGIN), jobs=jobs)
    assert set(table.feature_names) >= NAMES
    assert list(table.frame["low_voice_share_ratio"].round(2)) == [1.0, 1.0, 0.0]
    assert (table.frame["tilt_mean_db"] > 10).all()
    assert (table.frame["f0_spikes_st"] < 1.0).all()  # the high-pass rings where a voice begins at once
    assert len(table.about["plugin"]["sha256"]) == 64


def test_contours_of_a_plugin_are_in_tables_of_frames(module, folder):
    table = extract_table(folder, plugin=module(PLUGIN), level="frames", jobs=1)
    assert "tilt_db" in table.feature_names


def test_from_the_command_line(module, folder, cli):
    name = module(PLUGIN)
    assert cli("extract", str(folder), "t.csv", "--plugin", name, "--jobs", "2").status == 0
    assert set(read_table("t.csv").feature_names) >= NAMES
    listed = json.loads(cli("features", "--plugin", name, "--format", "json").out)
    mine = {f["name"]: f for f in listed["features"] if f["name"] in NAMES}
    assert set(mine) == NAMES
    assert mine["tilt_slope_db_per_s"]["unit"] == "dB/s"
    assert mine["low_voice_share_ratio"]["definition"] == "share of the voiced frames below 130 Hz"


def test_a_measure_that_fails_costs_the_clip_and_says_where(module, folder):
    text = PLUGIN.replace("f0_hz = analysis", "1 / 0; f0_hz = analysis")
    frame = extract_table(folder, plugin=module(text)).frame
    assert (frame["status"] == "unmeasurable").all()
    assert frame["error"].str.contains("low_voice_share_ratio failed (ZeroDivisionError", regex=False).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nonexistent_thing", "cannot be imported"),
        ("x = 1", "has no function decorated"),
        (PLUGIN.replace("low_voice_share_ratio", "low_voice_share"), "name must end with _ratio"),
        (PLUGIN.replace('of=("f0",)', 'of=("pitch",)'), "no contour 'pitch'"),
        (PLUGIN.replace('"slope", "spikes"', '"tilt"'), "no functional 'tilt'"),
        (PLUGIN.replace('unit="spread"', 'unit="metre"'), "unit must be one of"),
        (PLUGIN.replace("def spikes", "def mean"), "of this name exists"),
        (PLUGIN.replace("low_voice_share_ratio", "voiced_share_ratio"), "exists already"),
        (PLUGIN.replace("low_voice_share_ratio", "tilt_mean_db").replace('"ratio"', '"dB"'), "exists already"),
        (PLUGIN.replace("tilt_db", "intensity_db"), "a contour intensity_db exists"),
        (PLUGIN.replace("low_voice_share", "low__share"), "must not contain __"),
        ("import sys; sys.exit(3)", "cannot be imported (SystemExit: 3)"),
    ],
)
def test_what_a_plugin_must_not_do_is_reported_in_one_line(module, folder, cli, text, message):
    name = module(text)
    with pytest.raises(PluginError, match=re.escape(message)):
        load_plugin(name)
    done = cli("extract", str(folder), "t.csv", "--plugin", name)
    assert done.status == 2
    assert message in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        PLUGIN + "\nsecond_name_ratio = low_voice_share_ratio\n",
        PLUGIN.replace('("mean", "slope", "spikes")', '("mean", "mean", "slope", "spikes")'),
        PLUGIN.replace("distance from", "{x} distance from"),
        PLUGIN.replace("share of the voiced frames below 130 Hz", "   "),
    ],
    ids=["second name", "named twice", "braces", "blank docstring"],
)
def test_what_looks_odd_but_is_none_of_our_business(module, folder, cli, text):
    assert cli("extract", str(folder), "t.csv", "--plugin", module(text)).status == 0
    assert set(read_table("t.csv").feature_names) >= NAMES


def test_infinite_values_are_undefined(module, folder, cli):
    """Otherwise a table with them could not be read."""
    text = PLUGIN.replace("return (f0_hz < 130)", 'return float("inf"); return (f0_hz < 130)')
    assert cli("extract", str(folder), "t.csv", "--plugin", module(text)).status == 0
    assert read_table("t.csv").frame["low_voice_share_ratio"].isna().all()


def test_a_measure_that_returns_no_number_is_named(module, folder):
    frame = extract_table(folder, plugin=module(PLUGIN.replace("return (f0_hz", 'return "much"; (f0_hz'))).frame
    assert frame["error"].str.contains("plugin function low_voice_share_ratio").all()


def test_the_digest_knows_what_the_module_imports(module, folder, tmp_path):
    """Otherwise rows of the old helper would be read from the cache."""
    helper = module("FACTOR = 1.0\n")
    name = module(PLUGIN.replace("import numpy as np", f"import numpy as np\nimport {helper}"))
    before = load_plugin(name).about["sha256"]
    load_plugin.cache_clear()
    del sys.modules[name]
    (tmp_path / f"{helper}.py").write_text("FACTOR = 2.0\n")
    assert load_plugin(name).about["sha256"] != before


READS = """
from pathlib import Path
from prosody_ser.plugin import measure
HERE = Path(__file__).parent
TABLES = HERE / "tables"

@measure(unit="ratio", family="timing", low=0, high=1000)
def read_ratio(analysis):
    {late}
    return float({read})
"""


@pytest.mark.parametrize(
    ("late", "read", "file", "texts"),
    [
        ("import NAME", "NAME.FACTOR", "NAME.py", ("FACTOR = 1", "FACTOR = 2")),
        ("from NAME.deep import FACTOR", "FACTOR", "NAME/deep.py", ("FACTOR = 1", "FACTOR = 2")),
        ("import importlib", "importlib.import_module('NAME').FACTOR", "NAME.py", ("FACTOR = 1", "FACTOR = 2")),
        ("name = 'NAME'", "(HERE / f'{name}.txt').read_text()", "NAME.txt", ("1", "2")),
        ("", "open('NAME.txt').read()", "NAME.txt", ("1", "2")),
        ("name = 'NAME.txt'", "(TABLES / name).read_text()", "tables/NAME.txt", ("1", "2")),
        ("", "Path(__file__).with_suffix('.dat').read_text()", "{plugin}.dat", ("1", "2")),
    ],
    ids=["import", "folder without __init__", "importlib", "f-string", "open", "folder", "suffix"],
)
def test_the_digest_knows_what_the_module_reads_only_as_it_measures(module, tmp_path, late, read, file, texts):
    """Otherwise rows of the old file would be read from the cache."""
    unique = f"late_{tmp_path.name.replace('-', '_')}"
    name = module(READS.format(late=late, read=read).replace("NAME", unique))
    place = tmp_path / file.replace("NAME", unique).format(plugin=name)
    place.parent.mkdir(exist_ok=True)
    digests = []
    for text in texts:
        place.write_text(text)
        load_plugin.cache_clear()
        digests.append(load_plugin(name).about["sha256"])
    assert digests[0] != digests[1]


def test_what_the_module_writes_is_no_part_of_it(module, tmp_path):
    text = (
        PLUGIN
        + """
LOG = "seen.txt"
def note(text):
    with open(LOG, "a") as file:
        file.write(text)
    Path("all.json").write_text(text)
"""
    )
    name = module(text)
    digests = []
    for content in ("", "more"):
        for file in ("seen.txt", "all.json", "other.txt"):
            (tmp_path / file).write_text(content)
        load_plugin.cache_clear()
        digests.append(load_plugin(name).about["sha256"])
    assert digests[0] == digests[1]


@pytest.mark.parametrize("jobs", [0, 1])
def test_a_file_that_changes_while_it_measures_ends_the_run(module, folder, tmp_path, monkeypatch, jobs):
    """Otherwise rows of the new file would be cached with the digest of the old one."""
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path / "cache"))
    name = module(READS.format(late="", read="(HERE / 'weight.txt').read_text()"))
    (tmp_path / "weight.txt").write_text("1")

    def change(done, total):
        (tmp_path / "weight.txt").write_text("2")

    progress = change

    def in_a_new_process():
        for cached in (load_plugin, identity._job_digest, clip._features_of, clip._value_function):
            cached.cache_clear()
        return measure()

    def measure():
        frames = Extraction(folder, plugin=name).frames(jobs=jobs, progress=progress)
        return pd.concat(frames)["read_ratio"].tolist()

    with pytest.raises(PluginError, match=r"weight\.txt has changed since"):
        measure()
    with pytest.raises(PluginError, match=r"weight\.txt has changed since"):  # the module is loaded still
        measure()
    assert in_a_new_process() == [2.0, 2.0, 2.0]
    (tmp_path / "weight.txt").write_text("1")
    progress = None
    assert in_a_new_process() == [1.0, 1.0, 1.0]


def test_a_contour_of_the_wrong_length_is_refused(module, folder):
    frame = extract_table(
        folder, plugin=module(PLUGIN.replace("np.log10(low / high)", "np.log10(low / high)[1:]"))
    ).frame
    assert frame["error"].str.contains("plugin function tilt_db returned shape").all()


def test_an_unknown_module(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = cli("features", "--plugin", "no_such_module")
    assert done.status == 2
    assert "plugin 'no_such_module' cannot be imported" in done.err
    assert "; write mine, the name in 'import mine'" in cli("features", "--plugin", "mine.py").err
