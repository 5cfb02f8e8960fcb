"""Who is planned twice at a time: finding it before saving, allowing it with a reason, and the last guard."""
