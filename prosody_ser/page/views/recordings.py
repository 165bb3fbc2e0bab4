"""The first page: add recordings, see their predictions and the reasons."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st

from ...errors import ProsodySerError
from ...model.card import EXPRESSED
from ...report.html.predictions import answer_part, moved_part, overview_part, predictions_html, reasons_part
from ...report.markdown import escaped
from ...report.number_format import share
from ...report.text.model.reasons import reason_lines
from ..clip_prediction import LONG_S, ClipPrediction, predict_clip, predictions_file
from ..clips import Clip, example_clips
from ..models import InUse, enrolling_model
from ..session import Session, session
from ..settings import MOST_CLIPS, MOST_MB
from .shown import notice, picture, sentence

_FILES, _MICROPHONE, _EXAMPLE = "files", "microphone", "example"
_EXAMPLES = {"none": "", "3 seconds, one emotion": "short", "18 seconds, several emotions": "long"}


def recordings_page() -> None:
    """Draw the page."""
    state = session()
    in_use = state.in_use
    st.title("Emotion in recordings")
    st.markdown(
        "Add a recording of a person who speaks, and see which emotion a model predicts, how confident it is, and why."
    )
    _about(in_use)
    _choose(state)
    clips = [clip for of_source in state.clips.values() for clip in of_source]
    if not clips:
        return
    if len(clips) > MOST_CLIPS:
        notice(f"Only the first {MOST_CLIPS} of the {len(clips)} recordings are used.")
    predicted = _predict_all(state, in_use, clips[:MOST_CLIPS])
    if not predicted:
        return
    st.header("Predictions")
    if any(one.clip.synthetic for one in predicted):
        notice("This is synthetic speech whose emotion is made by rules, to try out the page. Its predictions say "
               "nothing about people.")  # fmt: skip
    shown = predicted[0]
    if len(predicted) > 1:
        st.html(overview_part([one.row for one in predicted]))
        shown = predicted[
            st.selectbox("Recording to show", range(len(predicted)), format_func=lambda i: predicted[i].clip.name)
        ]
    _one(in_use, shown)
    _downloads(in_use, predicted, shown)
    if not shown.error:
        _same_voice(state, in_use, shown)


def _about(in_use: InUse) -> None:
    card = in_use.model.card
    score = card["score"]
    corpora = "; ".join(corpus["title"] or corpus["name"] for corpus in card["training"]["corpora"])
    st.markdown(
        f"The model is **{escaped(in_use.name)}**: {card['model']['title']}, trained on "
        f"{escaped(corpora) or 'a corpus without a name'}. On held-out speakers its UAR (the share of the clips of an "
        f"emotion that it recognises, averaged over the emotions) is {share(score['uar'])}; guessing would reach "
        f"{share(score['chance'])}."
    )
    not_for = [str(use) for use in card["not_for"]]
    st.markdown(f"**Not to be used for:** {escaped(not_for[0])}")
    if card["training"]["notice"]:
        notice(card["training"]["notice"])
    with st.expander("More uses that the model is not made for"):
        st.markdown("\n".join(f"- {escaped(use)}" for use in (*not_for[1:], EXPRESSED)))


def _choose(state: Session) -> None:
    """Draw the three ways to add a recording."""
    files, microphone, example = st.tabs(["Files", "Microphone", "Example"])
    with files:
        _uploader(state.clips, "uploaded", f"Recordings: up to {MOST_CLIPS}, each of up to {MOST_MB} MB and 10 minutes")
    with microphone:
        _recorder(state.clips, "recorded", "Record a sentence or two. The browser asks first whether it may use it.")
    with example:
        st.radio("Synthetic speech", list(_EXAMPLES), key="example", on_change=_take_example, args=(state.clips,))
    st.markdown(
        "Recordings stay in the memory of the computer that runs this page, and are removed one minute after you close "
        "it. Each of them is in a temporary file only while it is measured."
    )
    if any(state.clips.values()) and st.button("Remove all recordings"):
        state.clips.clear()
        state.same_voice.clear()
        state.kept.clear()
        for name in (
            "uploaded",
            "recorded",
            "example",
            "same voice files",
            "same voice recorded",
            "same voice example",
        ):
            st.session_state.pop(name, None)
        st.rerun()


def _uploader(clips: dict[str, list[Clip]], key: str, label: str) -> None:
    st.file_uploader(label, accept_multiple_files=True, key=key, on_change=_take, args=(clips, _FILES, key))


def _recorder(clips: dict[str, list[Clip]], key: str, label: str) -> None:
    st.audio_input(label, key=key, on_change=_take, args=(clips, _MICROPHONE, key))


def _take(clips: dict[str, list[Clip]], source: str, key: str) -> None:
    """Keep the files of a widget as the recordings of its source, also while the user is on another page."""
    value = st.session_state[key]
    files = value if isinstance(value, list) else [value] if value else []
    clips[source] = [
        Clip("microphone.wav" if source == _MICROPHONE else PurePath(file.name).name, file.getvalue()) for file in files
    ]


def _take_example(clips: dict[str, list[Clip]]) -> None:
    wanted = _EXAMPLES[st.session_state["example"]]
    clips[_EXAMPLE] = list(_examples()[wanted]) if wanted else []


def _examples() -> dict[str, tuple[Clip, ...]]:
    with st.spinner("Synthesising speech"):
        return example_clips()


def _predict_all(state: Session, in_use: InUse, clips: Sequence[Clip]) -> list[ClipPrediction]:
    """Predict every clip; if the model needs clips of the same voice first, ask for them and give nothing."""
    others = _other_clips(state) if in_use.takes_enrolment else []
    if in_use.takes_enrolment and not others:
        notice("This model needs a few other clips of the same voice (enrolment) before it can predict. Add some.")
        _add_same_voice(state)
        return []
    try:
        with st.spinner("Measuring and predicting"):
            return [_predict(state, in_use, clip, others) for clip in clips]
    except ProsodySerError as error:
        st.error(sentence(error))
        return []


def _predict(state: Session, in_use: InUse, clip: Clip, others: Sequence[Clip]) -> ClipPrediction:
    key = (in_use.model, clip.key, tuple(other.key for other in others))
    return state.once(key, lambda: predict_clip(in_use.model, clip, in_use.ranges, others))


def _one(in_use: InUse, predicted: ClipPrediction) -> None:
    """Draw everything about one recording."""
    st.subheader(escaped(predicted.clip.name), divider="gray")
    if predicted.error:
        st.error(sentence(predicted.error))
        return
    st.audio(predicted.player, format="audio/wav")
    model, row = in_use.model, predicted.row
    st.html(answer_part(row, model.labels, model.threshold, predicted.notes))
    st.subheader("Why")
    st.html(reasons_part(_lines(in_use, predicted), str(row["label"]), in_use.source))
    if predicted.timeline is not None:
        st.subheader("Over time")
        st.markdown(f"A recording longer than {LONG_S:g} s is also cut at its pauses, and each segment is predicted.")
        picture(predicted.timeline)
    if predicted.picture is not None:
        st.subheader("Measurements")
        picture(predicted.picture)


def _lines(in_use: InUse, predicted: ClipPrediction) -> list[tuple[str, str]]:
    return reason_lines(predicted.reasons, str(predicted.row["label"]), in_use.takes_enrolment)


def _downloads(in_use: InUse, predicted: Sequence[ClipPrediction], shown: ClipPrediction) -> None:
    st.subheader("Download")
    reasons = {position: _lines(in_use, one) for position, one in enumerate(predicted) if not one.error}
    stem = PurePath(shown.clip.name).stem or "recording"

    def page() -> str:
        notes = tuple(dict.fromkeys(note for one in predicted for note in one.notes))
        predictions = pd.concat([one.prediction for one in predicted], ignore_index=True)
        return predictions_html(predictions, in_use.model.card, notes, reasons, in_use.source)

    offers: list[tuple[str, Callable[[], Any] | str, str, str]] = [
        ("CSV", lambda: predictions_file(in_use.model, predicted, ".csv"), "predictions.csv", "text/csv"),
        ("JSON", lambda: predictions_file(in_use.model, predicted, ".json"), "predictions.json", "application/json"),
        ("HTML", page, "predictions.html", "text/html"),
    ]
    if shown.textgrid:
        offers.append(("TextGrid (Praat)", shown.textgrid, f"{stem}.TextGrid", "text/plain"))
    with st.container(horizontal=True):
        for label, data, name, kind in offers:
            st.download_button(label, data, name, kind, on_click="ignore")


def _other_clips(state: Session) -> list[Clip]:
    return [clip for of_source in state.same_voice.values() for clip in of_source][:MOST_CLIPS]


def _same_voice(state: Session, in_use: InUse, predicted: ClipPrediction) -> None:
    """Draw the predictions without and with a few clips of the same voice."""
    st.header("The same voice")
    enrols = in_use.takes_enrolment
    st.markdown(
        "A voice that is always high is not always happy. Add a few other clips of the same voice in mixed moods: the "
        "recording is then compared with how this voice usually sounds, and the prediction may change. Five or more "
        "clips work best."
    )
    if not enrols:
        st.markdown(
            f"{escaped(in_use.name[:1].upper() + in_use.name[1:])} predicts each clip by itself. With clips of the "
            "same voice, another model is used: linear discriminant analysis with speaker enrolment, trained on the "
            "built-in EMO-DB table."
        )
    _add_same_voice(state)
    others = [clip for clip in _other_clips(state) if clip.key != predicted.clip.key]
    if not others or enrols:
        return
    with st.spinner("Training on the built-in EMO-DB table; this happens once"):
        model = enrolling_model()
    try:
        key = (model, predicted.clip.key, tuple(other.key for other in others))
        moved = state.once(key, lambda: predict_clip(model.model, predicted.clip, model.ranges, others))
    except ProsodySerError as error:
        st.error(sentence(error))
        return
    names = ("without enrolment", f"with {len(others)} enrolment {'clip' if len(others) == 1 else 'clips'}")
    if set(in_use.model.labels) == set(model.model.labels):
        st.html(moved_part(predicted.row, moved.row, model.model.labels, model.model.threshold, names))
    else:
        st.html(answer_part(moved.row, model.model.labels, model.model.threshold))
    st.subheader("Why, compared with this voice")
    label = str(moved.row["label"])
    st.html(reasons_part(reason_lines(moved.reasons, label, True), label, model.source))


def _add_same_voice(state: Session) -> None:
    files, microphone, example = st.tabs(["Files of this voice", "Record this voice", "The example's voice"])
    with files:
        _uploader(
            state.same_voice,
            "same voice files",
            f"Other clips of the same voice: up to {MOST_CLIPS}, each of up to {MOST_MB} MB",
        )
    with microphone:
        _recorder(state.same_voice, "same voice recorded", "Record the same voice saying something else")
    with example:
        st.checkbox(
            "Add five clips of the synthetic voice",
            key="same voice example",
            on_change=_take_example_voice,
            args=(state.same_voice,),
        )


def _take_example_voice(clips: dict[str, list[Clip]]) -> None:
    clips[_EXAMPLE] = list(_examples()["same voice"]) if st.session_state["same voice example"] else []
