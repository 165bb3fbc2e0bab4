"""A web page that predicts the emotion of recordings (extra ``[page]``, Streamlit).

Modules whose names end in ``_page`` draw with Streamlit; most others do not use it. A recording is in a temporary file
only while it is measured; everything else about it is in the memory of the session and ends with it.
"""
