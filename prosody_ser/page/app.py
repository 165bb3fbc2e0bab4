"""The script that Streamlit runs for every visitor and after every click."""

import streamlit as st

from prosody_ser.page.views import pages

if __name__ == "__main__":  # Streamlit sets this name
    st.set_page_config(page_title="prosody-ser", layout="centered")
    st.navigation(pages(), position="top").run()
