"""How a trained model is kept: what goes into its file, and how each piece is checked on the way out."""
