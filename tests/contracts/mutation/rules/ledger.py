"""Pause, succession and the views of the totals."""

from tests.contracts.mutation.mutant import breaking

MUTANTS = breaking(
    "TreeLedger.sol",
    (
        "anybody names the successor",
        "nameSuccessor(address next) external onlyRole(DEFAULT_ADMIN_ROLE)",
        "nameSuccessor(address next) external",
    ),
    ("nobody is named as successor", "if (next == address(0)) revert ZeroValue();", ""),
    (
        "the successor is named again",
        "if (successor != address(0)) revert SuccessorExists(successor);",
        "",
    ),
    ("the successor is not kept", "successor = next;", ""),
    ("the successor is not told of", "emit SuccessorNamed(next);", ""),
    ("anybody pauses", "function pause() external onlyRole(PAUSER)", "function pause() external"),
    (
        "anybody ends the pause",
        "function unpause() external onlyRole(PAUSER)",
        "function unpause() external",
    ),
    ("the predecessor is forgotten", "PREDECESSOR = previous;", "PREDECESSOR = address(0);"),
    (
        "the total is asked for one unit whatever is asked",
        "Tallies.ofUnit(unit)",
        "Tallies.ofUnit(Unit.TREE)",
    ),
    (
        "a programme's total is another's",
        "Tallies.ofProgramme(programme, unit)",
        "Tallies.ofProgramme(programme + 1, unit)",
    ),
    (
        "a site's total is of the year after",
        "Tallies.ofSite(site, year, unit)",
        "Tallies.ofSite(site, year + 1, unit)",
    ),
    (
        "a species' total is asked for trees alone",
        "Tallies.ofSpecies(species, unit)",
        "Tallies.ofSpecies(species, Unit.TREE)",
    ),
    (
        "a year's total is of the year after",
        "Tallies.ofYear(year, unit)",
        "Tallies.ofYear(year + 1, unit)",
    ),
)
