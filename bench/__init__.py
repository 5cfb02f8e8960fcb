"""Measurements of this project beside their anchors; `make bench` runs them all."""
