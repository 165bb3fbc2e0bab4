"""Steps before the classifier: speaker normalisation, selection, balancing."""
