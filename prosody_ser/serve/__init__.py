"""Predictions over HTTP (extra ``[serve]``), with FastAPI and uvicorn and with separate worker processes."""
