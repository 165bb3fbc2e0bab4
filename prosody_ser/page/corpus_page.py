"""The second page, for this machine alone: look into a corpus, score models on it, train one and use it."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from ..catalogue import DEFAULT_SET
from ..datasets.emodb_features import load_emodb_features
from ..errors import ProsodySerError, ProtocolError
from ..learn.classifiers.registry import MODELS
from ..learn.inspection.profile import profile
from ..learn.preprocessing.speaker_norm import SPEAKER_NORMS
from ..model import load_model
from ..prediction.reasons import known_ranges
from ..report.formats import FORMATS
from ..report.html.audit import audit_part
from ..report.text.comparison import comparison_text
from ..results import Comparison, Result
from ..tables.feature_table import FeatureTable
from ..tables.file import read_table
from ..tables.sequences import is_of_frames
from .corpus_pictures import distributions_picture, profile_picture
from .hearing import Picture
from .jobs import Job
from .models import InUse
from .session import Session, session
from .shown import notice, own_view, picture, sentence

_BUILT_IN, _OWN = "EMO-DB's built-in table (real speech of ten actors; numbers, no sound)", "On this machine"
_BELOW = "Clips by speaker and emotion, durations and formats. All of it stands below, in words and tables."
_GROUPS = ("emotion", "speaker", "sex")
#: What jobs are called while they run.
_TITLES = {
    "survey": "Looking through the folder",
    "extract": "Measuring the recordings",
    "cv": "Scoring on speakers held out",
    "compare": "Comparing on speakers held out",
    "train": "Training",
}


def corpus_page() -> None:
    """Draw it."""
    here = session()
    st.title("A corpus")
    st.markdown(
        "Look into a corpus, score models on speakers that they have not heard, train one and use it on the first "
        "page. Only this machine can reach this page, and only then is it there."
    )
    _source(here)
    if here.job is not None:
        _running(here)
    _messages(here)
    _survey(here)
    if here.table is None:
        return
    own_view(here.table, "The table")
    _distributions(here, here.table)
    _profile(here, here.table)
    _score(here)
    _report(here)
    _train(here)


def _source(here: Session) -> None:
    st.header("The corpus")
    which = st.radio("Which", [_BUILT_IN, _OWN], key="which corpus", label_visibility="collapsed")
    if which == _BUILT_IN:
        _turn_to(here, "")
        if here.table is None:
            here.table = load_emodb_features(DEFAULT_SET)
        return
    named = st.text_input(
        "Path of a folder of recordings, or of a table that 'extract' wrote (.csv or .parquet)",
        key="corpus path",
        placeholder="/home/me/recordings",
    ).strip()
    path = Path(named).expanduser()
    _turn_to(here, str(path))
    if not named:
        return
    if path.is_file():
        _read(here, path)
    elif not path.is_dir():
        st.error(f"{path}: no such file or folder.")
        return
    if here.table is None or path.is_dir():
        with st.container(horizontal=True):
            look = path.is_dir() and st.button("Look through it", disabled=here.job is not None, key="look")
            measure = st.button("Measure its recordings", disabled=here.job is not None, key="measure")
        if look or measure:
            _start(here, "survey" if look else "extract", source=str(path))


def _turn_to(here: Session, name: str) -> None:
    """Forget the table before, where another corpus is meant now."""
    if here.table_name != name:
        _take_table(here, None, name, None)
        for gone in ("survey", "measured", "error"):
            here.done.pop(gone, None)


def _read(here: Session, path: Path) -> None:
    """The table at a path, read once."""
    if here.table is not None:
        return
    try:
        if is_of_frames(path):
            raise ProtocolError(f"{path}: a table of frames; this page takes tables with a row for each clip")
        _take_table(here, read_table(path), str(path), str(path))
    except ProsodySerError as error:
        st.error(sentence(error))


def _take_table(here: Session, table: FeatureTable | None, name: str, path: str | None) -> None:
    here.table, here.table_name, here.table_path = table, name, path
    for gone in ("result", "comparison"):
        here.done.pop(gone, None)


def _start(here: Session, job: str, **asked: Any) -> None:
    here.done.pop("error", None)
    here.job = Job(job, **asked)
    st.rerun()


def _running(here: Session) -> None:
    @st.fragment(run_every=0.5)
    def progress() -> None:
        job = here.job
        if job is None:
            return
        if not job.running:
            _finish(here, job)
            st.rerun()
        share = job.done / job.total if job.total else 0.0
        counted = f": {job.done} of {job.total}" if job.total else ""
        st.progress(min(share, 1.0), text=f"{_TITLES[job.job]}{counted}")
        if st.button("Cancel", key="cancel"):
            job.cancel()
            here.job, here.done["error"] = None, "The run was cancelled. Nothing of it is kept."
            st.rerun()

    progress()


def _finish(here: Session, job: Job) -> None:
    """Keep what a job found, in the session's memory; a table stays in the job's folder, for jobs to come."""
    here.job = None
    if job.error is not None:
        here.done["error"] = sentence(job.error)
        return
    if job.asked.get("source", here.table_name) != here.table_name:  # another corpus is looked at by now
        return
    if job.job == "survey":
        words = job.path("survey.md").read_text("utf-8")
        here.done["survey"] = Picture("Survey of the folder", job.path("survey.png").read_bytes(), _BELOW), words
    elif job.job == "extract":
        table = job.path("table.parquet")
        _take_table(here, read_table(table), job.asked["source"], str(table))
        here.done["measured"] = job  # its folder holds the table
    elif job.job == "train":
        model = load_model(job.path("model.skops"))
        name = f"{model.card['model']['name']}, trained on the corpus page"
        here.trained = InUse(model, name, known_ranges(model, here.table))
        here.done["model file"] = job.path("model.skops").read_bytes()
    else:
        here.done["result"] = Result.read(job.path("result.json"))
        here.done.pop("comparison", None)
        if job.job == "compare":
            here.done["comparison"] = Comparison.read(job.path("comparison.json"))


def _messages(here: Session) -> None:
    if "error" in here.done:
        notice(here.done["error"])


def _survey(here: Session) -> None:
    if "survey" not in here.done:
        return
    shown, words = here.done["survey"]
    st.header("What the folder holds")
    picture(shown, least=760)
    with st.expander("The same in words and tables"):
        st.markdown(words)


def _distributions(here: Session, table: FeatureTable) -> None:
    st.header("How a feature is distributed")
    names = list(table.feature_names)
    first = names.index("f0_range_p20_p80_st") if "f0_range_p20_p80_st" in names else 0
    feature = st.selectbox("Feature", names, index=first, key="feature")
    by = st.selectbox("By", _GROUPS, key="by")
    try:
        picture(here.once((id(table), feature, by), lambda: distributions_picture(table, feature, by)))
    except ProsodySerError as error:
        st.error(sentence(error))


def _profile(here: Session, table: FeatureTable) -> None:
    st.header("What each emotion does to the voice")
    st.markdown("Against neutral, within the speaker; nothing is learned or scored.")
    try:
        picture(here.once((id(table), "profile"), lambda: profile_picture(profile(table), table)))
    except ProsodySerError as error:
        st.error(sentence(error))


def _models() -> dict[str, str]:
    return {name: f"{name}: {model.title}" for name, model in MODELS.items() if not model.network}


def _score(here: Session) -> None:
    st.header("How well models do on speakers that they have not heard")
    known = _models()
    chosen = st.multiselect(
        "Models: one is scored ('cv'), several are compared ('compare')",
        list(known),
        default=["lda"],
        format_func=known.__getitem__,
        key="models",
    )
    norm = _norm("norm of the score")
    if st.button("Run", type="primary", disabled=here.job is not None or not chosen, key="run"):
        job = "cv" if len(chosen) == 1 else "compare"
        _start(here, job, table=here.table_path, models=chosen, speaker_norm=norm)


def _norm(key: str) -> str:
    return st.selectbox(
        "What is known of a new speaker",
        list(SPEAKER_NORMS),
        format_func=lambda name: f"{name}: {SPEAKER_NORMS[name]}",
        key=key,
    )


def _report(here: Session) -> None:
    """What a run found: the audit first."""
    if "result" not in here.done:
        return
    result, comparison = here.done["result"], here.done.get("comparison")
    st.header("The report")
    st.subheader("What could make the scores wrong")
    st.html(audit_part(result.data["audit"]))
    st.subheader("The scores")
    found = result if comparison is None else comparison
    own_view(found, "The scores")
    if comparison is not None:
        with st.expander("All differences and tests"):
            st.markdown(comparison_text(comparison.data, "markdown"))
    page = here.once((id(found), "report"), lambda: FORMATS["html"](found))
    with st.expander("The whole report"):
        st.iframe(page, height=700, tab_index=0, alt="The report as 'prosody-ser report' writes it")
    with st.container(horizontal=True):
        st.download_button("Report (HTML)", page, "report.html", "text/html", on_click="ignore")
        st.download_button("Result (JSON)", _json(found), "result.json", "application/json", on_click="ignore")


def _json(found: Result | Comparison) -> str:
    return json.dumps(found.data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _train(here: Session) -> None:
    st.header("Train a model and use it")
    st.markdown(
        "It is scored on held-out speakers first, then fitted on all clips. From then on the first page uses it, in "
        "this browser window alone."
    )
    known = _models()
    name = st.selectbox(
        "Model", list(known), index=list(known).index("lda"), format_func=known.__getitem__, key="model to train"
    )
    norm = _norm("norm of the model")
    if st.button("Train and use it", disabled=here.job is not None, key="train"):
        _start(here, "train", table=here.table_path, models=[name], speaker_norm=norm)
    if here.trained is None:
        return
    notice(f"The first page now uses {here.trained.name}. The page 'The model' shows its card.")
    with st.container(horizontal=True):
        st.download_button(
            "The model (.skops)", here.done["model file"], "model.skops", "application/zip", on_click="ignore"
        )
        if st.button("Use the model of the command again"):
            here.trained = None
            st.rerun()
