"""What is hashed with Keccak-f, as WebAssembly text: leaves, a tree, holders' commitments.

Everything goes two by two. Of an odd number, the last has a neighbour of which nobody reads
what comes out: there is room for it behind whatever is given and made.
"""

from treering.domain.kernel.permutation import CONSTANTS, STATE, constants, permute

ROOM = 65536  # from here on memory is the caller's
PAGE = 65536  # bytes
_ONE, _TWO = 2048, 2304  # the two messages; bytes that nobody writes are zero
_MARK = b"treering/holder/v1"

# Two messages of whole lanes, at $p and $q, padded by $pad in the lane behind them; hashes of 32
# bytes to $to and $also. Shorter than 128 bytes: the last lane of the rate takes the last bit.
_HASH = f"""
(func $hash (param $p i32) (param $q i32) (param $lanes i32) (param $pad i64)
    (param $to i32) (param $also i32) (local $i i32) (local $at i32)
  (memory.fill (i32.const {STATE}) (i32.const 0) (i32.const 400))
  (local.set $at (i32.const {STATE}))
  (loop $next
    (i64.store (local.get $at) (i64.load (i32.add (local.get $p) (local.get $i))))
    (i64.store offset=8 (local.get $at) (i64.load (i32.add (local.get $q) (local.get $i))))
    (local.set $at (i32.add (local.get $at) (i32.const 16)))
    (local.set $i (i32.add (local.get $i) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $i) (i32.shl (local.get $lanes) (i32.const 3)))))
  (v128.store (local.get $at) (i64x2.splat (local.get $pad)))
  (v128.store (i32.const {STATE + 16 * 16}) (i64x2.splat (i64.const 0x8000000000000000)))
  (call $permute)
  (call $out (i32.const {STATE}) (local.get $to))
  (call $out (i32.const {STATE + 8}) (local.get $also)))
(func $out (param $at i32) (param $to i32)
  (i64.store (local.get $to) (i64.load (local.get $at)))
  (i64.store offset=8 (local.get $to) (i64.load offset=16 (local.get $at)))
  (i64.store offset=16 (local.get $to) (i64.load offset=32 (local.get $at)))
  (i64.store offset=24 (local.get $to) (i64.load offset=48 (local.get $at))))
"""

# The record's word: the lot's eight bytes as they stand, the serial, the holder's twenty.
_LEAVES = f"""
(func $word (param $at i32) (param $lot i64) (param $serial i32) (param $holder i32)
  (i64.store (local.get $at) (local.get $lot))
  (i32.store8 offset=8 (local.get $at) (i32.shr_u (local.get $serial) (i32.const 24)))
  (i32.store8 offset=9 (local.get $at) (i32.shr_u (local.get $serial) (i32.const 16)))
  (i32.store8 offset=10 (local.get $at) (i32.shr_u (local.get $serial) (i32.const 8)))
  (i32.store8 offset=11 (local.get $at) (local.get $serial))
  (v128.store offset=12 (local.get $at) (v128.load (local.get $holder)))
  (i32.store offset=28 (local.get $at) (i32.load offset=16 (local.get $holder))))
(func (export "leaves") (param $n i32) (param $lot i64) (param $serial i32)
    (param $holder i32) (param $to i32)
  (loop $next
    (call $word (i32.const {_ONE}) (local.get $lot) (local.get $serial) (local.get $holder))
    (call $word (i32.const {_TWO}) (local.get $lot)
      (i32.add (local.get $serial) (i32.const 1)) (i32.add (local.get $holder) (i32.const 20)))
    (call $hash (i32.const {_ONE}) (i32.const {_TWO}) (i32.const 4) (i64.const 1)
      (local.get $to) (i32.add (local.get $to) (i32.const 32)))
    (local.set $serial (i32.add (local.get $serial) (i32.const 2)))
    (local.set $holder (i32.add (local.get $holder) (i32.const 40)))
    (local.set $to (i32.add (local.get $to) (i32.const 64)))
    (local.set $n (i32.sub (local.get $n) (i32.const 2)))
    (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))
"""

# A node's message is its two children in the order of their bytes: at the first that differs.
_ORDER = """
(func $less (param $a i32) (param $b i32) (result i32)
    (local $i i32) (local $x i64) (local $y i64) (local $at i64)
  (block $differ
    (loop $next
      (local.set $x (i64.load (i32.add (local.get $a) (local.get $i))))
      (local.set $y (i64.load (i32.add (local.get $b) (local.get $i))))
      (br_if $differ (i64.ne (local.get $x) (local.get $y)))
      (local.set $i (i32.add (local.get $i) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 32))))
    (return (i32.const 0)))
  (local.set $at
    (i64.and (i64.ctz (i64.xor (local.get $x) (local.get $y))) (i64.const 56)))
  (i64.lt_u
    (i64.and (i64.shr_u (local.get $x) (local.get $at)) (i64.const 255))
    (i64.and (i64.shr_u (local.get $y) (local.get $at)) (i64.const 255))))
(func $ordered (param $from i32) (param $at i32) (local $low i32) (local $high i32)
  (local.set $low (local.get $from))
  (local.set $high (i32.add (local.get $from) (i32.const 32)))
  (if (call $less (local.get $high) (local.get $low)) (then
    (local.set $low (local.get $high))
    (local.set $high (local.get $from))))
  (memory.copy (local.get $at) (local.get $low) (i32.const 32))
  (memory.copy (i32.add (local.get $at) (i32.const 32)) (local.get $high) (i32.const 32)))
"""

# Each level is written over the one below it, of which it has half the length.
_TREE = f"""
(func $parents (param $n i32) (param $first i32)
    (local $from i32) (local $to i32) (local $left i32)
  (local.set $from (local.get $first))
  (local.set $to (local.get $first))
  (local.set $left (i32.shr_u (local.get $n) (i32.const 1)))
  (loop $next
    (call $ordered (local.get $from) (i32.const {_ONE}))
    (call $ordered (i32.add (local.get $from) (i32.const 64)) (i32.const {_TWO}))
    (call $hash (i32.const {_ONE}) (i32.const {_TWO}) (i32.const 8) (i64.const 1)
      (local.get $to) (i32.add (local.get $to) (i32.const 32)))
    (local.set $from (i32.add (local.get $from) (i32.const 128)))
    (local.set $to (i32.add (local.get $to) (i32.const 64)))
    (local.set $left (i32.sub (local.get $left) (i32.const 2)))
    (br_if $next (i32.gt_s (local.get $left) (i32.const 0))))
  (if (i32.and (local.get $n) (i32.const 1)) (then
    (memory.copy
      (i32.add (local.get $first) (i32.shl (i32.shr_u (local.get $n) (i32.const 1)) (i32.const 5)))
      (i32.add (local.get $first) (i32.shl (i32.sub (local.get $n) (i32.const 1)) (i32.const 5)))
      (i32.const 32)))))
(func (export "root") (param $n i32) (param $first i32)
  (block $alone
    (loop $next
      (br_if $alone (i32.lt_u (local.get $n) (i32.const 2)))
      (call $parents (local.get $n) (local.get $first))
      (local.set $n (i32.shr_u (i32.add (local.get $n) (i32.const 1)) (i32.const 1)))
      (br $next))))
"""

# The mark, 32 bytes of opening, 32 of reference, and the padding's first bit, in eleven lanes. Of
# each hash twenty bytes stay: the next one is written over the others.
_HOLDERS = f"""
(func $opened (param $at i32) (param $opening i32) (param $reference i32)
  (i64.store (local.get $at) (i64.load (i32.const {CONSTANTS + 192})))
  (i64.store offset=8 (local.get $at) (i64.load (i32.const {CONSTANTS + 200})))
  (i64.store offset=16 (local.get $at) (i64.load (i32.const {CONSTANTS + 208})))
  (memory.copy (i32.add (local.get $at) (i32.const 18)) (local.get $opening) (i32.const 32))
  (memory.copy (i32.add (local.get $at) (i32.const 50)) (local.get $reference) (i32.const 32))
  (i64.store32 offset=82 (local.get $at) (i64.const 1))
  (i64.store16 offset=86 (local.get $at) (i64.const 0)))
(func (export "holders") (param $n i32) (param $opening i32) (param $reference i32)
    (param $to i32)
  (loop $next
    (call $opened (i32.const {_ONE}) (local.get $opening) (local.get $reference))
    (call $opened (i32.const {_TWO})
      (i32.add (local.get $opening) (i32.const 32))
      (i32.add (local.get $reference) (i32.const 32)))
    (call $hash (i32.const {_ONE}) (i32.const {_TWO}) (i32.const 11) (i64.const 0)
      (local.get $to) (i32.add (local.get $to) (i32.const 20)))
    (local.set $opening (i32.add (local.get $opening) (i32.const 64)))
    (local.set $reference (i32.add (local.get $reference) (i32.const 64)))
    (local.set $to (i32.add (local.get $to) (i32.const 40)))
    (local.set $n (i32.sub (local.get $n) (i32.const 2)))
    (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))
"""


def text() -> str:
    """The whole module; its memory is to grow with what is hashed."""
    known = constants() + _MARK.ljust(24, b"\0")
    data = "".join(f"\\{byte:02x}" for byte in known)
    parts = [permute(), _HASH, _LEAVES, _ORDER, _TREE, _HOLDERS]
    memory = f'(memory (export "memory") 2) (data (i32.const {CONSTANTS}) "{data}")'
    return f"(module {memory} {''.join(parts)})"
