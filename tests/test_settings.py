"""Settings come from the environment alone, and a wrong one names its variable."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from treering.errors import SettingsWrong
from treering.settings import CHECKOUT, Settings

CONTRACT = "0x" + "1a" * 20


def read(**environ: str) -> Settings:
    return Settings.from_environ({f"TREERING_{name}": value for name, value in environ.items()})


def test_nothing_need_be_set():
    settings = read()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.home == CHECKOUT / ".treering"
    assert settings.keys == settings.home / "keys"
    assert settings.patience == timedelta(seconds=2)
    assert not settings.embedded
    optional = "database_url rpc_url contract registry_url registry_key submit_key".split()
    assert [getattr(settings, name) for name in optional] == [None] * 6


GIVEN = {
    "HOME": ("/srv/treering", "home", Path("/srv/treering")),
    "ANVIL": ("/opt/anvil", "anvil", Path("/opt/anvil")),
    "HOST": ("::", "host", "::"),
    "PORT": ("65535", "port", 65535),
    "DATABASE_URL": ("postgresql://u:p@db:5432/t", "database_url", "postgresql://u:p@db:5432/t"),
    "RPC_URL": ("https://node.example/key/", "rpc_url", "https://node.example/key"),
    "CONTRACT": (CONTRACT, "contract", CONTRACT),
    "BASE_URL": ("https://trees.example/", "base_url", "https://trees.example"),
    "REGISTRY_URL": ("http://[::1]:8010", "registry_url", "http://[::1]:8010"),
    "REGISTRY_KEY": ("registry+key", "registry_key", "registry+key"),
    "SECOND_REGISTRY_URL": ("https://b.example", "second_registry_url", "https://b.example"),
    "SECOND_REGISTRY_KEY": ("second+key", "second_registry_key", "second+key"),
    "SUBMIT_KEY": ("hush", "submit_key", "hush"),
    "EMBEDDED_CHAIN": ("1", "embedded", True),
    "OTLP_ENDPOINT": ("http://c.example:4318", "otlp_endpoint", "http://c.example:4318"),
    "METRICS_PORT": ("9464", "metrics_port", 9464),
    "CONFIRMATIONS": ("12", "confirmations", 12),
    "FEE_CEILING_GWEI": ("50", "fee_ceiling_gwei", 50),
    "STUCK_SECONDS": ("90", "stuck_seconds", 90),
    "IN_FLIGHT": ("8", "in_flight", 8),
    "PROMISE_SECONDS": ("900", "promise_seconds", 900),
    "FONTS": ("/srv/fonts", "fonts", Path("/srv/fonts")),
    "EVIDENCE": ("s3://bucket/trees", "evidence", "s3://bucket/trees"),
    "EVIDENCE_ENDPOINT": ("https://s3.example/", "evidence_endpoint", "https://s3.example"),
    "EVIDENCE_REGION": ("cn-north-1", "evidence_region", "cn-north-1"),
    "EVIDENCE_KEY_ID": ("who", "evidence_key_id", "who"),
    "EVIDENCE_SECRET": ("hush", "evidence_secret", "hush"),
    "RECONCILE_SECONDS": ("60", "reconcile_every", timedelta(minutes=1)),
    "RECONCILE_PATIENCE_SECONDS": ("0", "reconcile_patience", timedelta(0)),
    "SEAL_SECONDS": ("600", "patience", timedelta(minutes=10)),
}


@pytest.mark.parametrize("name", GIVEN)
def test_each_variable_is_read(name):
    value, attribute, expected = GIVEN[name]
    assert getattr(read(**{name: value}), attribute) == expected


def test_these_are_all_the_settings_that_there_are():
    given = {attribute for _, attribute, _ in GIVEN.values()}
    assert given | {"sign_in"} == {f.name for f in fields(Settings)}


def test_who_signs_in_is_told_by_issuer_and_client_together():
    assert read().sign_in is None
    given = {"OIDC_ISSUER": "https://login.example/", "OIDC_CLIENT": "treering"}
    found = read(**given, OIDC_SECRET="secret", OIDC_ROLE_CLAIM="groups").sign_in
    assert (found.issuer, found.client) == ("https://login.example", "treering")
    assert found.secret == "secret"
    assert (found.role_claim, found.provinces_claim) == ("groups", "treering_provinces")
    assert "secret" not in repr(found)
    with pytest.raises(SettingsWrong, match="TREERING_OIDC_CLIENT"):
        read(OIDC_ISSUER="https://login.example")


@pytest.mark.parametrize("name", GIVEN)
def test_an_empty_variable_is_as_good_as_none(name):
    assert read(**{name: ""}) == read()


def test_the_port_is_part_of_the_address_unless_another_is_given():
    assert read(PORT="9000").base_url == "http://127.0.0.1:9000"
    assert read(PORT="9000", BASE_URL="https://a.example").base_url == "https://a.example"


WRONG = [
    *(("PORT", value) for value in ("0", "65536", "-1", "80.0", "eighty", "８０", "9" * 5000)),
    *(("SEAL_SECONDS", value) for value in ("86401", "-1", "soon")),
    *(("EMBEDDED_CHAIN", value) for value in ("yes", "true", "2")),
    *(("CONTRACT", value) for value in ("0x12", "0x" + "zz" * 20, CONTRACT + "00", "TreeLedger")),
    *(
        (name, value)
        for name in ("RPC_URL", "BASE_URL", "REGISTRY_URL")
        for value in ("node.example", "ftp://node.example", "http://", "http:/x", "http://[")
    ),
    *(
        ("DATABASE_URL", value)
        for value in ("trees", "postgres://db/t", "mysql://db/t", "postgresql://db:port/t")
    ),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda text: text[:20])
def test_a_wrong_value_names_its_variable(name, value):
    with pytest.raises(SettingsWrong, match=f"^TREERING_{name} must be ") as refusal:
        read(**{name: value})
    assert len(str(refusal.value)) < 200


SECRETS = {
    "DATABASE_URL": "postgresql+psycopg://u:hush@db/t",
    "REGISTRY_KEY": "registry+key",
    "SUBMIT_KEY": "hush",
}


@pytest.mark.parametrize(("name", "secret"), SECRETS.items())
def test_a_secret_may_come_from_a_file(tmp_path, name, secret):
    file = tmp_path / "secret"
    file.write_text(f"{secret}\n")
    assert read(**{f"{name}_FILE": str(file)}) == read(**{name: secret})
    assert read(**{f"{name}_FILE": str(file), name: "another"}) == read(**{name: secret})


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "not a text")],
)
@pytest.mark.parametrize("name", SECRETS)
def test_a_file_without_a_secret_in_it_names_variable_and_file(tmp_path, name, content, said):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsWrong, match=f"^TREERING_{name}_FILE: .*secret.* {said}"):
        read(**{f"{name}_FILE": str(file)})


def test_no_secret_is_shown_by_settings_nor_by_a_refusal():
    shown = repr(read(**SECRETS, RPC_URL="https://node.example/v3/hush"))
    with pytest.raises(SettingsWrong) as refusal:
        read(DATABASE_URL="postgres://u:hush@db/t")
    assert "hush" not in shown + str(refusal.value)
