"""Exchange: three certificates for one fulfilment certificate, by rules that are data."""
