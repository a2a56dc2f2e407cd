"""Sessions: signing in, staying signed in, proving it once more, signing out."""
