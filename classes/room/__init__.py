"""About a lesson that runs: call who is missing, put people in or take them out, let visitors in."""
