"""Recordings: callbacks, states, library, playback and retention."""
