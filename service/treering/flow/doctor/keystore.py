"""The keystore: every key that the programmes need is there, private, and opens.

Nothing is made here: a key that the folder would make afresh has no role on any contract.
"""

from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine

from treering.chain.keys import KeyFolder
from treering.domain.checkup import Sign
from treering.errors import KeystoreUnusable, SettingsWrong
from treering.flow.publish import minter_name
from treering.store.programmes import Programmes
from treering.store.vault import Vault


def signs(keys: KeyFolder, engine: Engine, programmes: Sequence[str]) -> Iterator[Sign]:
    try:
        missing = _missing(keys, programmes)
        exposed = keys.exposed()
    except OSError as error:
        why = KeystoreUnusable(f"{keys.folder}: {error.strerror}")
        yield Sign.fail("keystore", why, "let this process read the folder")
        return
    if missing:
        why = KeystoreUnusable(f"{keys.folder} lacks {', '.join(missing)}")
        yield Sign.fail("keystore", why, "put the files there, or mend TREERING_HOME")
        return
    if exposed:
        why = KeystoreUnusable(f"others may read {', '.join(exposed)}")
        yield Sign.fail("keystore", why, f"chmod -R go= {keys.folder}")
    yield from _opened(keys, engine, programmes)


def _missing(keys: KeyFolder, programmes: Sequence[str]) -> list[str]:
    secrets = ["password", "vault", *(f"issuer-{code}" for code in programmes)]
    return keys.missing(accounts=map(minter_name, programmes), secrets=secrets)


def _opened(keys: KeyFolder, engine: Engine, programmes: Sequence[str]) -> Iterator[Sign]:
    about, advice = "keystore", "put back the password that the files were made with"
    try:
        for code in programmes:
            keys.account(minter_name(code))
            keys.issuer(code)
        vault = Vault(keys.secret("vault"))
        with engine.connect() as connection:
            Programmes(connection, vault).all()
    except (SettingsWrong, OSError) as error:
        yield Sign.fail(about, KeystoreUnusable(str(error)), advice)
    except InvalidTag:
        why = KeystoreUnusable("vault.secret is not the one that sealed this database's secrets")
        yield Sign.fail(about, why, "put back the vault.secret that belongs to this database")
    else:
        yield Sign.ok(about, f"the keys of {len(programmes)} programmes open")
