"""Tables of any length, given away as JSON lines, CSV or Parquet at constant memory."""
