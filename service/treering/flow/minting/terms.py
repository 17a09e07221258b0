"""The terms on which a minter works: how much at once, how patiently, for how much at most."""

from dataclasses import dataclass

from treering.domain.fees import GWEI


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Times in seconds of a monotonic clock, `ceiling` in wei a unit of gas.

    `in_flight` bounds what waits in a node's pool; geth promises 16 places to an account and
    gives more while it has them. `confirmations` make a block final where the network has no
    word for it; None to wait for its word. `promise_seconds` is how long a record may take until
    it is final.
    """

    in_flight: int = 32
    resend_seconds: float = 3.0
    stuck_seconds: float = 60.0
    recheck_seconds: float = 10.0
    ceiling: int = 200 * GWEI
    confirmations: int | None = None
    promise_seconds: float = 3600.0
    most_nonces: int = 5  # a batch that reverts so often waits for a person
