"""What the sides' facts come to, side by side: differences, or nothing.

Read in this order: cases (what there is), lots, batches, holders, claims. Facts come in rows
that the database has already laid side by side; nothing here asks anybody.
"""
