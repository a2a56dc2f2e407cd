"""Recovery codes: on paper, for the day the phone is lost; each works once."""
