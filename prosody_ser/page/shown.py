"""Pieces that all pages show: pictures with words for who cannot see them, and notices."""

import base64
from typing import Any

import streamlit as st
from markupsafe import Markup

from ..report.markdown import escaped
from .hearing import Picture

_PICTURE = Markup(
    "<style>.seen{{margin:0}}"
    ".seen>div{{overflow-x:auto;background:#fff;border-radius:.5rem;padding:.4rem;box-sizing:border-box}}"
    ".seen>div:focus-visible{{outline:3px solid #2f86c5}}"
    ".seen img{{display:block;width:100%;min-width:{least}px;max-width:{most}px;margin:auto;height:auto}}"
    ".seen details{{margin:.3rem 0}}.seen summary{{cursor:pointer}}</style>"
    '<figure class="seen"><div tabindex="0" role="region" aria-label="{name}; scroll sideways on a narrow screen">'
    '<img src="data:image/png;base64,{png}" alt="{words}"></div>'
    "<figcaption><details><summary>The picture in words</summary>{words}</details></figcaption></figure>"
)


def picture(one: Picture, least: int = 560, most: int = 1200) -> None:
    """A picture on white ground, at least so many pixels wide: on a phone it scrolls sideways."""
    png = base64.b64encode(one.png).decode()
    st.html(_PICTURE.format(name=one.name, png=png, words=one.words, least=least, most=most))


def own_view(one: Any, label: str) -> None:
    """What a notebook shows of an object; what is too wide scrolls sideways."""
    region = '<div tabindex="0" role="region" aria-label="{}" style="overflow-x:auto">{}</div>'
    st.html(Markup(region).format(label, Markup(one._repr_html_())))


def notice(text: str) -> None:
    """A remark that must be seen."""
    st.html(
        Markup('<p role="note" style="border-left:4px solid #b07a00;padding-left:.8rem;margin:0">{}</p>').format(text)
    )


def sentence(said: object) -> str:
    """An error as a sentence; what a name in it holds stays text."""
    text = str(said).strip()
    return escaped(text[:1].upper() + text[1:].rstrip(".") + ".")
