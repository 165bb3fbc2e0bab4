"""A web page that predicts the emotion of recordings (extra ``[page]``, Streamlit).

Only the modules in ``views/`` draw. A recording is in a temporary file only while it is measured; everything else about
it is in the memory of the session and ends with it.
"""
