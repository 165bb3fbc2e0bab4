"""Several models, tracks or corpora, side by side."""
