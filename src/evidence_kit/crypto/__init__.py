"""Signatures, time-stamp tokens, certificates and keys: the only room that knows ASN.1."""
