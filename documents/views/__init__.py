"""The pages of courseware. The page of one document also shows lessons, so it lies in `classes`."""
