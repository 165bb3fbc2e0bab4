"""The second page, available on this machine only: survey a corpus, evaluate models on it, train one and use it."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from ...catalogue import DEFAULT_SET
from ...datasets.emodb_features import load_emodb_features
from ...errors import ProsodySerError, ProtocolError
from ...learn.classifiers.registry import MODELS
from ...learn.inspection.profile import profile
from ...learn.preprocessing.speaker_norm import SPEAKER_NORMS
from ...model import load_model
from ...prediction.reasons import known_ranges
from ...report.formats import FORMATS
from ...report.html.audit import audit_part
from ...report.text.comparison import comparison_text
from ...results import Comparison, Result
from ...tables.feature_table import FeatureTable
from ...tables.file import read_table
from ...tables.sequences import is_of_frames
from ..clip_prediction import Picture
from ..jobs import Job
from ..models import InUse
from ..session import Session, session
from .corpus_pictures import distributions_picture, profile_picture
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
    state = session()
    st.title("A corpus")
    st.markdown(
        "Survey a corpus, evaluate models on held-out speakers, train a model and use it on the first page. This page "
        "exists only as long as no other machine can reach it."
    )
    _source(state)
    if state.job is not None:
        _running(state)
    _messages(state)
    _survey(state)
    if state.table is None:
        return
    notebook_view(state.table, "The table")
    _distributions(state, state.table)
    _profile(state, state.table)
    _score(state)
    _report(state)
    _train(state)


def _source(state: Session) -> None:
    st.header("The corpus")
    which = st.radio("Corpus", [_BUILT_IN, _ON_THIS_MACHINE], key="which corpus", label_visibility="collapsed")
    if which == _BUILT_IN:
        _turn_to(state, "")
        if state.table is None:
            state.table = load_emodb_features(DEFAULT_SET)
        return
    text = st.text_input(
        "Path of a folder of recordings, or of a table written by 'extract' (.csv or .parquet)",
        key="corpus path",
        placeholder="/home/me/recordings",
    ).strip()
    path = Path(text).expanduser()
    _turn_to(state, str(path))
    if not text:
        return
    if path.is_file():
        _read(state, path)
    elif not path.is_dir():
        st.error(f"{path}: no such file or folder.")
        return
    if state.table is None or path.is_dir():
        with st.container(horizontal=True):
            look = path.is_dir() and st.button("Survey the folder", disabled=state.job is not None, key="look")
            measure = st.button("Measure the recordings", disabled=state.job is not None, key="measure")
        if look or measure:
            _start(state, "survey" if look else "extract", source=str(path))


def _turn_to(state: Session, name: str) -> None:
    """Discard the table and its results if another corpus is chosen."""
    if state.table_name != name:
        _take_table(state, None, name, None)
        for key in ("survey", "measured", "error"):
            state.done.pop(key, None)


def _read(state: Session, path: Path) -> None:
    """Read the table at a path, unless it was read before."""
    if state.table is not None:
        return
    try:
        if is_of_frames(path):
            raise ProtocolError(f"{path}: this is a table of frames, but this page needs a table with one row per clip")
        _take_table(state, read_table(path), str(path), str(path))
    except ProsodySerError as error:
        st.error(sentence(error))


def _take_table(state: Session, table: FeatureTable | None, name: str, path: str | None) -> None:
    state.table, state.table_name, state.table_path = table, name, path
    for key in ("result", "comparison"):
        state.done.pop(key, None)


def _start(state: Session, job: str, **arguments: Any) -> None:
    state.done.pop("error", None)
    state.job, state.job_table_name = Job(job, **arguments), state.table_name
    st.rerun()


def _running(state: Session) -> None:
    @st.fragment(run_every=0.5)
    def progress() -> None:
        job = state.job
        if job is None:
            return
        if not job.running:
            _finish(state, job)
            st.rerun()
        share = job.done / job.total if job.total else 0.0
        counted = f": {job.done} of {job.total}" if job.total else ""
        st.progress(min(share, 1.0), text=f"{_TITLES[job.job]}{counted}")
        if st.button("Cancel", key="cancel"):
            job.cancel()
            state.job, state.done["error"] = None, "The run was cancelled. Nothing of it is kept."
            st.rerun()

    progress()


def _finish(state: Session, job: Job) -> None:
    """Keep the results of a job in the session's memory; a table stays in the job's folder, for later jobs."""
    state.job = None
    if job.error is not None:
        state.done["error"] = sentence(job.error)
        return
    if state.job_table_name != state.table_name and job.job != "train":  # another corpus was chosen meanwhile
        return
    if job.job == "survey":
        words = job.path("survey.md").read_text("utf-8")
        state.done["survey"] = Picture("Survey of the folder", job.path("survey.png").read_bytes(), _BELOW), words
    elif job.job == "extract":
        table = job.path("table.parquet")
        _take_table(state, read_table(table), job.arguments["source"], str(table))
        state.done["measured"] = job  # keeps its folder, which holds the table
    elif job.job == "train":
        model = load_model(job.path("model.skops"))
        name = f"{model.card['model']['name']}, trained on the corpus page"
        state.trained = InUse(model, name, known_ranges(model, state.table))
        state.done["model file"] = job.path("model.skops").read_bytes()
    else:
        state.done["result"] = Result.read(job.path("result.json"))
        state.done.pop("comparison", None)
        if job.job == "compare":
            state.done["comparison"] = Comparison.read(job.path("comparison.json"))


def _messages(state: Session) -> None:
    if "error" in state.done:
        notice(state.done["error"])


def _survey(state: Session) -> None:
    if "survey" not in state.done:
        return
    overview, words = state.done["survey"]
    st.header("Survey of the folder")
    picture(overview, least=760)
    with st.expander("The survey as text and tables"):
        st.markdown(words)


def _distributions(state: Session, table: FeatureTable) -> None:
    st.header("Distribution of a feature")
    names = list(table.feature_names)
    first = names.index("f0_range_p20_p80_st") if "f0_range_p20_p80_st" in names else 0
    feature = st.selectbox("Feature", names, index=first, key="feature")
    by = st.selectbox("By", _GROUPS, key="by")
    try:
        picture(state.once((table, feature, by), lambda: distributions_picture(table, feature, by)))
    except ProsodySerError as error:
        st.error(sentence(error))


def _profile(state: Session, table: FeatureTable) -> None:
    st.header("Changes of features by emotion")
    st.markdown("Each emotion is compared with neutral speech of the same speaker. No model is trained.")
    try:
        picture(state.once((table, "profile"), lambda: profile_picture(profile(table), table)))
    except ProsodySerError as error:
        st.error(sentence(error))


def _models() -> dict[str, str]:
    return {name: f"{name}: {model.title}" for name, model in MODELS.items() if not model.network}


def _score(state: Session) -> None:
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
    if st.button("Run", type="primary", disabled=state.job is not None or not chosen, key="run"):
        job = "cv" if len(chosen) == 1 else "compare"
        _start(state, job, table=state.table_path, models=chosen, speaker_norm=norm)


def _norm(key: str) -> str:
    return st.selectbox(
        "Speaker normalisation", list(SPEAKER_NORMS), format_func=lambda name: f"{name}: {SPEAKER_NORMS[name]}", key=key
    )


def _report(state: Session) -> None:
    """Show the results of a run, the audit first."""
    if "result" not in state.done:
        return
    result, comparison = state.done["result"], state.done.get("comparison")
    st.header("Report")
    st.subheader("Leak audit: faults that could make the scores wrong")
    st.html(audit_part(result.data["audit"]))
    st.subheader("Scores")
    content = result if comparison is None else comparison
    notebook_view(content, "Scores")
    if comparison is not None:
        with st.expander("All differences and tests"):
            st.markdown(comparison_text(comparison.data, "markdown"))
    page = state.once((content, "report"), lambda: FORMATS["html"](content))
    with st.expander("Full report"):
        st.iframe(page, height=700, tab_index=0, alt="The report as 'prosody-ser report' writes it")
    with st.container(horizontal=True):
        st.download_button("Report (HTML)", page, "report.html", "text/html", on_click="ignore")
        st.download_button("Result (JSON)", _json(content), "result.json", "application/json", on_click="ignore")


def _json(content: Result | Comparison) -> str:
    return json.dumps(content.data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _train(state: Session) -> None:
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
    if st.button("Train and use it", disabled=state.job is not None, key="train"):
        _start(state, "train", table=state.table_path, models=[name], speaker_norm=norm)
    if state.trained is None:
        return
    notice(f"The first page now uses {state.trained.name}. The page 'The model' shows its card.")
    with st.container(horizontal=True):
        st.download_button(
            "Model (.skops)", state.done["model file"], "model.skops", "application/zip", on_click="ignore"
        )
        if st.button("Use the previous model again"):
            state.trained = None
            st.rerun()
