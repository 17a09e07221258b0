"""Whom a feed speaks to: the address that was judged, whatever a name server says next; and only
to a server that proves its name."""

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes.registry import PUBLIC, Between, LooseRegistry, issued, serving
from treering.errors import RegistryElsewhere, RegistryNotProven, RegistryUnavailable
from treering.registry.address import place
from treering.registry.feed import Feed


@pytest.mark.parametrize(
    ("url", "answer", "asked"),
    [
        ("https://registry.example", "93.184.215.14", "https://93.184.215.14:443"),
        ("https://registry.example:8443/log/", "93.184.215.14", "https://93.184.215.14:8443/log"),
        ("http://registry.example", "2606:2800::1", "http://[2606:2800::1]:80"),
        ("http://127.0.0.1:81", "127.0.0.1", "http://127.0.0.1:81"),
        ("http://localhost:81", "127.0.0.1", "http://127.0.0.1:81"),
        ("http://10.1.2.3", "10.1.2.3", "http://10.1.2.3:80"),
        ("http://[::1]:81", "::1", "http://[::1]:81"),
    ],
)
def test_the_address_that_was_judged_is_the_one_that_is_asked(url, answer, asked):
    assert place(url, lambda *_: [answer]).url == asked


def test_the_name_stays_what_was_configured():
    found = place("https://a:b@registry.example:8443", lambda *_: ["93.184.215.14"])
    assert (found.host, found.name) == ("registry.example:8443", "registry.example")


@pytest.mark.parametrize(
    "answer",
    "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 "
    "::1 :: fe80::1%eth0 fc00::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ff02::1".split(),
)
def test_f59_a_name_that_leads_to_an_address_that_nobody_meant_is_not_asked(answer):
    with pytest.raises(RegistryElsewhere, match="leads to"):
        place("https://registry.example", lambda *_: ["93.184.215.14", answer])


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0"])
def test_the_machines_own_link_is_refused_though_it_was_written_down(url):
    with pytest.raises(RegistryElsewhere):
        Feed(url, PUBLIC).head()


@pytest.mark.parametrize("url", ["ftp://x", "http://", "x"])
def test_what_is_no_address_of_a_log_is_said(url):
    with pytest.raises(RegistryUnavailable, match="no address of a log"):
        place(url)


def test_a_name_without_an_address_is_unavailable():
    with pytest.raises(RegistryUnavailable):
        place("http://registry.invalid")


def test_the_name_is_resolved_once_a_look_and_told_to_the_server():
    registry, hosts, asked = LooseRegistry(), [], []
    registry.add(issued(1, 1))

    async def remembering(scope, receive, send):
        if scope["type"] == "http":
            hosts.append(dict(scope["headers"])[b"host"].decode())
        await registry.app()(scope, receive, send)

    def resolve(name, _):
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving(Between(remembering)) as url:
        feed = Feed(url.replace("127.0.0.1", "localhost"), PUBLIC, resolve=resolve)
        feed.head()
        feed.bundle(0, 1)
        feed.tile(0, 0, 1)
        feed.close()
    assert asked == ["localhost"]
    assert set(hosts) == {url.replace("http://127.0.0.1", "localhost")}


class Authority:
    """A certificate authority of the test, and servers that it vouches for."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
        self.own = self._signed(self.name, self.key, is_authority=True)
        self.trust = ssl.create_default_context(
            cadata=self.own.public_bytes(serialization.Encoding.PEM).decode()
        )

    def _signed(self, subject, key, *, days=1, address=None, is_authority=False):
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
            )
        )
        if is_authority:
            usage = x509.KeyUsage(*[False] * 5, True, True, False, False)
            made = made.add_extension(usage, critical=True)
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            made = made.add_extension(names, critical=False)
        return made.sign(self.key, hashes.SHA256())

    def server(self, app, **changes):
        """A server of the app with a certificate for this address, valid for `days`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a log")])
        signed = self._signed(subject, key, **changes)
        pem, words = serialization.Encoding.PEM, serialization.NoEncryption()
        (self.folder / "server.pem").write_bytes(signed.public_bytes(pem))
        (self.folder / "server.key").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, words)
        )
        return uvicorn.Server(
            uvicorn.Config(
                app,
                port=0,
                log_level="critical",
                ssl_certfile=self.folder / "server.pem",
                ssl_keyfile=self.folder / "server.key",
            )
        )


@pytest.mark.parametrize(
    ("changes", "trusted", "fault"),
    [
        ({"address": "127.0.0.1"}, True, None),
        ({"address": "127.0.0.1", "days": -1}, True, "expired"),
        ({"address": "127.0.0.2"}, True, "mismatch"),
        ({"address": "127.0.0.1"}, False, "self-signed|unable to get local issuer"),
    ],
    ids="proven F59-expired another stranger".split(),
)
def test_f59_only_a_server_that_proves_its_name_is_listened_to(tmp_path, changes, trusted, fault):
    registry, authority = LooseRegistry(), Authority(tmp_path)
    server = authority.server(registry.app(), **changes)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    trust = authority.trust if trusted else None
    feed = Feed(f"https://127.0.0.1:{port}", PUBLIC, trust=trust)
    if fault:
        with pytest.raises(RegistryNotProven, match=fault):
            feed.head()
    else:
        assert feed.head().size == 0
    feed.close()
    server.should_exit = True
    thread.join()
