"""Schools, their people and groups: who exists and who may do what."""
