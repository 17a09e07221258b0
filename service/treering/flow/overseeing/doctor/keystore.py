"""The keystore: every key that the programmes need is there, private, and opens.

Nothing is made here: a key that the folder would make afresh has no role on any contract.
"""

from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine

from treering.chain.keys import KeyFolder, minter_name
from treering.domain.checkup import Sign
from treering.errors import KeystoreUnusable, SettingsWrong
from treering.store.programmes import Programmes
from treering.store.vault import Vault


def signs(keys: KeyFolder, engine: Engine, programmes: Sequence[str]) -> Iterator[Sign]:
    """What all programmes share, then what is wrong with the keys of each."""
    try:
        missing = keys.missing(accounts=[], secrets=["password", "vault"])
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
    yield from _vault(keys, engine)
    faults = [sign for code in programmes for sign in of_programme(keys, code)]
    yield from faults
    if len(faults) < len(programmes):
        opened = len(programmes) - len(faults)
        yield Sign.ok("keystore", f"the keys of {opened} of {len(programmes)} programmes open")


def of_programme(keys: KeyFolder, code: str) -> Iterator[Sign]:
    """What is wrong with this programme's own keys, one sign at most; none is made."""
    about = f"keys of {code}"
    if missing := keys.missing(accounts=[minter_name(code)], secrets=[f"issuer-{code}"]):
        why = KeystoreUnusable(f"{keys.folder} lacks {', '.join(missing)}")
        yield Sign.fail(about, why, "put back the files from where they are kept").of(code)
        return
    try:
        keys.account(minter_name(code))
        keys.issuer(code)
    except (SettingsWrong, OSError) as error:
        advice = "put back the password that the files were made with, or the files"
        yield Sign.fail(about, KeystoreUnusable(str(error)), advice).of(code)


def _vault(keys: KeyFolder, engine: Engine) -> Iterator[Sign]:
    try:
        vault = Vault(keys.secret("vault"))
        with engine.connect() as connection:
            Programmes(connection, vault).all()
    except (SettingsWrong, OSError) as error:
        yield Sign.fail("keystore", KeystoreUnusable(str(error)), "put back vault.secret")
    except InvalidTag:
        why = KeystoreUnusable("vault.secret is not the one that sealed this database's secrets")
        yield Sign.fail("keystore", why, "put back the vault.secret that belongs to this database")
