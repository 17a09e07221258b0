"""Logs: one JSON object a line on standard error, with constant messages and fields.

A fault is told with its kind and where it happened, never with the values that were there:
those may be names, secrets or openings.
"""

import logging
import sys

import structlog
from structlog.typing import Processor


def configure(*taps: Processor) -> None:
    """`taps` see every line first, with its fields."""
    structlog.configure(
        processors=[
            *taps,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is by then
    )
