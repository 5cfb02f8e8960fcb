"""Demo school: created through the normal services; its past lessons are planted in the sandbox."""
