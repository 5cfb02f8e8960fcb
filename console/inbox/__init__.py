"""What the service calls back: stored before it is believed, answered before it is understood."""
