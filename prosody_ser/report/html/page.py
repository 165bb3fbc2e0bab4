"""A result as one HTML page without network access or scripts; the same result gives the same bytes."""

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
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
from ..naive import explanations, rows_in_words, rungs
from . import views
from .mistakes import worst_confusions
from .palette import step_class, steps_css


def result_html(result: Result | Mapping[str, Any] | str | os.PathLike) -> str:
    """Format a result as a page for screens, phones, print and screen readers, in light and dark mode.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file. The page
        shows the optional blocks that it has.

    Returns
    -------
    str
        HTML that refers to no other file; its content security policy forbids the browser to load files or to run
        scripts.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.result_html(result)[:15]
    '<!DOCTYPE html>'
    """
    data = Result.of(result).data
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
        groups={name: block | {"shown": views.group_rows(block)} for name, block in (data.get("groups") or {}).items()},
        reliability=views.reliability(data) if data.get("calibration") else None,
        importances=views.importances(data["importances"]) if data.get("importances") else None,
        training=views.training(data["training"]) if data.get("training") else None,
        profile=views.profile(data["profile"]) if data.get("profile") else None,
        in_sample=views.in_sample(data["in_sample"]["features"]) if data.get("in_sample") else None,
    )


def plain_html(title: str, parts: Iterable[str | Table]) -> str:
    """Format a page of remarks and tables; a remark that begins with ``NOTE:`` or ``WARNING:`` is highlighted."""
    return rendered("plain.html", title=title, parts=parts)


def rendered(template: str, **values: Any) -> str:
    """Render a template with the style sheet and its digest, which the content security policy needs."""
    pages = environment()
    style = "\n" + pages.get_template("style.css").render(light=steps_css("light"), dark=steps_css("dark"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = pages.get_template(template).render(**values, style=Markup(style), style_digest=digest)
    return page.encode("utf-8", "backslashreplace").decode()  # file names may have bytes that are not valid text


@cache
def environment() -> jinja2.Environment:
    """Give the templates, with the filters and functions that they use."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("prosody_ser.report.html"),
        autoescape=lambda name: name is None or not name.endswith(".css"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("share", "percent", "number", "signed", "interval", "p_value", "value_text", "sentence"):
        templates.filters[name] = getattr(figures, name)
    templates.filters["one_line"] = one_line
    templates.filters["feature"] = _feature
    templates.globals.update(
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
        rows_in_words=rows_in_words,
    )
    return templates


def _feature(text: str) -> Markup:
    """Format the name of a feature so that it may be broken after its underscores."""
    return Markup("_<wbr>").join(escape(part) for part in one_line(text).split("_"))
