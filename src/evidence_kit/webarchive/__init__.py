"""Recorded traffic as files that other programs read: WARC 1.1 in `warc`, WACZ in `wacz`."""
