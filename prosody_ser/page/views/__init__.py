"""The pages, and the list of them; the corpus page is in it only if no other machine can reach the pages."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ..settings import settings
from .card import card_page
from .corpus import corpus_page
from .recordings import recordings_page


def pages() -> list[StreamlitPage]:
    """List the pages in the order of the menu."""
    available = [st.Page(recordings_page, title="Recordings", default=True)]
    if settings.only_here:
        available += [st.Page(corpus_page, title="A corpus", url_path="corpus")]
    return [*available, st.Page(card_page, title="The model", url_path="model")]
