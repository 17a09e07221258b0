"""Handing a new ledger over: programmes opened, roles granted, the admin named; each only
where it is missing, so that a run that was cut short is simply repeated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address

from treering.chain import abi, roles, sender
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.sender import Call
from treering.errors import SettingsWrong

_GENERAL = {
    "inspector": roles.INSPECTOR,
    "registry": roles.REGISTRY,
    "mirror": roles.MIRROR,
    "pauser": roles.PAUSER,
}
_OF_PROGRAMME = {
    "registrar": roles.registrar_of,
    "minter": roles.minter_of,
    "revoker": roles.revoker_of,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Who gets what: addresses by role hash, programmes' codes by number, the next admin."""

    admin: str
    programmes: Mapping[int, str]
    grants: Mapping[bytes, tuple[str, ...]]

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """From JSON; SettingsWrong names what is missing or wrong.

        {"admin": ADDRESS, "inspector": [ADDRESS, …], "registry": […], "mirror": […],
         "pauser": […], "programmes": {"1": {"code": "ANT_FOREST", "registrar": […], …}}}
        """
        try:
            given = json.loads(text)
            programmes = {int(number): of for number, of in given["programmes"].items()}
            return cls(
                admin=_address(given["admin"]),
                programmes={number: str(of["code"]) for number, of in programmes.items()},
                grants=dict(_grants(given, programmes)),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SettingsWrong(f"the roles' file: {error!r}") from error


def hand_over(ledger: Ledger, admin: LocalAccount, handover: Handover) -> None:
    """Grant everything, then name the next admin, who has to accept it after the delay."""
    now = ledger.at("latest")
    _act(ledger, admin, _openings(ledger, now, handover))
    _act(ledger, admin, _role_calls(ledger, now, handover))
    if handover.admin != admin.address and now.pending_admin() != handover.admin.lower():
        named = abi.call_data("beginDefaultAdminTransfer", handover.admin)
        sender.act(ledger.node, admin, Call(ledger.contract, named))


def _openings(ledger: Ledger, now: LedgerAt, handover: Handover) -> Iterator[Call]:
    for number, code in handover.programmes.items():
        if not now.programme_exists(number):
            opened = abi.call_data("openProgramme", number, code.encode().ljust(32, b"\0"))
            yield Call(ledger.contract, opened)


def _role_calls(ledger: Ledger, now: LedgerAt, handover: Handover) -> Iterator[Call]:
    for role, addresses in handover.grants.items():
        for address in addresses:
            if not now.has_role(role, address):
                yield roles.grant(ledger.contract, role, address)


def _act(ledger: Ledger, admin: LocalAccount, calls: Iterator[Call]) -> None:
    sender.act(ledger.node, admin, *calls)


def _grants(
    given: Mapping[str, Any], programmes: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    for name, role in _GENERAL.items():
        yield role, _addresses(given, name)
    for number, of in programmes.items():
        for name, role_of in _OF_PROGRAMME.items():
            yield role_of(number), _addresses(of, name)


def _addresses(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_address(address) for address in given.get(name, []))


def _address(value: Any) -> str:
    if not isinstance(value, str) or not is_checksum_address(value):
        raise ValueError(f"{value!r:.60} is not an address with its checksum (EIP-55)")
    return value
