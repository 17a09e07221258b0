"""The doctor: what must hold before any work is taken, each with what to do where it does not.

examine     all checks in their order; the worker takes no work where one fails
database, keystore, node, minters, clocks, registry
            one thing each
"""
