"""The speaker of each row: names, enrolment clips, and originals of augmented copies."""
