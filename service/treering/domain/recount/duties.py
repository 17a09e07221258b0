"""Who holds which role, and that nobody ever holds two of the duties inspect, register, mint."""

from dataclasses import dataclass, field
from enum import Enum, auto

from treering.domain.keccak import keccak


class Duty(Enum):
    INSPECT = auto()
    REGISTER = auto()
    MINT = auto()
    OTHER = auto()  # may be held beside any


ADMIN_ROLE = bytes(32)
INSPECTOR_ROLE = keccak(b"treering/inspector")
REGISTRY_ROLE = keccak(b"treering/registry")
MIRROR_ROLE = keccak(b"treering/mirror")
PAUSER_ROLE = keccak(b"treering/pauser")
_ALWAYS = {
    ADMIN_ROLE: Duty.OTHER,
    INSPECTOR_ROLE: Duty.INSPECT,
    REGISTRY_ROLE: Duty.OTHER,
    MIRROR_ROLE: Duty.OTHER,
    PAUSER_ROLE: Duty.OTHER,
}
_NAMES = {
    ADMIN_ROLE: "admin",
    INSPECTOR_ROLE: "inspector",
    REGISTRY_ROLE: "registry",
    MIRROR_ROLE: "mirror",
    PAUSER_ROLE: "pauser",
}


def programme_role(name: str, programme: int) -> bytes:
    """keccak256(abi.encode(name, programme)); `name` has 32 bytes at most: treering/minter."""
    text = name.encode()
    words = (64, programme, len(text))  # the text stands after its offset and the number
    return keccak(b"".join(word.to_bytes(32, "big") for word in words) + text.ljust(32, b"\0"))


@dataclass(slots=True)
class Duties:
    """`duty_of` lists the roles there are; `holds` says of each (role, account) told of.

    `heir` is whom the admin has named to come after him.
    """

    duty_of: dict[bytes, Duty] = field(default_factory=lambda: dict(_ALWAYS))
    names: dict[bytes, str] = field(default_factory=lambda: dict(_NAMES))
    holds: dict[tuple[bytes, str], bool] = field(default_factory=dict)
    heir: str | None = None

    def open_programme(self, programme: int) -> None:
        """From now on the programme's roles may be granted."""
        duties = {"registrar": Duty.REGISTER, "minter": Duty.MINT, "revoker": Duty.OTHER}
        for name, duty in duties.items():
            role = programme_role(f"treering/{name}", programme)
            self.duty_of[role] = duty
            self.names[role] = f"{name} {programme}"

    def name(self, role: bytes) -> str:
        """As people call it, such as "minter 1"; in hex if it is none of the contract's."""
        return self.names.get(role, "0x" + role.hex())

    def has(self, role: bytes, account: str) -> bool:
        return self.holds.get((role, account), False)

    def conflict(self, role: bytes, account: str) -> Duty | None:
        """The duty that `account` holds and that this role may not stand beside."""
        wanted = self.duty_of.get(role, Duty.OTHER)
        for (other, who), is_held in self.holds.items():
            duty = self.duty_of.get(other, Duty.OTHER)
            if who == account and is_held and Duty.OTHER not in (wanted, duty) and duty != wanted:
                return duty
        return None

    @property
    def admin(self) -> str | None:
        holders = [who for (role, who), held in self.holds.items() if role == ADMIN_ROLE and held]
        return holders[0] if len(holders) == 1 else None
