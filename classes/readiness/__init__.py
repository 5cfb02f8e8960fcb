"""Whether a lesson can be held: its people, its room at the service, its courseware, the school's keys."""
