"""Courseware (课件) and its transcoding."""
