"""What an inspector states of a lot."""

from enum import IntEnum


class Stage(IntEnum):
    """How many a lot may hold, stand planted, are alive; numbered as on chain."""

    ENDORSEMENT = 1
    ACCEPTANCE = 2
    SURVEY = 3
