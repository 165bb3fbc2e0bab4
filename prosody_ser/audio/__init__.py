"""A file to mono samples at 16 kHz, and where its speech lies."""
