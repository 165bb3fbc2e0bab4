"""A page to drop a recording on (extra ``[page]``, Streamlit). What it shows comes from the rooms below.

Modules that end in ``_page`` draw with Streamlit; all others know nothing of it. A recording is in a file only while it
is measured, in a temporary folder; what else is known of it lies in the memory of the session and goes with it.
"""
