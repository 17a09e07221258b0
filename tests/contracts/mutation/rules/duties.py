"""Who may do what, and the three duties that nobody holds together."""

from tests.contracts.mutation.mutant import breaking

MUTANTS = breaking(
    "parts/Duties.sol",
    (
        "inspecting is no duty",
        "_dutyOf[INSPECTOR] = Duty.INSPECT;",
        "_dutyOf[INSPECTOR] = Duty.OTHER;",
    ),
    ("the registry's role is unknown", "_dutyOf[REGISTRY] = Duty.OTHER;", ""),
    ("the mirror's role is unknown", "_dutyOf[MIRROR] = Duty.OTHER;", ""),
    ("the pauser's role is unknown", "_dutyOf[PAUSER] = Duty.OTHER;", ""),
    (
        "registering is no duty",
        "_dutyOf[registrarOf(programme)] = Duty.REGISTER;",
        "_dutyOf[registrarOf(programme)] = Duty.OTHER;",
    ),
    (
        "minting is no duty",
        "_dutyOf[minterOf(programme)] = Duty.MINT;",
        "_dutyOf[minterOf(programme)] = Duty.OTHER;",
    ),
    (
        "registering and minting are one duty",
        "_dutyOf[registrarOf(programme)] = Duty.REGISTER;",
        "_dutyOf[registrarOf(programme)] = Duty.MINT;",
    ),
    ("the revoker's role is unknown", "_dutyOf[revokerOf(programme)] = Duty.OTHER;", ""),
    (
        "revoking is a duty",
        "_dutyOf[revokerOf(programme)] = Duty.OTHER;",
        "_dutyOf[revokerOf(programme)] = Duty.MINT;",
    ),
    ("the minter is the registrar", '"treering/minter"', '"treering/registrar"'),
    ("the revoker is the minter", '"treering/revoker"', '"treering/minter"'),
    (
        "a registrar is every programme's",
        'abi.encode("treering/registrar", programme)',
        'abi.encode("treering/registrar", uint32(1))',
    ),
    (
        "a minter is every programme's",
        'abi.encode("treering/minter", programme)',
        'abi.encode("treering/minter", uint32(1))',
    ),
    (
        "a revoker is every programme's",
        'abi.encode("treering/revoker", programme)',
        'abi.encode("treering/revoker", uint32(1))',
    ),
    (
        "any role is granted",
        "if (duty == Duty.UNKNOWN && role != DEFAULT_ADMIN_ROLE) revert RoleUnknown(role);",
        "",
    ),
    ("nobody is given a role", "if (account == address(0)) revert ZeroValue();", ""),
    (
        "a grant twice counts twice",
        "if (granted && _isExclusive(duty))",
        "if (_isExclusive(duty))",
    ),
    ("duties are not taken", "if (granted && _isExclusive(duty)) _take(duty, account);", ""),
    ("other roles are duties", "if (granted && _isExclusive(duty))", "if (granted)"),
    (
        "taking nothing counts",
        "if (revoked && _isExclusive(_dutyOf[role]))",
        "if (_isExclusive(_dutyOf[role]))",
    ),
    (
        "a duty is never given up",
        "if (revoked && _isExclusive(_dutyOf[role])) --_holdings[account].roles;",
        "",
    ),
    (
        "two duties are held",
        "if (holding.roles != 0 && holding.duty != duty) revert DutiesConflict(account);",
        "",
    ),
    (
        "the first duty stays for ever",
        "holding.roles != 0 && holding.duty",
        "holding.duty != Duty.UNKNOWN && holding.duty",
    ),
    ("the duty is not noted", "holding.duty = duty;", ""),
    ("one role given up is the duty given up", "++holding.roles;", "holding.roles = 1;"),
    ("an inspector's duty is not exclusive", "duty >= Duty.INSPECT", "duty > Duty.INSPECT"),
    (
        "a minter's duty is not exclusive",
        "duty >= Duty.INSPECT",
        "duty >= Duty.INSPECT && duty < Duty.MINT",
    ),
)
