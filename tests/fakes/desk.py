"""Who asks for trees, and what he is granted."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from tests.fakes.access import scopes_of
from tests.fakes.books import NOW, number_of
from tests.fakes.held import Held
from treering import errors
from treering.domain.load import Entry, Granted, Outcome, by_cell
from treering.domain.name import masked
from treering.domain.redemption import Redemption, Wish, check
from treering.domain.role import Scope, insist_on_scope
from treering.domain.view import Programme, Redeemed
from treering.domain.wishes import WishIn
from treering.errors import TreeringError


class Desk(Held):
    """Redemptions, one by one and by loads."""

    def authenticate(self, api_key: str | None, scope: Scope) -> Programme:
        if api_key not in self.books.programmes:
            raise errors.NotAuthenticated("no key was given" if not api_key else "unknown key")
        insist_on_scope(scopes_of(api_key), scope)
        return self.books.programmes[api_key]

    def remembered(self, api_key: str | None, scope: Scope) -> Programme | None:
        """This desk remembers nobody."""

    async def redeem(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        return self.redeem_now(programme, key, wish)

    def redeem_now(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        self._insist()
        before = self.books.keys.get((programme.code, key))
        if before:
            fingerprint, redemption_id = before
            if fingerprint != wish.fingerprint():
                raise errors.KeyReused(key)
            return self._redeemed(self.books.redemptions[redemption_id], replayed=True)
        lot = self._lot(wish.lot)
        if lot.programme != programme.code:
            raise errors.NotAllowed(f"{lot.slug} belongs to another programme")
        check(wish, lot, NOW)
        redemption = self.books.redeem(programme, key, wish, masked(wish.name))
        return self._redeemed(redemption, replayed=False)

    def load(
        self, programme: Programme, key: str, entries: Iterable[Entry]
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        self._insist()
        for _, lines in by_cell(entries):
            yield [(line, self._loaded(programme, f"{key}\0{line}", w)) for line, w in lines]

    def numbers(self, granted: Granted) -> Sequence[str]:
        redemption = self.books.redemptions[granted.id]
        return [str(number_of(redemption, tree)) for tree in granted.trees()]

    def _loaded(self, programme: Programme, key: str, given: WishIn | TreeringError) -> Outcome:
        if isinstance(given, TreeringError):
            return given
        try:
            made = self.redeem_now(programme, key, given.wish())
        except TreeringError as refusal:
            return refusal
        found = made.redemption
        return Granted(found.lot, found.first_serial, found.count, made.replayed)

    def redemption(self, programme: Programme, redemption_id: UUID) -> Redeemed:
        found = self.books.redemptions.get(redemption_id)
        if found is None or found.programme != programme.code:
            raise errors.RedemptionNotFound(str(redemption_id))
        return self._redeemed(found, replayed=False)

    def _redeemed(self, redemption: Redemption, *, replayed: bool) -> Redeemed:
        return Redeemed(
            redemption=redemption,
            lot_slug=self.books.lot_by_id(redemption.lot).slug,
            numbers=tuple(str(number_of(redemption, tree)) for tree in redemption.trees()),
            replayed=replayed,
        )
