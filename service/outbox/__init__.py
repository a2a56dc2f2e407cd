"""Events: written with the change they tell of, delivered later, at least once."""
