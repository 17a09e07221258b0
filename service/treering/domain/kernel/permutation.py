"""Keccak-f[1600] of two states at once, as WebAssembly text (FIPS 202, section 3).

The states lie lane by lane at STATE: 25 vectors, the first state's lane in the lower half of
each. Only their first four lanes are written back: a hash has no more.
"""

LANES = 25
STATE = 1024  # where the states lie in memory
CONSTANTS = 0  # where the rounds' constants lie: 24 times 8 bytes
_ROUNDS = 24


def constants() -> bytes:
    """The constants of all rounds, made by their shift register."""
    made, register = [], 1
    for _ in range(_ROUNDS):
        constant = 0
        for exponent in range(7):
            constant |= (register & 1) << (1 << exponent) - 1
            register = (register << 1 ^ (register >> 7) * 0x71) & 0xFF
        made.append(constant.to_bytes(8, "little"))
    return b"".join(made)


def permute() -> str:
    """The function $permute."""
    names = [f"${letter}{lane}" for letter in "ab" for lane in range(LANES)]
    names += [f"${letter}{column}" for letter in "cd" for column in range(5)]
    steps = [*_theta(), *_rho_and_pi(), *_chi(), _iota()]
    return f"""
(func $permute (local $round i32)
  {" ".join(f"(local {name} v128)" for name in names)}
  {" ".join(_set(f"a{i}", f"(v128.load (i32.const {STATE + 16 * i}))") for i in range(LANES))}
  (loop $next
    {" ".join(steps)}
    (local.set $round (i32.add (local.get $round) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $round) (i32.const {8 * _ROUNDS}))))
  {" ".join(f"(v128.store (i32.const {STATE + 16 * i}) {_get(f'a{i}')})" for i in range(4))})
"""


def _theta() -> list[str]:
    columns = [_set(f"c{x}", _xor(*(f"a{x + 5 * y}" for y in range(5)))) for x in range(5)]
    around = [
        _set(f"d{x}", _both(_get(f"c{(x + 4) % 5}"), _turned(f"c{(x + 1) % 5}", 1)))
        for x in range(5)
    ]
    return [*columns, *around, *(_set(f"a{i}", _xor(f"a{i}", f"d{i % 5}")) for i in range(LANES))]


def _rho_and_pi() -> list[str]:
    """Each lane of a turned by its own offset, into its place in b."""
    moved = ["(local.set $b0 (local.get $a0))"]
    x, y = 1, 0
    for step in range(LANES - 1):
        offset = (step + 1) * (step + 2) // 2 % 64
        to = y + 5 * ((2 * x + 3 * y) % 5)
        moved.append(_set(f"b{to}", _turned(f"a{x + 5 * y}", offset)))
        x, y = y, (2 * x + 3 * y) % 5
    return moved


def _chi() -> list[str]:
    return [
        _set(
            f"a{row + x}",
            _both(
                _get(f"b{row + x}"),
                f"(v128.andnot {_get(f'b{row + (x + 2) % 5}')} {_get(f'b{row + (x + 1) % 5}')})",
            ),
        )
        for row in range(0, LANES, 5)
        for x in range(5)
    ]


def _iota() -> str:
    return _set("a0", _both(_get("a0"), "(v128.load64_splat (local.get $round))"))


def _get(name: str) -> str:
    return f"(local.get ${name})"


def _set(name: str, value: str) -> str:
    return f"(local.set ${name} {value})"


def _both(one: str, other: str) -> str:
    return f"(v128.xor {one} {other})"


def _xor(first: str, *names: str) -> str:
    value = _get(first)
    for name in names:
        value = _both(value, _get(name))
    return value


def _turned(name: str, by: int) -> str:
    left = f"(i64x2.shl {_get(name)} (i32.const {by}))"
    return f"(v128.or {left} (i64x2.shr_u {_get(name)} (i32.const {64 - by})))"
