"""Files of redemptions as they come in: JSON lines, CSV or Parquet, of any length, read in
pieces at constant memory. A line that cannot be read costs no other line."""
