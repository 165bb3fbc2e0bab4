"""The second page, available on this machine only: survey a corpus, evaluate models on it, train one and use it."""

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
from .shown import notebook_view, notice, picture, sentence

_BUILT_IN = "The built-in EMO-DB table (features of ten German actors, without the recordings)"
_ON_THIS_MACHINE = "A folder or table on this machine"
_BELOW = "Clips by speaker and emotion, durations and formats. The text and tables below have the same content."
_GROUPS = ("emotion", "speaker", "sex")
#: Names of running jobs.
_TITLES = {
    "survey": "Surveying the folder",
    "extract": "Measuring the recordings",
    "cv": "Evaluating the model on held-out speakers",
    "compare": "Comparing the models on held-out speakers",
    "train": "Training",
}


def corpus_page() -> None:
    """Draw the page."""
    here = session()
    st.title("A corpus")
    st.markdown(
        "Survey a corpus, evaluate models on held-out speakers, train a model and use it on the first page. This page "
        "exists only as long as no other machine can reach it."
    )
    _source(here)
    if here.job is not None:
        _running(here)
    _messages(here)
    _survey(here)
    if here.table is None:
        return
    notebook_view(here.table, "The table")
    _distributions(here, here.table)
    _profile(here, here.table)
    _score(here)
    _report(here)
    _train(here)


def _source(here: Session) -> None:
    st.header("The corpus")
    which = st.radio("Corpus", [_BUILT_IN, _ON_THIS_MACHINE], key="which corpus", label_visibility="collapsed")
    if which == _BUILT_IN:
        _turn_to(here, "")
        if here.table is None:
            here.table = load_emodb_features(DEFAULT_SET)
        return
    text = st.text_input(
        "Path of a folder of recordings, or of a table written by 'extract' (.csv or .parquet)",
        key="corpus path",
        placeholder="/home/me/recordings",
    ).strip()
    path = Path(text).expanduser()
    _turn_to(here, str(path))
    if not text:
        return
    if path.is_file():
        _read(here, path)
    elif not path.is_dir():
        st.error(f"{path}: no such file or folder.")
        return
    if here.table is None or path.is_dir():
        with st.container(horizontal=True):
            look = path.is_dir() and st.button("Survey the folder", disabled=here.job is not None, key="look")
            measure = st.button("Measure the recordings", disabled=here.job is not None, key="measure")
        if look or measure:
            _start(here, "survey" if look else "extract", source=str(path))


def _turn_to(here: Session, name: str) -> None:
    """Discard the table and its results if another corpus is chosen."""
    if here.table_name != name:
        _take_table(here, None, name, None)
        for key in ("survey", "measured", "error"):
            here.done.pop(key, None)


def _read(here: Session, path: Path) -> None:
    """Read the table at a path, unless it was read before."""
    if here.table is not None:
        return
    try:
        if is_of_frames(path):
            raise ProtocolError(f"{path}: this is a table of frames, but this page needs a table with one row per clip")
        _take_table(here, read_table(path), str(path), str(path))
    except ProsodySerError as error:
        st.error(sentence(error))


def _take_table(here: Session, table: FeatureTable | None, name: str, path: str | None) -> None:
    here.table, here.table_name, here.table_path = table, name, path
    for key in ("result", "comparison"):
        here.done.pop(key, None)


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
    """Keep the results of a job in the session's memory; a table stays in the job's folder, for later jobs."""
    here.job = None
    if job.error is not None:
        here.done["error"] = sentence(job.error)
        return
    if job.asked.get("source", here.table_name) != here.table_name:  # another corpus was chosen meanwhile
        return
    if job.job == "survey":
        words = job.path("survey.md").read_text("utf-8")
        here.done["survey"] = Picture("Survey of the folder", job.path("survey.png").read_bytes(), _BELOW), words
    elif job.job == "extract":
        table = job.path("table.parquet")
        _take_table(here, read_table(table), job.asked["source"], str(table))
        here.done["measured"] = job  # keeps its folder, which holds the table
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
    overview, words = here.done["survey"]
    st.header("Survey of the folder")
    picture(overview, least=760)
    with st.expander("The survey as text and tables"):
        st.markdown(words)


def _distributions(here: Session, table: FeatureTable) -> None:
    st.header("Distribution of a feature")
    names = list(table.feature_names)
    first = names.index("f0_range_p20_p80_st") if "f0_range_p20_p80_st" in names else 0
    feature = st.selectbox("Feature", names, index=first, key="feature")
    by = st.selectbox("By", _GROUPS, key="by")
    try:
        picture(here.once((id(table), feature, by), lambda: distributions_picture(table, feature, by)))
    except ProsodySerError as error:
        st.error(sentence(error))


def _profile(here: Session, table: FeatureTable) -> None:
    st.header("Changes of features by emotion")
    st.markdown("Each emotion is compared with neutral speech of the same speaker. No model is trained.")
    try:
        picture(here.once((id(table), "profile"), lambda: profile_picture(profile(table), table)))
    except ProsodySerError as error:
        st.error(sentence(error))


def _models() -> dict[str, str]:
    return {name: f"{name}: {model.title}" for name, model in MODELS.items() if not model.network}


def _score(here: Session) -> None:
    st.header("Scores on held-out speakers")
    known = _models()
    chosen = st.multiselect(
        "Models: choose one to evaluate it (as 'cv'), or several to compare them (as 'compare')",
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
        "Speaker normalisation", list(SPEAKER_NORMS), format_func=lambda name: f"{name}: {SPEAKER_NORMS[name]}", key=key
    )


def _report(here: Session) -> None:
    """Show the results of a run, the audit first."""
    if "result" not in here.done:
        return
    result, comparison = here.done["result"], here.done.get("comparison")
    st.header("Report")
    st.subheader("Leak audit: faults that could make the scores wrong")
    st.html(audit_part(result.data["audit"]))
    st.subheader("Scores")
    content = result if comparison is None else comparison
    notebook_view(content, "Scores")
    if comparison is not None:
        with st.expander("All differences and tests"):
            st.markdown(comparison_text(comparison.data, "markdown"))
    page = here.once((id(content), "report"), lambda: FORMATS["html"](content))
    with st.expander("Full report"):
        st.iframe(page, height=700, tab_index=0, alt="The report as 'prosody-ser report' writes it")
    with st.container(horizontal=True):
        st.download_button("Report (HTML)", page, "report.html", "text/html", on_click="ignore")
        st.download_button("Result (JSON)", _json(content), "result.json", "application/json", on_click="ignore")


def _json(content: Result | Comparison) -> str:
    return json.dumps(content.data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _train(here: Session) -> None:
    st.header("Train a model and use it")
    st.markdown(
        "The model is first evaluated on held-out speakers and then fitted on all clips. Afterwards the first page "
        "uses it, in this browser window only."
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
            "Model (.skops)", here.done["model file"], "model.skops", "application/zip", on_click="ignore"
        )
        if st.button("Use the previous model again"):
            here.trained = None
            st.rerun()
