"""Seal, time-stamp and verify the evidence of an online purchase dispute."""
