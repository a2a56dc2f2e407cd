"""The age gate and registration service that stands in front of every sign-up."""

__version__ = "0.1.0"
