"""Operations that we owe the API: written with the change, sent after it, never lost."""
