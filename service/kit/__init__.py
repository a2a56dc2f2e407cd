"""Technical building blocks. No word of the domain belongs here."""
