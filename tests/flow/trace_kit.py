"""What tests look for in a trace."""

from treering.domain.verification import Verdict


def gaps(trace) -> set[str]:
    return {gap.name for gap in trace.gaps}


def verdicts(trace) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in trace.checks}


def types(trace) -> list[str]:
    return [trace.things[name].type for name in trace.spine]
