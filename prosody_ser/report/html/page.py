"""A result as one HTML page: no network, no script, the same bytes for the same result."""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

from ...errors import counted
from ...results import Result
from ...terminal_view import one_line
from .. import number_format as figures
from .. import protocol
from ..grid import Table
from ..learning import epochs_in_words, gap_in_words
from ..naive import explanations, rows_said, rungs
from . import views
from .mistakes import worst_confusions
from .palette import step_class, steps_css


def result_html(result: Result) -> str:
    """Write a result as a page that reads on a phone, on paper, in the dark and to a screen reader.

    Parameters
    ----------
    result : Result
        What it lacks of the optional blocks, the page does not show.

    Returns
    -------
    str
        HTML. It names no other file, and its content policy forbids the browser to load any or to run a script.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.result_html(result)[:15]
    '<!DOCTYPE html>'
    """
    data = result.data
    return rendered(
        "report.html",
        data=data,
        labels=data["labels"],
        chance=protocol.chance_of(data),
        corpora=protocol.corpora_of(data),
        model=protocol.model_of(data),
        features=protocol.features_of(data),
        facts=protocol.facts(data),
        interval_note=protocol.interval_note(data),
        tracks=protocol.tracks_of(data),
        support=protocol.support_of(data),
        n_errors=sum(finding["severity"] == "error" for finding in data["audit"]),
        audit=protocol.audit_in_short(data["audit"]),
        pairs=worst_confusions(data),
        groups={name: found | {"shown": views.group_rows(found)} for name, found in (data.get("groups") or {}).items()},
        reliability=views.reliability(data) if data.get("calibration") else None,
        importances=views.importances(data["importances"]) if data.get("importances") else None,
        training=views.training(data["training"]) if data.get("training") else None,
        profile=views.profile(data["profile"]) if data.get("profile") else None,
        in_sample=views.in_sample(data["in_sample"]["features"]) if data.get("in_sample") else None,
    )


def plain_html(title: str, parts: Iterable[str | Table]) -> str:
    """A page of remarks, loud where they are a ``NOTE:`` or a ``WARNING:``, and of tables."""
    return rendered("plain.html", title=title, parts=parts)


def rendered(template: str, **values: Any) -> str:
    """A page of a template, with the style and its digest, which the page's content policy names."""
    pages = environment()
    style = "\n" + pages.get_template("style.css").render(light=steps_css("light"), dark=steps_css("dark"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = pages.get_template(template).render(**values, style=Markup(style), style_digest=digest)
    return page.encode("utf-8", "backslashreplace").decode()  # names may hold bytes that are no text


@cache
def environment() -> jinja2.Environment:
    """The templates, with the filters and functions that they use."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("prosody_ser.report.html"),
        autoescape=lambda name: name is None or not name.endswith(".css"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("share", "percent", "number", "signed", "interval", "p_value", "said", "sentence"):
        made.filters[name] = getattr(figures, name)
    made.filters["one_line"] = one_line
    made.filters["feature"] = _feature
    made.globals.update(
        counted=counted,
        step=step_class,
        confusion_rows=views.confusion_rows,
        scale=views.Scale,
        span_of=views.span_of,
        purpose=protocol.purpose,
        inner_folds_of=protocol.inner_folds_of,
        settings_of=protocol.settings_of,
        definition=views.definition,
        gap_in_words=gap_in_words,
        epochs_in_words=epochs_in_words,
        rungs=rungs,
        explanations=explanations,
        rows_said=rows_said,
    )
    return made


def _feature(text: str) -> Markup:
    """A feature's name, which may be broken after its underscores."""
    return Markup("_<wbr>").join(escape(part) for part in one_line(text).split("_"))
