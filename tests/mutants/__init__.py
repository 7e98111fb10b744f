"""Removing one check of the verifier at a time: each must turn some attack's row red."""
