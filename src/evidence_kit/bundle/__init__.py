"""The bundle format in both directions (docs/format.md)."""
