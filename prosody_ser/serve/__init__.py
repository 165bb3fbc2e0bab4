"""Predictions over HTTP (extra ``[serve]``): FastAPI and uvicorn; the work is done in processes that may be killed."""
