"""The script that Streamlit runs for every visitor and every click."""

import streamlit as st

from prosody_ser.page.card_page import card_page
from prosody_ser.page.corpus_page import corpus_page
from prosody_ser.page.recordings_page import recordings_page
from prosody_ser.page.settings import settings

st.set_page_config(page_title="prosody-ser", layout="centered")
_pages = [st.Page(recordings_page, title="Recordings", default=True)]
if settings.only_here:
    _pages += [st.Page(corpus_page, title="A corpus", url_path="corpus")]
_pages += [st.Page(card_page, title="The model", url_path="model")]
st.navigation(_pages, position="top").run()
