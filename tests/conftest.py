"""What several tests need: signals, tables, the command line, and where the real corpora are."""

import contextlib
import io
import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import soundfile

from prosody_ser.tables.feature_table import FeatureTable

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
RATE = 16000


def corpus_folder(name: str, below: str = "") -> Path:
    """Folder of a real corpus, or skip."""
    folder = SHARED / name / below
    if not folder.is_dir():
        pytest.skip(f"needs the {name} recordings in {folder}, which are not part of the project")
    return folder


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """Started in the background by a shell, this process would ignore Ctrl-C, and hand that on to its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Rows of another run, of other code perhaps, must not pass for this one's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROSODY_SER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def emodb():
    return corpus_folder("emodb", "wav")


@pytest.fixture(scope="session")
def ravdess():
    return corpus_folder("ravdess")


@pytest.fixture(scope="session")
def tess():
    return corpus_folder("tess")


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory):
    """The built-in corpus, made once."""
    from prosody_ser import synthesise

    folder = tmp_path_factory.mktemp("synthetic")
    synthesise(folder, seed=0)
    return folder


@pytest.fixture(scope="session")
def synthetic_table(synthetic):
    from prosody_ser import extract_table

    return extract_table(synthetic)


@pytest.fixture
def server():
    """An HTTP server on this machine."""
    from .loopback import Loopback

    made = Loopback()
    yield made
    made.close()


def voice(f0_hz=150.0, seconds=1.0, amplitude=0.3, rate=RATE):
    """A buzz: harmonics falling by 12 dB an octave, so with a clear pitch."""
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(f0_hz, t.shape)) / rate
    signal = sum(np.sin(k * phase) / k**2 for k in range(1, 20))
    return amplitude * signal / np.abs(signal).max()


def speech_like(seed=0):
    """Voiced syllables at several pitches, noise between them, a pause: something of everything."""
    rng = np.random.default_rng(seed)
    parts = []
    for f0, seconds in ((140, 0.25), (180, 0.3), (160, 0.2), (220, 0.35), (150, 0.3)):
        glide = f0 * 2 ** (0.15 * np.sin(np.arange(round(seconds * RATE)) / RATE * 12))
        parts += [voice(glide, seconds, 0.3), 0.03 * rng.normal(size=RATE // 12)]
    parts[5] = np.zeros(RATE // 3)
    samples = np.concatenate(parts)
    return samples + 1e-4 * rng.normal(size=samples.size)


def analysis(samples, rate=RATE):
    """The analysis of samples, endpoints found."""
    from prosody_ser.audio.prepare import prepare_audio
    from prosody_ser.contours import Analysis

    return Analysis(prepare_audio(samples, rate))


def contour(clip, *descriptors):
    """Contours of an analysis by descriptor, one row each; a single one as a vector."""
    from prosody_ser.catalogue import CONTOURS
    from prosody_ser.contours import contour_matrix

    matrix = contour_matrix(clip, [CONTOURS[d] for d in descriptors])
    return matrix[0] if len(descriptors) == 1 else matrix


def row_of(samples, features="prosody_v1", rate=RATE):
    """Features of samples by name."""
    from prosody_ser.catalogue import feature_set
    from prosody_ser.features import RowPlan

    wanted = feature_set(features)
    return dict(zip((f.name for f in wanted), RowPlan(wanted).compute(analysis(samples, rate)), strict=True))


def random_table(seed=0, n_rows=200, n_speakers=5, shares=(0.5, 0.3, 0.2), n_features=8, signal=0.0):
    """A table of normal noise; `signal` moves feature x0 by class. Every speaker has every class."""
    rng = np.random.default_rng(seed)
    classes = [f"class{i}" for i in range(len(shares))]
    emotion = rng.choice(classes, size=n_rows, p=shares)
    emotion[: n_speakers * len(classes)] = np.tile(classes, n_speakers)
    speaker = np.array([f"s{i:02d}" for i in range(n_speakers)])[rng.integers(n_speakers, size=n_rows)]
    speaker[: n_speakers * len(classes)] = np.repeat([f"s{i:02d}" for i in range(n_speakers)], len(classes))
    values = rng.normal(size=(n_rows, n_features))
    values[:, 0] += signal * np.array([classes.index(e) for e in emotion])
    names = [f"x{i}" for i in range(n_features)]
    frame = pd.DataFrame(values, columns=names)
    frame["file"] = [f"clip{i:04d}.wav" for i in range(n_rows)]
    frame["speaker"], frame["emotion"] = speaker, emotion
    return FeatureTable(frame, tuple(names))


def write_wav(path, samples, rate=RATE, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **options)
    return path


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Run the command line in an empty folder: ``cli("cv", "table.csv")`` gives status, out and err."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        from prosody_ser.cli import main

        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["prosody-ser", *map(str, arguments)])
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stop:
            main()
        return SimpleNamespace(status=stop.value.code, out=out.getvalue(), err=err.getvalue())

    run.folder = tmp_path
    return run


def files_in(folder):
    """Every file below a folder with its bytes: to see that nothing was lost or left behind."""
    return {
        os.path.relpath(os.path.join(parent, name), folder): Path(parent, name).read_bytes()
        for parent, _, names in os.walk(folder)
        for name in names
    }


def touch(folder, *files):
    """Empty files, with the folders they are in."""
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


#: What makes each model small enough to be fitted a thousand times; all else stays as in the registry.
QUICK = {
    "rf": {"model__n_estimators": 4},
    "mlp": {"model__hidden_layer_sizes": (4,), "model__max_iter": 15},
    "hgb": {"model__max_iter": 3, "model__min_samples_leaf": 5},
    "ensemble": {"model__members": ("logreg", "lda")},
}


def quick_pipeline(model, **options):
    """`make_pipeline`, with a small model."""
    from prosody_ser import make_pipeline

    pipeline = make_pipeline(model, **options)
    quick = dict(QUICK.get(model, {}))
    if model == "ensemble" and options.get("balance") == "class-weight":
        quick["model__members"] = ("logreg",)  # lda knows no class weight
    inner = "estimator__" if options.get("calibrate") else ""
    return pipeline.set_params(**{inner + name: value for name, value in quick.items()})


def acted_table(n_speakers=6, n_sentences=4, seed=0, rows_each=40, **more):
    """As acted corpora are: everybody says every sentence."""
    table = random_table(seed, n_rows=rows_each * n_speakers, n_speakers=n_speakers, **more)
    rng = np.random.default_rng(seed)
    table.frame["sentence"] = rng.choice([f"t{i}" for i in range(n_sentences)], size=len(table))
    return table
