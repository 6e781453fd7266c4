"""Measures the design's promises about speed and size: one file per row, ratios where possible."""
