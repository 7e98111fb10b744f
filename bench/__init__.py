"""Speed and memory, as ratios to a floor measured side by side: `python -m bench`."""
