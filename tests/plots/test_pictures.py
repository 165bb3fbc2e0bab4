"""Pictures show what was measured, are labelled, and can be read. No pixels are compared."""

import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from prosody_ser import FeatureTable, write_table
from prosody_ser.audio.prepare import Audio
from prosody_ser.catalogue import all_features
from prosody_ser.errors import ProsodySerError, TableError
from prosody_ser.measures.syllables import syllable_nuclei
from prosody_ser.plots.clip import MAX_COLUMNS, MAX_WIDTH_IN, clip_figure, wide_band_db
from prosody_ser.plots.distributions import distributions_figure
from prosody_ser.plots.style import DPI, new_figure, write_figure
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.command_line import assert_refused
from tests.support.folders import files_in
from tests.support.measuring import analysis
from tests.support.pictures import assert_readable, texts
from tests.support.signals import RATE, voice, write_wav
from tests.support.tables import random_table

PANELS = ("waveform", "segments", "spectrogram", "pitch", "intensity")


def silence(seconds):
    return np.zeros(round(seconds * RATE))


def two_vowels():
    """Half a second of 150 Hz and one of 200 Hz, silence before, between and after."""
    return np.concatenate([silence(0.3), voice(150, 0.5), silence(0.3), voice(200, 0.4), silence(0.5)])


@pytest.fixture(scope="module")
def clip():
    return analysis(two_vowels())


@pytest.fixture(scope="module")
def panels(clip):
    figure = clip_figure(clip, "two vowels")
    figure.draw_without_rendering()
    return dict(zip(PANELS, figure.axes, strict=True))


def drawn(axes, label):
    """The line or the bars with a label."""
    (match,) = (artist for artist in (*axes.lines, *axes.collections) if artist.get_label() == label)
    return match


def test_control_characters_in_a_name_are_drawn_as_escapes(clip, tmp_path):
    figure = clip_figure(clip, "two\x1b[31m vowels\tand\N{RIGHT-TO-LEFT OVERRIDE} more")
    write_figure(figure, tmp_path / "clip.svg")
    shown = texts(figure)
    assert "\\x1b" in shown
    assert "\\u202e" in shown
    assert shown.isprintable()


def test_clip_panels_share_a_time_axis_and_name_their_units(clip, panels):
    for axes in panels.values():
        assert axes.get_xlim() == (0, clip.audio.duration_s)
    assert panels["intensity"].get_xlabel() == "time (s)"
    units = ("full scale", "nuclei", "kHz", "semitones re 27.5 Hz", "dB")
    for axes, unit in zip(panels.values(), units, strict=True):
        assert unit in axes.get_ylabel() + " ".join(label.get_text() for label in axes.get_yticklabels())


def test_clip_endpoints_are_marked_in_every_panel(clip, panels):
    ends_s = [clip.audio.lead_s, clip.audio.lead_s + clip.audio.speech_s]
    assert ends_s == pytest.approx([0.3, 1.5], abs=0.05)
    for axes in panels.values():
        assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"] == ends_s
        shaded = sorted(
            tuple(patch.get_extents().transformed(axes.transData.inverted()).intervalx) for patch in axes.patches
        )
        assert np.ravel(shaded) == pytest.approx([0, *ends_s, clip.audio.duration_s])


def test_clip_segments_are_those_measured(clip, panels):
    bars = [path.get_extents().intervalx for path in drawn(panels["segments"], "voiced").get_paths()]
    expected = [(0.3, 0.8), (1.1, 1.5)]
    assert np.array(bars) == pytest.approx(np.array(expected), abs=0.03)
    in_bars = sum(((clip.audio.lead_s + clip.times_s > a) & (clip.audio.lead_s + clip.times_s < b)) for a, b in bars)
    np.testing.assert_array_equal(in_bars, clip.voiced)
    (pause,) = drawn(panels["segments"], "pauses").get_paths()
    assert pause.get_extents().intervalx == pytest.approx([0.8, 1.1], abs=0.03)
    nuclei_s = clip.audio.lead_s + syllable_nuclei(clip)
    assert len(nuclei_s) >= 2
    for panel in ("segments", "intensity"):
        np.testing.assert_array_equal(drawn(panels[panel], "nuclei").get_xdata(), nuclei_s)
    labels = [label.get_text() for label in panels["segments"].get_yticklabels()]
    assert labels == [f"nuclei ({len(nuclei_s)})", "voiced (2)", "pauses (1)"]


def test_clip_pitch_is_in_semitones_left_and_hertz_right(clip, panels):
    line = drawn(panels["pitch"], "pitch")
    np.testing.assert_array_equal(line.get_xdata(), clip.audio.lead_s + clip.times_s)
    np.testing.assert_array_equal(np.isfinite(line.get_ydata()), clip.voiced)
    for time_s, f0_hz in ((0.55, 150), (1.3, 200)):
        at = np.abs(line.get_xdata() - time_s).argmin()
        assert line.get_ydata()[at] == pytest.approx(12 * np.log2(f0_hz / 27.5), abs=0.1)
    (hertz,) = panels["pitch"].child_axes
    low_st, high_st = panels["pitch"].get_ylim()
    assert high_st - low_st >= 12 - 1e-9
    assert hertz.get_ylim() == pytest.approx((27.5 * 2 ** (low_st / 12), 27.5 * 2 ** (high_st / 12)))
    assert {"150", "200"} <= {label.get_text() for label in hertz.get_yticklabels()}


def test_clip_dots_are_the_formants_of_the_voiced_frames(clip, panels):
    dots = drawn(panels["spectrogram"], "formants")
    frequency_hz, _ = clip.formants
    np.testing.assert_array_equal(dots.get_ydata().reshape(frequency_hz.shape), frequency_hz / 1000)
    np.testing.assert_array_equal(dots.get_xdata(), np.tile(clip.audio.lead_s + clip.times_s, len(frequency_hz)))
    assert np.isfinite(dots.get_ydata()).any()


def test_clip_intensity_and_waveform_are_the_recording_s(clip, panels):
    np.testing.assert_array_equal(drawn(panels["intensity"], "intensity").get_ydata(), clip.intensity_db)
    wave = panels["waveform"].lines[0]
    assert (wave.get_ydata().min(), wave.get_ydata().max()) == (clip.audio.samples.min(), clip.audio.samples.max())


def test_spectrogram_shows_a_tone_at_its_frequency_and_a_click_at_its_time():
    t = np.arange(RATE) / RATE
    level_db = wide_band_db(Audio(np.sin(2 * np.pi * 2000 * t), 0, RATE), 0.01)
    assert (level_db[:, 10:90].argmax(axis=0) == 2000 / (RATE / 512)).all()
    click = 1e-4 * np.sin(2 * np.pi * 200 * t)
    click[RATE // 2] = 0.9
    levels = wide_band_db(Audio(click, 0, RATE), 0.001)[200]
    assert levels.argmax() == 500
    assert (levels[np.abs(np.arange(levels.size) - 500) > 5] < levels[500] - 40).all()


ODD_CLIPS = {
    "0.15 s": lambda: voice(150, 0.15),
    "voiceless": lambda: np.concatenate([silence(0.2), np.random.default_rng(0).normal(scale=0.1, size=RATE)]),
    "a minute": lambda: np.concatenate([silence(29), voice(150, 1), silence(30)]),
}


@pytest.mark.parametrize("kind", ODD_CLIPS)
def test_odd_clips_are_readable(kind):
    odd = analysis(ODD_CLIPS[kind]())
    name = "a very long name, as recorders give " * 8 + "$x_{"
    figure = clip_figure(odd, name)
    assert_readable(figure)
    assert figure.get_figwidth() <= MAX_WIDTH_IN
    (image,) = figure.axes[2].images
    assert image.get_array().shape[1] <= MAX_COLUMNS + 1
    assert ("no voiced frames" in texts(figure)) == (kind == "voiceless")
    assert "$x_{" in texts(figure)


def test_what_the_recording_lacks_is_not_drawn():
    figure = clip_figure(analysis(voice(150, 0.5, rate=8000), 8000), "narrow")
    assert figure.axes[2].get_ylim() == (0, 4)
    assert "formants" not in [line.get_label() for line in figure.axes[2].lines]  # as in tables
    assert figure.axes[2].get_ylabel() == "frequency (kHz)"


def test_plot_draws_a_recording(cli):
    write_wav(cli.folder / "far" / "take 1.wav", two_vowels())
    done = cli("plot", "far/take 1.wav")
    assert (done.status, done.out, done.err) == (0, "picture -> take 1.png\n", "")
    with Image.open(cli.folder / "take 1.png") as picture:
        picture.load()
        assert picture.size == (9 * DPI, 9 * DPI)
    assert set(files_in(cli.folder)) == {"far/take 1.wav", "take 1.png"}


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("PNG", b"\x89PNG")])
def test_the_suffix_says_the_format(cli, suffix, begins):
    write_wav(cli.folder / "a.wav", voice(150, 0.3))
    assert cli("plot", "a.wav", "-o", f"b.{suffix}").status == 0
    assert (cli.folder / f"b.{suffix}").read_bytes().startswith(begins)


def words(svg):
    """The text of an SVG, which is in comments beside its outlines."""
    return " ".join(re.findall("<!-- (.*?) -->", svg.read_text()))


def test_what_is_synthetic_says_so(cli):
    write_wav(cli.folder / "synthetic_f1_anger_s1_t1.wav", voice(150, 0.3))
    assert cli("plot", "synthetic_f1_anger_s1_t1.wav", "-o", "clip.svg").status == 0
    write_table(speech_table(corpus="synthetic"), cli.folder / "t.csv")
    done = cli("plot", "t.csv", "--feature", "f0_mean_st", "--out", "table.svg")
    assert done.status == 0
    assert SYNTHETIC_NOTICE in done.out
    for picture in ("clip.svg", "table.svg"):
        assert SYNTHETIC_NOTICE in words(cli.folder / picture)


def speech_table(n_speakers=5, n_rows=300, **columns):
    """Rows with a feature of the catalogue; every speaker has every emotion."""
    table = random_table(n_rows=n_rows, n_speakers=n_speakers, n_features=2, signal=1.0)
    frame = table.frame.rename(columns={"x0": "f0_mean_st", "x1": "own"})
    return FeatureTable(frame.assign(**{"corpus": "mine"} | columns), ("f0_mean_st", "own"))


def tick_labels(axes):
    return [label.get_text() for label in axes.get_xticklabels()]


def test_points_are_the_speakers_medians_and_the_axis_counts_clips():
    table = speech_table()
    table.frame.loc[table.frame.index[:40], "status"] = "unreadable"
    table.frame.loc[table.frame.index[40:43], "f0_mean_st"] = np.nan
    rows = table.frame[40:].dropna(subset="f0_mean_st")
    figure = distributions_figure(table, "f0_mean_st", "emotion")
    (axes,) = figure.axes
    counts = rows["emotion"].value_counts()
    assert tick_labels(axes) == [f"class{i}\nn = {counts[f'class{i}']}" for i in range(3)]
    medians = rows.groupby(["speaker", "emotion"])["f0_mean_st"].median()
    for speaker in medians.index.unique("speaker"):
        points = drawn(axes, speaker)
        np.testing.assert_array_equal(points.get_ydata(), medians[speaker])
        np.testing.assert_array_equal(np.floor(points.get_xdata()), range(3))  # each beside its group
    assert "3 undefined" in texts(figure)
    assert "257 clips of 5 speakers" in texts(figure)


def test_the_axis_says_name_unit_and_definition():
    figure = distributions_figure(speech_table(), "f0_mean_st", "emotion")
    label = " ".join(figure.axes[0].get_ylabel().split())
    assert label == f"f0_mean_st (st) {all_features()['f0_mean_st'].definition}"
    assert distributions_figure(speech_table(), "own", "emotion").axes[0].get_ylabel() == "own"


LONGEST = max(all_features().values(), key=lambda feature: len(feature.definition)).name
LAYOUTS = {
    "7 emotions": {"by": "emotion", "emotion": [f"emotion{i % 7}" for i in range(2000)]},
    "one group": {"by": "emotion", "emotion": "neutral"},
    "long names": {"by": "sentence", "sentence": [f"{i % 5} kids are talking by the door" for i in range(2000)]},
    "24 speakers": {"by": "speaker", "n_speakers": 24},
    "91 speakers": {"by": "speaker", "n_speakers": 91},
    "emotions of 91 speakers": {"by": "emotion", "n_speakers": 91},
    "sexes": {"by": "sex", "sex": ["female", "male", "", "other"] * 500},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_distributions_are_readable(layout):
    table = speech_table(n_rows=2000, **{k: v for k, v in LAYOUTS[layout].items() if k != "by"})
    frame = table.frame.rename(columns={"f0_mean_st": LONGEST})
    figure = distributions_figure(FeatureTable(frame, (LONGEST,)), LONGEST, LAYOUTS[layout]["by"])
    assert_readable(figure)
    assert figure.get_figwidth() <= MAX_WIDTH_IN


def test_speakers_are_told_apart_by_sex_without_colour():
    sex = np.where(speech_table().frame["speaker"] < "s02", "female", "male")
    figure = distributions_figure(speech_table(sex=sex), "f0_mean_st", "emotion")
    marks = {speaker: drawn(figure.axes[0], speaker).get_marker() for speaker in ("s00", "s01", "s02", "s03")}
    assert marks["s00"] == marks["s01"] != marks["s02"] == marks["s03"]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["female", "male"]


def test_groups_are_in_natural_order_and_one_without_values_stays():
    take = ["10", "9", ""] * 100
    table = speech_table(take=take)
    table.frame.loc[table.frame["take"] == "9", "f0_mean_st"] = np.nan
    labels = tick_labels(distributions_figure(table, "f0_mean_st", "take").axes[0])
    assert labels == ["9\nn = 0", "10\nn = 100"]


def test_two_corpora_s_speakers_are_two_people():
    frame = pd.concat([speech_table().frame.assign(corpus=corpus) for corpus in ("a", "b")])
    axes = distributions_figure(FeatureTable(frame, ("f0_mean_st",)), "f0_mean_st", "speaker").axes[0]
    assert len(tick_labels(axes)) == 10
    assert tick_labels(axes)[0].startswith("a:s00")


def test_frames_count_as_the_clips_they_are_of():
    frame = pd.concat([speech_table(n_rows=30).frame] * 4).rename(columns={"f0_mean_st": "f0_st"})
    figure = distributions_figure(FeatureTable(frame, ("f0_st",), {"level": "frames"}), "f0_st", "emotion")
    assert "120 frames of 30 clips of 5 speakers" in texts(figure)
    assert sum(int(label.split("= ")[1]) for label in tick_labels(figure.axes[0])) == 30
    assert figure.axes[0].get_ylabel().startswith("f0_st (st)\nfundamental frequency")


def test_far_values_do_not_press_the_others_flat_and_are_counted():
    table = speech_table(n_rows=2000)
    table.frame.loc[7, "f0_mean_st"] = 1e9
    figure = distributions_figure(table, "f0_mean_st", "emotion")
    assert figure.axes[0].get_ylim()[1] < 10
    assert re.search(r"Values not shown: \d+ beyond the axis", texts(figure))


def test_plot_draws_a_table(cli):
    write_table(speech_table(), cli.folder / "t.parquet")
    done = cli("plot", "t.parquet", "--feature", "f0_mean_st", "--by", "speaker")
    assert (done.status, done.err) == (0, "")
    assert done.out == "table     t.parquet\npicture -> f0_mean_st_by_speaker.png\n"
    with Image.open(cli.folder / "f0_mean_st_by_speaker.png") as picture:
        picture.load()
        assert picture.size[0] >= 1000


TABLE = ("plot", "t.csv", "--feature", "f0_mean_st")
REFUSED = {
    "no recording": (("plot", "nowhere.wav"), "nowhere.wav: no such recording"),
    "not a recording": (("plot", "text.wav"), "text.wav: not a recording that can be read"),
    "too short": (("plot", "short.wav"), "short.wav: the recording contains less than 0.1 s of sound"),
    "a folder": (("plot", "."), ".: this is a folder of recordings, but the command expects a recording"),
    "feature of a recording": (("plot", "a.wav", "--feature", "f0_mean_st"), "--feature can be used with tables only"),
    "group of a recording": (("plot", "a.wav", "--by", "emotion"), "a.wav: --by can be used with tables only"),
    "table without feature": (("plot", "t.csv"), "t.csv: for a table, name a feature with --feature"),
    "no table": (("plot", "none.csv", "--feature", "f0_mean_st"), "none.csv: no such table"),
    "feature misspelt": (("plot", "t.csv", "--feature", "f0_men_st"), "did you mean f0_mean_st"),
    "group of features": (("plot", "t.csv", "--feature", "f0"), "of several features: choose one of f0_mean_st"),
    "feature of another set": (("plot", "t.csv", "--feature", "mel"), "'extract --set full_v1' measures it"),
    "feature unlike any": (("plot", "t.csv", "--feature", "zzz"), "has no feature 'zzz'; it has f0_mean_st"),
    "unknown group": (
        (*TABLE, "--by", "mood"),
        "grouped by 'mood'; choose one of variant, corpus, speaker, emotion, dialect",
    ),
    "numbers as a group": ((*TABLE, "--by", "age"), "cannot be grouped by 'age'"),
    "empty group": ((*TABLE, "--by", "sex"), "cannot be grouped by 'sex'"),
    "nothing defined": (("plot", "t.csv", "--feature", "void"), "void is undefined in all 300 rows"),
    "too many groups": ((*TABLE, "--by", "dialect"), "the column 'dialect' has 300 values"),
    "unknown picture": (("plot", "a.wav", "-o", "a.jpg"), "a.jpg: the name of a picture must end in .png"),
    "nowhere to write": (("plot", "a.wav", "-o", "missing/a.png"), "no such folder"),
    "over the recording": (("plot", "a.wav", "-o", "link.png", "--force"), "would overwrite another file"),
    "over the table": ((*TABLE, "-o", "t.csv"), "a picture must end in"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_drawn_is_one_line_and_loses_nothing(cli, case):
    arguments, message = REFUSED[case]
    write_wav(cli.folder / "a.wav", voice(150, 0.3))
    write_wav(cli.folder / "short.wav", voice(150, 0.05))
    (cli.folder / "link.png").symlink_to("a.wav")
    (cli.folder / "text.wav").write_text("not a recording")
    frame = speech_table().frame
    frame = frame.assign(void=np.nan, dialect=[f"d{i}" for i in range(len(frame))], age=30.0)
    write_table(FeatureTable(frame, ("f0_mean_st", "own", "void"), {}, ("dialect",)), cli.folder / "t.csv")
    before = files_in(cli.folder)
    assert_refused(cli(*arguments), message)
    assert files_in(cli.folder) == before


def test_a_table_without_labels_is_refused(tmp_path):
    table = speech_table(emotion="")
    with pytest.raises(TableError, match="cannot be grouped by 'emotion'"):
        distributions_figure(table, "f0_mean_st", "emotion")


def test_a_figure_of_another_suffix_is_refused(tmp_path):
    with pytest.raises(ProsodySerError, match="a picture must end in"):
        write_figure(new_figure(2, 2), tmp_path / "x.docx")
    assert not files_in(tmp_path)


def test_plot_explains_itself(cli):
    done = cli("plot", "--help")
    assert done.status == 0
    assert done.out.startswith("Usage: prosody-ser plot")


def test_real_clips_are_readable(emodb, ravdess):
    from prosody_ser.audio.prepare import read_audio
    from prosody_ser.contours import Analysis

    for path in (next(emodb.glob("*.wav")), next(ravdess.rglob("*.flac"))):
        real = Analysis(read_audio(path))
        figure = clip_figure(real, path.name)
        assert_readable(figure)
        assert drawn(figure.axes[1], "nuclei").get_xdata().size == syllable_nuclei(real).size > 0


def test_one_odd_value_and_groups_of_one_stay_readable():
    """Neither an outlier nor a group without spread may hide the other groups or disappear."""
    table = random_table(n_rows=60)
    table.frame["x1"] = np.random.default_rng(1).normal(size=60)
    table.frame.loc[3, "x1"] = 1e5
    lone = table.frame.index[table.frame["emotion"] == "class2"]
    table.frame.loc[lone, "x1"] = 0.5
    figure = distributions_figure(table, "x1", "emotion")
    low, high = figure.axes[0].get_ylim()
    assert high - low < 15
    assert "1 beyond the axis" in texts(figure)
    bars = [line for line in figure.axes[0].lines if set(line.get_ydata()) == {0.5} and line.get_linewidth() == 2]
    assert bars


def test_groups_with_speakers_have_room_for_half_a_violin_and_points():
    table = random_table(n_rows=240, n_speakers=4)
    table.frame["emotion"] = [f"emotion {i % 30}" for i in range(240)]
    figure = distributions_figure(table, table.feature_names[0], "emotion")
    assert_readable(figure)
    assert figure.get_figwidth() / 30 > 0.4
