"""What inspectors say, in which order, signed by whom."""

from tests.contracts.mutation.mutant import breaking

MUTANTS = breaking(
    "parts/Statements.sol",
    (
        "the signed type is another",
        "uint64 nonce,uint64 deadline)",
        "uint64 nonce,uint256 deadline)",
    ),
    ("an unknown lot is inspected", "= _known(statement.lot);", "= _lots[statement.lot];"),
    ("anybody inspects", "_checkRole(INSPECTOR, inspector);", ""),
    (
        "whoever brings it must be the inspector",
        "_checkRole(INSPECTOR, inspector);",
        "_checkRole(INSPECTOR);",
    ),
    ("dates are unchecked", "_checkDates(statement, lot.terms.year);", ""),
    ("stages come in any order", "_checkStage(statement);\n        _check", "_check"),
    ("statements come in any order", "_checkOrder(statement, inspector);\n        id", "id"),
    (
        "no signature is needed",
        "if (!SignatureChecker.isValidSignatureNowCalldata(inspector, id, signature)) {",
        "if (false) {",
    ),
    ("a nonce is used again", "++nonceOf[inspector];", ""),
    ("the newest statement is not kept", "statementOf[statement.lot][statement.stage] = id;", ""),
    ("there is no report", "statement.report == 0 || ", ""),
    ("there is no date", " || date == 0", ""),
    (
        "a statement never expires",
        "if (block.timestamp > statement.deadline) revert StatementExpired(statement.deadline);",
        "",
    ),
    (
        "a statement expires a second early",
        "block.timestamp > statement.deadline",
        "block.timestamp >= statement.deadline",
    ),
    ("tomorrow is inspected", "if (date > block.timestamp) revert StatementInFuture(date);", ""),
    ("now is the future", "if (date > block.timestamp)", "if (date >= block.timestamp)"),
    (
        "any day is in season",
        "if (!inSeason) revert StatementOutOfSeason(statement.lot, statement.stage, date);",
        "",
    ),
    (
        "an endorsement is late by a second",
        "date < Season.endOf(year)",
        "date <= Season.endOf(year)",
    ),
    (
        "an endorsement waits for the year",
        "date < Season.endOf(year)",
        "date >= Season.startOf(year)",
    ),
    (
        "an acceptance is late by a second",
        "date >= Season.startOf(year)",
        "date > Season.startOf(year)",
    ),
    ("an acceptance is before the year", ": date >= Season.startOf(year)", ": true"),
    ("there is no stage", "if (statement.stage == Stage.NONE) revert ZeroValue();", ""),
    ("accepted without an endorsement", "revert NotEndorsed(statement.lot);", ""),
    ("surveyed without an acceptance", "revert NotAccepted(statement.lot);", ""),
    (
        "a survey needs only an endorsement",
        "newest[Stage.ACCEPTANCE] == 0",
        "newest[Stage.ENDORSEMENT] == 0",
    ),
    ("the older statement is not named", "if (statement.supersedes != newest) {", "if (false) {"),
    (
        "the nonce is not the next",
        "if (statement.nonce != nonce) revert UnexpectedNonce(inspector, nonce, statement.nonce);",
        "",
    ),
    ("a nonce is skipped", "if (statement.nonce != nonce)", "if (statement.nonce < nonce)"),
    ("the endorsed count is not kept", "(lot.endorsed, count);", "(lot.endorsed, lot.endorsed);"),
    (
        "the accepted count is not kept",
        "(lot.accepted, count, true);",
        "(lot.accepted, lot.accepted, true);",
    ),
    (
        "the acceptance is not noted",
        "(lot.accepted, count, true);",
        "(lot.accepted, count, false);",
    ),
    (
        "the surveyed count is not kept",
        "(lot.surveyed, count, true);",
        "(lot.surveyed, lot.surveyed, true);",
    ),
    ("the survey is not noted", "(lot.surveyed, count, true);", "(lot.surveyed, count, false);"),
    ("the old count is not told", "            oldCount,\n", "            0,\n"),
    ("the new count is not told", "            statement.count,\n", "            0,\n"),
    ("the day is not told", "            statement.inspectedAt,\n", "            0,\n"),
    ("the report is not told", "            statement.report,\n", "            0,\n"),
    (
        "the older one is not told",
        "            statement.supersedes,\n            statement.nonce",
        "            0,\n            statement.nonce",
    ),
    (
        "the nonce is not told",
        "            statement.nonce\n        );",
        "            0\n        );",
    ),
)
