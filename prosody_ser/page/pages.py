"""Which pages there are: that for corpora only while nobody but this machine can reach them."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from .card_page import card_page
from .corpus_page import corpus_page
from .recordings_page import recordings_page
from .settings import settings


def pages() -> list[StreamlitPage]:
    """The pages, in the order of the menu."""
    found = [st.Page(recordings_page, title="Recordings", default=True)]
    if settings.only_here:
        found += [st.Page(corpus_page, title="A corpus", url_path="corpus")]
    return [*found, st.Page(card_page, title="The model", url_path="model")]
