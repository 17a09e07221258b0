"""Land as GeoJSON gives it: read, measured on the ellipsoid, judged, held against other land."""
