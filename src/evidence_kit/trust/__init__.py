"""Which authorities are trusted for the time, and how they are asked."""
