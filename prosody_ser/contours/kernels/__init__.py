"""The compiled inner loops of the contours."""
