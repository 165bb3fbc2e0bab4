"""Read recordings as mono samples at 16 kHz, and locate the speech in them."""
