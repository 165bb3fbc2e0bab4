"""How a trained model is kept: what goes into its file, and how each piece is checked on the way out."""

#: In the place of the speakers met in training. No speaker of a table is called so: names are stripped there.
NOBODY = "\0"
