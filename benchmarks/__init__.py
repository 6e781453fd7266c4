"""What the design promises about speed and size, measured: one file a row, ratios wherever they can be."""
