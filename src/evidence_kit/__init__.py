"""Seal, time-stamp and verify the evidence of an online purchase dispute."""

__version__ = "0.1.0"
