"""Web applications that others are measured against; gunicorn serves them."""
