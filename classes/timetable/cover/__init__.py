"""Cover: who teaches the lessons of an absent teacher."""
