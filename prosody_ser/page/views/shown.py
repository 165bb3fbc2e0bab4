"""Parts that all pages use: pictures with descriptions in words, and notices."""

import base64
from typing import Any

import streamlit as st
from markupsafe import Markup

from ...report.markdown import escaped
from ..clip_prediction import Picture

_PICTURE = Markup(
    "<style>.seen{{margin:0}}"
    ".seen>div{{overflow-x:auto;background:#fff;border-radius:.5rem;padding:.4rem;box-sizing:border-box}}"
    ".seen>div:focus-visible{{outline:3px solid #2f86c5}}"
    ".seen img{{display:block;width:100%;min-width:{least}px;max-width:{most}px;margin:auto;height:auto}}"
    ".seen details{{margin:.3rem 0}}.seen summary{{cursor:pointer}}</style>"
    '<figure class="seen"><div tabindex="0" role="region" aria-label="{name}; scroll sideways on a narrow screen">'
    '<img src="data:image/png;base64,{png}" alt="{words}"></div>'
    "<figcaption><details><summary>Description of the picture</summary>{words}</details></figcaption></figure>"
)


def picture(content: Picture, least: int = 560, most: int = 1200) -> None:
    """Draw a picture on white, from `least` to `most` pixels wide; on a narrow screen it scrolls sideways."""
    png = base64.b64encode(content.png).decode()
    st.html(_PICTURE.format(name=content.name, png=png, words=content.words, least=least, most=most))


def notebook_view(content: Any, label: str) -> None:
    """Draw an object as a notebook shows it; if it is too wide, it scrolls sideways."""
    region = '<div tabindex="0" role="region" aria-label="{}" style="overflow-x:auto">{}</div>'
    st.html(Markup(region).format(label, Markup(content._repr_html_())))


def notice(text: str) -> None:
    """Draw a highlighted remark."""
    st.html(
        Markup('<p role="note" style="border-left:4px solid #b07a00;padding-left:.8rem;margin:0">{}</p>').format(text)
    )


def sentence(error: object) -> str:
    """Format an error as a sentence, with Markdown characters escaped."""
    text = str(error).strip()
    return escaped(text[:1].upper() + text[1:].rstrip(".") + ".")
