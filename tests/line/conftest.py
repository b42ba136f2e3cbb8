"""One server process for all that misbehaves on the line before it, and certificates for whoever speaks TLS there."""

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.line.both import an_office
from tests.line.proxy import Proxy


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """The fictional office, answering under the name of the lying DNS as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALA_HOSTS", "127.0.0.1,sala.example.go.th")
        with an_office(tmp_path_factory.mktemp("office")) as made:
            yield made


@pytest.fixture
def line(office):
    """The proxy before it."""
    with Proxy(office.port) as made:
        yield made


@dataclass(frozen=True)
class Authority:
    """Somebody who signs certificates: `ca_file` is what one names who believes them."""

    ca_file: Path
    _key: ec.EllipticCurvePrivateKey
    _name: x509.Name

    @classmethod
    def made(cls, folder: Path, name: str) -> "Authority":
        """A new one, its certificate in `folder`."""
        key, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
        own = _certificate(subject, subject, key.public_key(), key, ca=True)
        path = folder / f"{name}.pem"
        path.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        return cls(path, key, subject)

    def context(self, host: str) -> ssl.SSLContext:
        """What a server for `host` (a name or an address) speaks TLS with."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(_name(host), self._name, key.public_key(), self._key, host=host)
        pem = self.ca_file.with_name(f"{self.ca_file.stem}-{host}.pem")
        pem.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, issuer, public, by, *, ca=False, host=""):
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(issuer).public_key(public).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )  # fmt: skip
    if host:
        try:
            named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            named = x509.DNSName(host)
        builder = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False)
    return builder.sign(by, hashes.SHA256())


@pytest.fixture(scope="session")
def authorities(tmp_path_factory):
    """`authorities("office")`: one of that name, the same each time."""
    folder, made = tmp_path_factory.mktemp("authorities"), {}
    return lambda name: made.setdefault(name, None) or made.update({name: Authority.made(folder, name)}) or made[name]
