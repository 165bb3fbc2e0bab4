"""The results of a survey for corpora with known problems."""

import io
import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import soxr
from matplotlib import image

from prosody_ser.datasets import CORPORA
from prosody_ser.datasets.survey import survey
from prosody_ser.datasets.survey.fingerprint import ALIKE, alike_pairs, correlation, fingerprint
from prosody_ser.plots.survey import survey_figure
from prosody_ser.report.text.survey import FORMATS, survey_json, survey_text
from tests.support.signals import RATE, voice, write_wav


def tune(seed, seconds=0.5, rate=RATE):
    """A buzz with a random melody, different for each seed."""
    rng = np.random.default_rng(seed)
    pitch = np.interp(np.linspace(0, 5, round(seconds * rate)), np.arange(6), rng.uniform(80, 300, size=6))
    level = np.interp(np.linspace(0, 5, pitch.size), np.arange(6), rng.uniform(0.1, 1, size=6))
    tone = voice(pitch, seconds, 0.3, rate)
    return (tone + 1e-3 * np.random.default_rng(seed).normal(size=tone.size)) * level  # of the whole band


def kinds(report):
    return {(odd.file, odd.kind) for odd in report.odd}


def groups(report):
    return {frozenset(duplicate.files) for duplicate in report.duplicates}


# What is there and what is missing


@pytest.fixture(scope="module")
def two_actors(tmp_path_factory):
    """Files named like actors 01 and 02 of RAVDESS, without three clips of the first, and with one song."""
    folder = tmp_path_factory.mktemp("ravdess")
    names = sorted(n for n in CORPORA["ravdess"].expected() if n[-2:] in ("01", "02"))
    absent = ["03-01-01-01-01-01-01", "03-01-05-02-02-01-01", "03-01-05-02-02-02-01"]
    for seed, name in enumerate([*names, "03-02-05-01-01-01-02"]):
        if name not in absent:
            write_wav(folder / f"Actor_{name[-2:]}" / f"{name}.wav", tune(seed, 0.3 + 0.002 * (seed % 50)))
    return folder, absent


@pytest.fixture(scope="module")
def two_actors_report(two_actors):
    """What a survey of the folder gives, for the tests of how it is shown, too."""
    return survey(two_actors[0], jobs=2)


def test_missing_clips_are_those_that_were_left_out(two_actors, two_actors_report):
    absent, report = two_actors[1], two_actors_report
    assert report.corpus == "ravdess"
    assert len(report.clips) == 118
    others = [name for name in CORPORA["ravdess"].expected() if name[-2:] not in ("01", "02")]
    assert [u.file for u in report.missing] == sorted([*absent, *others])
    assert (report.n_expected, report.n_of_corpus) == (1440, 117)
    classes = report.classes_by_speaker()
    assert classes.speakers == ("01", "02")
    there = dict(zip(classes.emotions, classes.there.T.tolist(), strict=True))
    assert there["neutral"] == [3, 4]
    assert there["anger"] == [6, 9]  # one of them sung
    assert there["fear"] == [8, 8]
    assert classes.absent.sum(axis=1).tolist() == [3, 0]
    assert report.duplicates == ()
    assert report.odd == ()
    text = survey_text(report)
    assert "117 of 1,440 clips and 1 other, 2 of 24 speakers" in text
    assert "3/4" in text
    assert "6/8" in text
    assert "01: 3: 03-01-01-01-01-01-01, " in text
    assert "all clips of 22 speakers (60 each): 03, 04" in text


def test_durations_are_those_of_the_files(tmp_path):
    for i, seconds in enumerate((0.5, 0.75, 1.0)):
        write_wav(tmp_path / "sad" / f"ann_{i}.wav", tune(i, seconds))
    report = survey(tmp_path, "folder", jobs=1)
    assert report.durations_by_emotion()["sadness"].tolist() == [0.5, 0.75, 1.0]
    lines = [" ".join(line.split()) for line in survey_text(report).splitlines()]
    assert "sadness 3 0.50 0.75 1.00 2.2 s" in lines


# Copies


def trimmed(x, rate):
    return x[rate // 10 :], rate


COPIES = {
    "flac": ("flac", "PCM_16", lambda x, rate: (x, rate)),
    "24 bit": ("wav", "PCM_24", lambda x, rate: (x, rate)),
    "float": ("wav", "FLOAT", lambda x, rate: (x, rate)),
    "mu-law": ("wav", "ULAW", lambda x, rate: (x, rate)),
    "aiff": ("aiff", "PCM_16", lambda x, rate: (x, rate)),
    "both channels": ("wav", "PCM_16", lambda x, rate: (np.stack([x, x], axis=1), rate)),
    "one of two channels": ("wav", "PCM_16", lambda x, rate: (np.stack([x, 0 * x], axis=1), rate)),
    "12 dB less": ("wav", "PCM_16", lambda x, rate: (x / 4, rate)),
    "upside down": ("wav", "PCM_16", lambda x, rate: (-x, rate)),
    "48 kHz": ("wav", "PCM_16", lambda x, rate: (soxr.resample(x, rate, 48000), 48000)),
    "16 kHz": ("wav", "PCM_16", lambda x, rate: (soxr.resample(x, rate, 16000), 16000)),
    "44.1 kHz": ("wav", "PCM_16", lambda x, rate: (soxr.resample(x, rate, 44100), 44100)),
    "silence before": ("wav", "PCM_16", lambda x, rate: (np.concatenate([np.zeros(rate // 3), x]), rate)),
    "start cut off": ("wav", "PCM_16", trimmed),
    "vorbis": ("ogg", "VORBIS", lambda x, rate: (x, rate)),
    "mp3": ("mp3", "MPEG_LAYER_III", lambda x, rate: (soxr.resample(x, rate, 44100), 44100)),
}


def plant(clips, folder):
    """Write clips and a copy of each in different formats; return the groups of copies."""
    expected = set()
    for i, clip in enumerate(clips):
        original = folder / "happy" / f"s{i}_{clip.stem}{clip.suffix}"
        original.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip, original)
        suffix, subtype, change = list(COPIES.values())[i % len(COPIES)]
        copy = folder / "happy" / f"s{i}_copy.{suffix}"
        samples, rate = change(*soundfile.read(clip))
        soundfile.write(copy, samples, rate, subtype=subtype)
        expected.add(frozenset(path.relative_to(folder).as_posix() for path in (original, copy)))
    return expected


def test_every_planted_copy_is_detected_and_nothing_else(synthetic, tmp_path):
    clips = sorted(synthetic.glob("*.wav"))[::5][: 2 * len(COPIES)]
    expected = plant(clips, tmp_path)
    report = survey(tmp_path, "folder")
    assert groups(report) == expected
    assert not any(duplicate.identical or duplicate.grave for duplicate in report.duplicates)


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["emodb", "ravdess"])
def test_every_copy_of_real_clips_is_detected_and_nothing_else(request, tmp_path, corpus):
    clips = [p for p in sorted(request.getfixturevalue(corpus).rglob("*.*")) if p.suffix in (".wav", ".flac")]
    clips = [p for p in clips[::9] if soundfile.info(p).channels == 1][: 3 * len(COPIES)]
    expected = plant(clips, tmp_path)
    assert groups(survey(tmp_path, "folder")) == expected


def test_byte_identical_files_across_speakers_and_emotions_are_grave(tmp_path):
    first = write_wav(tmp_path / "happy" / "ann_1.wav", tune(1))
    write_wav(tmp_path / "happy" / "ann_2.wav", tune(2))
    write_wav(tmp_path / "happy" / "bob_1.wav", tune(3))
    for copy in ("sad/bob_2.wav", "happy/ann_3.wav"):
        (tmp_path / copy).parent.mkdir(exist_ok=True)
        shutil.copy(first, tmp_path / copy)
    write_wav(tmp_path / "happy" / "bob_3.wav", tune(3) / 2)
    report = survey(tmp_path, "folder")
    same, halved = report.duplicates
    assert same.files == ("happy/ann_1.wav", "happy/ann_3.wav", "sad/bob_2.wav")
    assert (same.identical, same.grave, same.correlation) == (True, True, 1.0)
    assert same.conflicts == ("speaker: ann and bob", "emotion: happiness and sadness")
    assert halved.files == ("happy/bob_1.wav", "happy/bob_3.wav")
    assert (halved.identical, halved.grave, halved.conflicts) == (False, False, ())
    assert halved.differences == ("levels differ by 6.0 dB",)
    text = survey_text(report)
    assert "5 files in 2 groups" in text
    assert "IN 1 OF THEM SPEAKERS OR EMOTIONS DIFFER" in text


def test_many_copies_of_one_sound_are_one_group(tmp_path):
    for i in range(40):
        write_wav(tmp_path / "sad" / f"ann_{i}.wav", tune(1) * (1 - 0.02 * i))
    (group,) = survey(tmp_path, "folder").duplicates
    assert len(group.files) == 40


def test_files_of_one_length_are_not_copies(tmp_path):
    for i in range(30):
        write_wav(tmp_path / "sad" / f"ann_{i}.wav", tune(i, 0.8))
    assert survey(tmp_path, "folder").duplicates == ()


def test_what_only_resembles_is_no_copy(tmp_path):
    """Noise with the same envelope and spectrum has similar fingerprints, but different samples."""
    envelope = np.abs(tune(1, 2.0)) + 0.01
    bursts = [0.2 * envelope * np.random.default_rng(seed).normal(size=envelope.size) for seed in range(3)]
    assert fingerprint(bursts[0]) @ fingerprint(bursts[1]) >= ALIKE
    for i, burst in enumerate(bursts):
        write_wav(tmp_path / "sad" / f"ann_{i}.wav", burst)
    assert survey(tmp_path, "folder").duplicates == ()


def test_fingerprint_knows_neither_gain_nor_silence_at_the_ends():
    x = tune(7, 1.0)
    moved = np.concatenate([np.zeros(4321), -0.01 * x, np.zeros(999)])
    assert fingerprint(x) @ fingerprint(moved) > 0.98
    assert fingerprint(x) @ fingerprint(tune(8, 1.0)) < ALIKE
    assert fingerprint(np.zeros(RATE)) is None
    assert fingerprint(np.full(RATE, 0.2)) is None
    assert fingerprint(x[:50]) is not None


def test_correlation():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, RATE))
    assert correlation(x, -3 * x + 0.1) == pytest.approx(1)
    assert correlation(x, np.concatenate([np.zeros(777), x])) == pytest.approx(1, abs=1e-3)
    assert correlation(x, x + y) == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert correlation(x, y) < 0.1
    assert correlation(x, np.zeros(100)) == 0
    finer = soxr.resample(x, 1, 8)
    assert correlation(finer[::8], finer[4::8]) > 0.99  # half a sample apart


def test_too_many_pairs_keep_the_likest(monkeypatch):
    monkeypatch.setattr("prosody_ser.datasets.survey.fingerprint.MOST_PAIRS", 3)
    rows = np.tile(fingerprint(tune(1)), (4, 1))
    rows[3] = fingerprint(tune(1) + 0.01 * tune(2))
    pairs, left_out = alike_pairs(rows)
    assert sorted(map(tuple, pairs.tolist())) == [(0, 1), (0, 2), (1, 2)]
    assert left_out == 3


# Odd files


@pytest.fixture(scope="module")
def odd_corpus(tmp_path_factory):
    """Thirty usual clips named as in RAVDESS, and one with each problem."""
    folder = tmp_path_factory.mktemp("odd")
    names = iter(sorted(CORPORA["ravdess"].expected()))

    def add(samples, rate=RATE, suffix="wav", **options):
        return write_wav(folder / f"{next(names)}.{suffix}", samples, rate, **options).name

    usual = [add(tune(i, 1.0)) for i in range(30)]
    planted = {
        (add(tune(40, 1.0), format="AIFF", subtype="PCM_16"), "suffix"),
        (add(tune(41, 1.0, 8000), 8000), "sample rate"),
        (add(np.stack([tune(42, 1.0), tune(43, 1.0)], axis=1)), "channels"),
        (add(tune(44, 1.0), subtype="PCM_24"), "samples"),
        (add(tune(45, 1.0), suffix="flac"), "container"),
        (add(np.clip(3 * tune(46, 1.0) / np.abs(tune(46, 1.0)).max(), -1, 1)), "clipped"),
        (add(tune(47, 1.0) * 0.5 + 0.2), "offset"),
        (add(np.zeros(RATE)), "silent"),
        (add(np.zeros(0)), "empty"),
        (add(tune(48, 0.15)), "short"),
        (add(tune(49, 6.0)), "long"),
        (write_wav(folder / "talk.wav", tune(50, 1.0)).name, "unexplained"),
    }
    infinite = add(np.where(np.arange(RATE) == 100, np.nan, tune(52, 1.0)), subtype="FLOAT")
    planted |= {(infinite, "non_finite"), (infinite, "samples")}
    for kind, content in (("empty", b""), ("unreadable", b"this is no recording")):
        (folder / f"{(name := next(names))}.wav").write_bytes(content)
        planted.add((f"{name}.wav", kind))
    whole = write_wav(folder / f"{next(names)}.wav", tune(51, 1.0))
    whole.write_bytes(whole.read_bytes()[:9000])
    planted.add((whole.name, "truncated"))
    pipe = folder / f"{next(names)}.wav"
    os.mkfifo(pipe)
    planted.add((pipe.name, "unreadable"))
    for where, change in (("nested", 1), ("other", 0.5)):
        write_wav(folder / where / usual[0], change * tune(0, 1.0))
        planted.add((f"{where}/{usual[0]}", "left out"))
    (folder / "01-01-05-01-01-01-01.wav").write_bytes(b"")  # video
    planted.add(("01-01-05-01-01-01-01.wav", "left out"))
    return folder, planted


@pytest.fixture(scope="module")
def odd_report(odd_corpus):
    return survey(odd_corpus[0], "ravdess", jobs=2)


def test_odd_files_are_those_that_were_planted(odd_corpus, odd_report):
    planted, report = odd_corpus[1], odd_report
    assert kinds(report) == planted
    causes = {(odd.file, odd.kind): odd.cause for odd in report.odd}
    assert all(causes.values())
    by_kind = {kind: cause for (_, kind), cause in causes.items()}
    assert by_kind["suffix"] == "the file is AIFF, though its name ends in .wav"
    assert by_kind["sample rate"].startswith("8000 Hz, while ")
    assert by_kind["offset"].startswith("the mean of the samples is +20 % of full scale")
    left_out = {file: cause for (file, kind), cause in causes.items() if kind == "left out"}
    first = next(iter(sorted(CORPORA["ravdess"].expected())))
    assert left_out[f"nested/{first}.wav"] == f"a second copy of {first}.wav, byte by byte"
    assert left_out[f"other/{first}.wav"] == f"a second copy of {first}.wav, but with different bytes"


def test_a_mix_of_formats_is_nothing_odd(tmp_path):
    for i in range(20):
        write_wav(tmp_path / "sad" / f"ann_{i}.wav", tune(i, 1.0, 8000 + 8000 * (i % 2)), 8000 + 8000 * (i % 2))
    assert survey(tmp_path, "folder").odd == ()


# How it is told


def test_json_holds_every_clip_and_no_nan(odd_report):
    report = odd_report

    def refuse(constant):
        raise AssertionError(constant)

    data = json.loads(survey_json(report), parse_constant=refuse)
    assert len(data["clips"]) == len(report.clips) == data["n_clips"]
    assert data["missing_by_speaker"]["24"]
    assert {(odd["file"], odd["kind"]) for odd in data["odd"]} == kinds(report)


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_break_in_a_name_breaks_no_line(tmp_path, name):
    file = tmp_path / "sad" / "ann|_1\n.wav"
    write_wav(file, np.zeros(RATE))
    write_wav(tmp_path / "sad" / "ann_2.wav", tune(1))
    text = FORMATS[name](survey(tmp_path, "folder"))
    assert "\\n" in text
    assert not any(line.startswith(".wav") for line in text.splitlines())


def test_picture_says_the_counts_in_grey(two_actors_report):
    figure = survey_figure(two_actors_report)
    written = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"3/4", "6/8", "8", "9", "57", "61", "118"} <= written
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    drawn.seek(0)
    assert (np.ptp(image.imread(drawn)[..., :3], axis=2) == 0).all()


def test_picture_shows_every_one_of_many_speakers(two_actors_report):
    report = two_actors_report
    many = [
        replace(clip, utterance=replace(clip.utterance, speaker=f"{i:03d}", sex=""))
        for i, clip in enumerate(report.clips[:110])
    ]
    figure = survey_figure(replace(report, clips=tuple(many), missing=None))
    labels = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert [label for label in labels if label.isdigit()] == [f"{i:03d}" for i in range(110)]
    assert labels.count("all") == 1
    assert len(figure.axes) == 3 + 2


def test_picture_of_what_cannot_be_read(tmp_path):
    (tmp_path / "sad").mkdir()
    (tmp_path / "sad" / "ann_1.wav").write_bytes(b"")
    report = survey(tmp_path, "folder")
    survey_figure(report).canvas.draw()
    assert "no clip could be read" in survey_text(report)


def test_command_takes_files_that_are_none(cli):
    """A link to itself cannot be an output."""
    write_wav(cli.folder / "corpus" / "sad" / "bob_1.wav", tune(1))
    (cli.folder / "corpus" / "sad" / "bob_loop.wav").symlink_to("bob_loop.wav")
    (cli.folder / "corpus" / "sad" / "bob_gone.wav").symlink_to("nowhere")
    done = cli("datasets", "show", "corpus", "-o", "corpus.png")
    assert done.status == 0, done.err
    assert "unreadable: 2" in done.out


def test_command(cli, two_actors):
    done = cli("datasets", "show", "ravdess", two_actors[0])
    assert done.status == 0, done.err
    assert "117 of 1,440 clips" in done.out
    assert (cli.folder / "ravdess_overview.png").stat().st_size > 10_000
    done = cli("datasets", "show", two_actors[0], "--format", "json", "-o", "x.svg")
    assert json.loads(done.out)["n_clips"] == 118
    assert (cli.folder / "x.svg").exists()


def test_the_picture_has_the_name_of_the_folder_and_is_kept(cli):
    write_wav(cli.folder / "mine" / "sad" / "bob_1.wav", tune(1))
    first = cli("datasets", "show", "folder", "mine")
    assert "picture -> mine_overview.png" in first.out, first.err
    (cli.folder / "mine_overview.png").write_text("precious")
    again = cli("datasets", "show", "folder", "mine")
    survey_lines = first.out.splitlines()[:-1]
    assert (again.status, again.out.splitlines()[: len(survey_lines)]) == (0, survey_lines)
    assert "mine_overview.png: the picture exists already and is kept; add --force" in again.out.replace("\n  ", " ")
    as_json = cli("datasets", "show", "folder", "mine", "--format", "json")
    assert json.loads(as_json.out)["n_clips"] == 1
    assert "is kept" in as_json.err
    refused = cli("datasets", "show", "folder", "mine", "-o", "mine_overview.png")
    assert (refused.status, refused.out) == (2, "")
    assert (cli.folder / "mine_overview.png").read_text() == "precious"
    assert "picture -> mine_overview.png" in cli("datasets", "show", "folder", "mine", "--force").out
    assert (cli.folder / "mine_overview.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nowhere"], "nowhere"),
        (["nosuch", "."], "nosuch"),
        (["a", "b", "c"], "3 names"),
        ([".", "--format", "xml"], "xml"),
        ([".", "-o", "a.txt"], "a.txt"),
        ([".", "-o", "no/a.png"], "no such folder"),
    ],
)
def test_command_refuses_in_one_line(cli, arguments, word):
    done = cli("datasets", "show", *arguments)
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert word in done.err


# Real corpora


@pytest.mark.slow
def test_emodb_is_complete_and_has_no_copies(emodb):
    report = survey(emodb)
    assert (report.corpus, len(report.clips), report.n_of_corpus, report.n_expected) == ("emodb", 535, 535, 535)
    assert len(report.about_speakers()) == 10
    assert report.duplicates == ()
    assert report.odd == ()


@pytest.mark.slow
def test_ravdess_has_one_clip_twice(ravdess):
    """Actor 07's second take of one sentence is the first, byte by byte."""
    report = survey(ravdess)
    assert len(report.clips) == 480
    assert len(report.missing) == 960
    (pair,) = report.duplicates
    assert [file[-24:-5] for file in pair.files] == ["3-01-03-01-02-01-07", "3-01-03-01-02-02-07"]
    assert pair.identical
    assert pair.conflicts == ("take: 01 and 02",)
    assert [odd.kind for odd in report.odd] == ["channels"] * 3
    assert all(odd.cause.startswith("2 channels, while ") for odd in report.odd)
    assert all(odd.cause.endswith(" files have 1 channel") for odd in report.odd)


def test_tess_quirks(tess):
    report = survey(tess)
    assert (report.corpus, len(report.clips), len(report.missing)) == ("tess", 60, 2740)
    assert report.duplicates == ()
    assert kinds(report) == {
        ("YAF_germ_angry.wav", "suffix"),
        ("YAF_neat_fear.wav", "suffix"),
        ("OAF_food_fear.wav", "sample rate"),
        ("OA_bite_neutral.wav", "misnamed"),
    }
