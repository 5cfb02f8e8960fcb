"""What iclass makes of files: the H5 version of a document, the film of a recording. Nothing is converted or
recorded here, so both are samples in the place of the real ones."""
