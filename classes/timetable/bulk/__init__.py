"""Many lessons in one act: changed and cancelled set by set, each with its own operation."""
