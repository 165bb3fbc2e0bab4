"""A user's own contours, measures and functionals: from a module to columns of the table."""

import json
import re
import sys

import pytest

from prosody_ser import extract_table, read_table
from prosody_ser.errors import PluginError
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
    assert frame["error"].str.contains("low_voice_share_ratio: ZeroDivisionError").all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nonexistent_thing", "cannot be imported"),
        ("x = 1", "decorates no function"),
        (PLUGIN.replace("low_voice_share_ratio", "low_voice_share"), "name ends with _ratio"),
        (PLUGIN.replace('of=("f0",)', 'of=("pitch",)'), "no contour 'pitch'"),
        (PLUGIN.replace('"slope", "spikes"', '"tilt"'), "no functional 'tilt'"),
        (PLUGIN.replace('unit="spread"', 'unit="metre"'), "unit is one of"),
        (PLUGIN.replace("def spikes", "def mean"), "of this name exists"),
        (PLUGIN.replace("low_voice_share_ratio", "voiced_share_ratio"), "is a feature already"),
        (PLUGIN.replace("low_voice_share_ratio", "tilt_mean_db").replace('"ratio"', '"dB"'), "is a feature already"),
        (PLUGIN.replace("tilt_db", "intensity_db"), "a contour intensity_db exists"),
        (PLUGIN.replace("low_voice_share", "low__share"), "no __ in names"),
        ("import sys; sys.exit(3)", "cannot be imported (SystemExit: 3)"),
    ],
)
def test_what_a_plugin_must_not_do_is_said_in_one_line(module, folder, cli, text, said):
    name = module(text)
    with pytest.raises(PluginError, match=re.escape(said)):
        load_plugin(name)
    done = cli("extract", str(folder), "t.csv", "--plugin", name)
    assert done.status == 2
    assert said in done.err
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
    """A table with them could not be read back."""
    text = PLUGIN.replace("return (f0_hz < 130)", 'return float("inf"); return (f0_hz < 130)')
    assert cli("extract", str(folder), "t.csv", "--plugin", module(text)).status == 0
    assert read_table("t.csv").frame["low_voice_share_ratio"].isna().all()


def test_a_measure_that_returns_no_number_is_named(module, folder):
    frame = extract_table(folder, plugin=module(PLUGIN.replace("return (f0_hz", 'return "much"; (f0_hz'))).frame
    assert frame["error"].str.contains("plugin function low_voice_share_ratio").all()


def test_the_digest_knows_what_the_module_imports(module, folder, tmp_path):
    """Else rows made with the old helper would be taken from the cache."""
    helper = module("FACTOR = 1.0\n")
    name = module(PLUGIN.replace("import numpy as np", f"import numpy as np\nimport {helper}"))
    before = load_plugin(name).about["sha256"]
    load_plugin.cache_clear()
    del sys.modules[name]
    (tmp_path / f"{helper}.py").write_text("FACTOR = 2.0\n")
    assert load_plugin(name).about["sha256"] != before


def test_a_contour_of_the_wrong_length_is_refused(module, folder):
    frame = extract_table(
        folder, plugin=module(PLUGIN.replace("np.log10(low / high)", "np.log10(low / high)[1:]"))
    ).frame
    assert frame["error"].str.contains("plugin function tilt_db: shape").all()


def test_an_unknown_module(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = cli("features", "--plugin", "no_such_module")
    assert done.status == 2
    assert "plugin 'no_such_module' cannot be imported" in done.err
