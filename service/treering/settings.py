"""Settings, from the environment alone. A wrong value names its variable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from treering.errors import SettingsWrong

_MAX = 2_592_000  # seconds of thirty days
CHECKOUT = Path(__file__).parents[2]
_FONTS = "service/assets/node_modules/@expo-google-fonts/noto-serif-sc"
_ANVIL = "contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The OpenID provider that people sign in with, and what it calls role and provinces."""

    issuer: str
    client: str
    secret: str | None = field(repr=False)
    role_claim: str
    provinces_claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`embedded` says that the chain is our own Anvil, which alone may be new or cut short."""

    home: Path
    anvil: Path
    host: str
    port: int
    database_url: str | None = field(repr=False)
    rpc_url: str | None = field(repr=False)  # providers put their keys into it
    contract: str | None
    base_url: str
    registry_url: str | None
    registry_key: str | None
    second_registry_url: str | None
    second_registry_key: str | None
    submit_key: str | None = field(repr=False)
    embedded: bool
    patience: timedelta
    reconcile_every: timedelta
    reconcile_patience: timedelta
    otlp_endpoint: str | None
    metrics_port: int  # the worker's; 0 for none
    confirmations: int | None
    fee_ceiling_gwei: int
    stuck_seconds: int
    in_flight: int
    promise_seconds: int
    fonts: Path
    sign_in: SignIn | None
    evidence: str  # a folder, or s3://bucket/prefix
    evidence_endpoint: str | None
    evidence_key_id: str | None
    evidence_secret: str | None = field(repr=False)
    evidence_region: str

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """SettingsWrong names the variable and what was expected of it."""
        read = _Reader(environ)
        port = read.whole("TREERING_PORT", 8000, at_least=1, at_most=65535)
        home = Path(read.text("TREERING_HOME") or CHECKOUT / ".treering")
        return cls(
            home=home,
            anvil=Path(read.text("TREERING_ANVIL") or CHECKOUT / _ANVIL),
            host=read.text("TREERING_HOST") or "127.0.0.1",
            port=port,
            database_url=read.database("TREERING_DATABASE_URL"),
            rpc_url=read.urls("TREERING_RPC_URL"),
            contract=read.address("TREERING_CONTRACT"),
            base_url=read.url("TREERING_BASE_URL") or f"http://127.0.0.1:{port}",
            registry_url=read.url("TREERING_REGISTRY_URL"),
            registry_key=read.secret("TREERING_REGISTRY_KEY"),
            second_registry_url=read.url("TREERING_SECOND_REGISTRY_URL"),
            second_registry_key=read.secret("TREERING_SECOND_REGISTRY_KEY"),
            submit_key=read.secret("TREERING_SUBMIT_KEY"),
            embedded=read.flag("TREERING_EMBEDDED_CHAIN"),
            reconcile_every=read.span("TREERING_RECONCILE_SECONDS", 3600, at_least=60),
            reconcile_patience=read.span("TREERING_RECONCILE_PATIENCE_SECONDS", 600),
            otlp_endpoint=_collector(read),
            metrics_port=read.whole("TREERING_METRICS_PORT", 0, at_most=65535),
            patience=read.span("TREERING_SEAL_SECONDS", 2),
            confirmations=read.whole("TREERING_CONFIRMATIONS", 0, at_most=10_000) or None,
            fee_ceiling_gwei=read.whole(
                "TREERING_FEE_CEILING_GWEI", 200, at_least=1, at_most=1_000_000
            ),
            stuck_seconds=read.whole("TREERING_STUCK_SECONDS", 60, at_least=1, at_most=86_400),
            in_flight=read.whole("TREERING_IN_FLIGHT", 32, at_least=1, at_most=1_000),
            promise_seconds=read.whole("TREERING_PROMISE_SECONDS", 3600, at_least=1, at_most=_MAX),
            sign_in=_sign_in(read),
            fonts=Path(read.text("TREERING_FONTS") or CHECKOUT / _FONTS),
            evidence=read.text("TREERING_EVIDENCE") or str(home / "evidence"),
            evidence_endpoint=read.url("TREERING_EVIDENCE_ENDPOINT"),
            evidence_key_id=read.text("TREERING_EVIDENCE_KEY_ID"),
            evidence_secret=read.secret("TREERING_EVIDENCE_SECRET"),
            evidence_region=read.text("TREERING_EVIDENCE_REGION") or "us-east-1",
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.environ.get(name) or None

    def secret(self, name: str) -> str | None:
        """The variable itself, or the content of the file that NAME_FILE names."""
        path = self.text(f"{name}_FILE")
        if path is None:
            return self.text(name)
        try:
            content = Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsWrong(f"{name}_FILE: {path}: {error.strerror}") from error
        except ValueError as error:
            raise SettingsWrong(f"{name}_FILE: {path} is not a text") from error
        if not content:
            raise SettingsWrong(f"{name}_FILE: {path} is empty")
        return content

    def database(self, name: str) -> str | None:
        """A secret, since it may hold a password: refused without being shown."""
        value = self.secret(name)
        if value is not None and not _is_url(value, "postgresql", "postgresql+psycopg"):
            raise SettingsWrong(f"{name} must be of the form postgresql://user@host:port/database")
        return value

    def url(self, name: str) -> str | None:
        value = self.text(name)
        if value and not (_is_url(value, "http", "https") and urlsplit(value).hostname):
            raise SettingsWrong(f"{name} must be of the form http://host or https://host")
        return value.rstrip("/") if value else None

    def urls(self, name: str) -> str | None:
        """One address or several, separated by commas."""
        value = self.text(name)
        for url in (value or "").split(","):
            if value and not (_is_url(url.strip(), "http", "https") and urlsplit(url).hostname):
                raise SettingsWrong(f"{name} must be of the form http://host or https://host")
        return value.rstrip("/") if value else None

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            right = len(bytes.fromhex(value.removeprefix("0x"))) == 20
        except ValueError:
            right = False
        if not right:
            raise SettingsWrong(f"{name} must be a contract's address, not {value!r:.60}")
        return value

    def whole(self, name: str, default: int, *, at_least: int = 0, at_most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        is_number = value.isascii() and value.isdigit() and len(value) < 10
        if not is_number or not at_least <= int(value) <= at_most:
            wanted = f"a number from {at_least} to {at_most}"
            raise SettingsWrong(f"{name} must be {wanted}, not {value!r:.60}")
        return int(value)

    def span(self, name: str, default: int, *, at_least: int = 0) -> timedelta:
        """Seconds of a day at most."""
        return timedelta(seconds=self.whole(name, default, at_least=at_least, at_most=86_400))

    def flag(self, name: str) -> bool:
        value = self.text(name) or "0"
        if value not in ("0", "1"):
            raise SettingsWrong(f"{name} must be 0 or 1, not {value!r:.60}")
        return value == "1"


def _collector(read: _Reader) -> str | None:
    return read.url("TREERING_OTLP_ENDPOINT") or read.url("OTEL_EXPORTER_OTLP_ENDPOINT")


def _sign_in(read: _Reader) -> SignIn | None:
    issuer, client = read.url("TREERING_OIDC_ISSUER"), read.text("TREERING_OIDC_CLIENT")
    if issuer is None:
        return None
    if client is None:
        raise SettingsWrong("TREERING_OIDC_CLIENT must be given beside TREERING_OIDC_ISSUER")
    return SignIn(
        issuer=issuer,
        client=client,
        secret=read.secret("TREERING_OIDC_SECRET"),
        role_claim=read.text("TREERING_OIDC_ROLE_CLAIM") or "treering_role",
        provinces_claim=read.text("TREERING_OIDC_PROVINCES_CLAIM") or "treering_provinces",
    )


def _is_url(value: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and "://" in value and parts.port != 0
    except ValueError:
        return False
