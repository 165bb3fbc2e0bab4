"""The list of pages; the corpus page is in it only if no other machine can reach the pages."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from .card_page import card_page
from .corpus_page import corpus_page
from .recordings_page import recordings_page
from .settings import settings


def pages() -> list[StreamlitPage]:
    """List the pages in the order of the menu."""
    available = [st.Page(recordings_page, title="Recordings", default=True)]
    if settings.only_here:
        available += [st.Page(corpus_page, title="A corpus", url_path="corpus")]
    return [*available, st.Page(card_page, title="The model", url_path="model")]
