"""The third page: the card of the model in use."""

import streamlit as st

from ...report.text.model.card import card_html, card_markdown
from ..session import session


def card_page() -> None:
    """Draw the page."""
    in_use = session().in_use
    st.markdown(card_markdown(in_use.model.card))
    st.download_button(
        "Model card (HTML)", lambda: card_html(in_use.model.card), "model-card.html", "text/html", on_click="ignore"
    )
