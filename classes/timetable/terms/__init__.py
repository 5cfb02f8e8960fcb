"""Terms and holidays of a school."""
