# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Class 4: certificates, and TLS itself. Certificates are made by openssl when a server starts."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .case import CHROME, NODE, PYTHON, Case, Start
from .raw import Connection, RawServer, raw, upgrading

ALL = (CHROME, NODE, PYTHON)
LOCAL = "DNS:localhost,IP:127.0.0.1"


def _openssl(directory: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


class Maker:
    """A root of our own and what it signs, in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._sign(
            "root", "/CN=Parley Test Root", None, ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign"]
        )

    def signed(
        self,
        names: str = LOCAL,
        *,
        by: str = "root",
        ca: bool = False,
        usage: str = "serverAuth",
        days: tuple[str, str] | None = None,
        subject: str = "/CN=localhost",
        name: str = "leaf",
        key: str = "ec",
    ) -> None:
        fields = ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"] if ca else [f"extendedKeyUsage={usage}"]
        if names and not ca:
            fields.append(f"subjectAltName={names}")
        self._sign(name, subject, by, fields, days, key)

    def own(self, names: str = LOCAL) -> None:
        self._sign("leaf", "/CN=localhost", None, [f"subjectAltName={names}"])

    def _sign(
        self,
        name: str,
        subject: str,
        by: str | None,
        fields: list[str],
        days: tuple[str, str] | None = None,
        key: str = "ec",
    ) -> None:
        algorithm = ["rsa:1024"] if key == "weak" else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        make = [
            "req",
            "-new",
            "-newkey",
            *algorithm,
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            "-subj",
            subject,
        ]
        _openssl(self.directory, *make)
        (self.directory / f"{name}.cnf").write_text(
            "\n".join(["[x]", *(field.replace("=", " = ", 1) for field in fields)]) + "\n"
        )
        start, end = days or ("20250101000000Z", "20400101000000Z")
        (self.directory / "db").write_text("")
        (self.directory / "ca.cnf").write_text(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=db\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n"
        )
        signer = (
            ["-selfsign", "-keyfile", f"{name}.key"] if by is None else ["-cert", f"{by}.pem", "-keyfile", f"{by}.key"]
        )
        _openssl(
            self.directory,
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            *signer,
            "-in",
            f"{name}.csr",
            "-out",
            f"{name}.pem",
            "-startdate",
            start,
            "-enddate",
            end,
            "-extfile",
            f"{name}.cnf",
            "-extensions",
            "x",
        )

    def chain(self, *names: str) -> Path:
        whole = self.directory / "chain.pem"
        whole.write_text("".join((self.directory / f"{name}.pem").read_text() for name in names))
        return whole


def _decent(c: Connection) -> None:
    c.switch()
    c.echo()


def secured(
    make: Callable[[Maker], object] = Maker.signed,
    change: Callable[[ssl.SSLContext, Path], None] | None = None,
    chain: tuple[str, ...] = ("leaf",),
    serve: Callable[[Connection], None] = upgrading(_decent),
) -> Start:
    """A server with a certificate; the root is `root.pem`."""

    @contextmanager
    def start(directory: Path) -> Iterator[int]:
        maker = Maker(directory)
        make(maker)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.load_cert_chain(maker.chain(*chain), directory / "leaf.key")
        if change:
            change(context, directory)
        with RawServer(serve, context) as server:
            yield server.port

    return start


def _two_steps(maker: Maker) -> None:
    maker.signed(ca=True, subject="/CN=Parley Test Intermediate", name="middle")
    maker.signed(by="middle")


def _stranger(maker: Maker) -> None:
    """Signed by a root that is not the one that is given to the doctor."""
    other = maker.directory / "other"
    other.mkdir()
    stranger = Maker(other)
    stranger.signed()
    for name in ("leaf.pem", "leaf.key"):
        (maker.directory / name).write_text((other / name).read_text())


def _with_client_certificate(context: ssl.SSLContext, directory: Path) -> None:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(directory / "root.pem")


def _only(version: ssl.TLSVersion) -> Callable[[ssl.SSLContext, Path], None]:
    def change(context: ssl.SSLContext, _: Path) -> None:
        context.minimum_version = context.maximum_version = version

    return change


def _wants_name(context: ssl.SSLContext, _: Path) -> None:
    context.sni_callback = lambda _, name, __: (
        None if name == "voice.example.test" else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    )


def _wants_some_name(context: ssl.SSLContext, _: Path) -> None:
    context.sni_callback = lambda _, name, __: None if name else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME


def _h2(context: ssl.SSLContext, _: Path) -> None:
    context.set_alpn_protocols(["h2"])


def _go_plain(c: Connection) -> None:
    """What Go says on a TLS port to plain text."""
    c.send(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")


CA = ("--ca", "{dir}/root.pem")


def tls(
    cause: str, what: str, start: Start, flags: tuple[str, ...] = CA, host: str = "localhost", **rest: object
) -> Case:
    return Case(cause, what, start, flags, scheme="wss", host=host, **{"fail": ALL, **rest})


CASES = [
    tls("tls-expired", "since 2026-01-01", secured(lambda m: m.signed(days=("20250101000000Z", "20260101000000Z")))),
    tls("tls-not-yet-valid", "from 2039 on", secured(lambda m: m.signed(days=("20390101000000Z", "20400101000000Z")))),
    tls("tls-self-signed", "its own issuer", secured(Maker.own)),
    tls(
        "tls-unknown-ca", "a root that nobody knows is sent too", secured(_stranger), also=("tls-missing-intermediate",)
    ),
    tls("tls-missing-intermediate", "only the leaf is sent", secured(_two_steps)),
    tls(
        "tls-hostname-mismatch",
        "for another name",
        secured(lambda m: m.signed("DNS:other.example.test", subject="/CN=other.example.test")),
    ),
    tls("tls-ip-not-in-san", "asked by address", secured(lambda m: m.signed("DNS:localhost")), host="127.0.0.1"),
    tls("tls-no-san", "a common name only", secured(lambda m: m.signed("")), fail=(CHROME,)),
    tls("tls-wrong-purpose", "a client's certificate", secured(lambda m: m.signed(usage="clientAuth"))),
    tls("tls-client-cert-required", "a client certificate is wanted", secured(change=_with_client_certificate)),
    tls(
        "tls-client-cert-required",
        "the same with TLS 1.2",
        secured(change=lambda c, d: (_with_client_certificate(c, d), _only(ssl.TLSVersion.TLSv1_2)(c, d))),
        also=("tls-no-shared-cipher",),
    ),
    tls("tls-old-version", "TLS 1.1 at most", secured(change=_only(ssl.TLSVersion.TLSv1_1))),
    tls(
        "tls-alpn-h2-only",
        "HTTP/2 only",
        secured(change=_h2, serve=lambda c: c.send(b"\0\0\0\4\0\0\0\0\0")),
        fail=(CHROME,),
    ),
    tls("tls-sni-required", "asked by address, serves names", secured(change=_wants_some_name), host="127.0.0.1"),
    tls("tls-wss-to-plain", "no TLS behind the port", raw(upgrading(_decent)), flags=(), host="127.0.0.1"),
    Case("tls-ws-to-tls", "plain text at a TLS port", secured(), host="127.0.0.1", fail=ALL),
    Case("tls-ws-to-tls", "plain text at a TLS port of Go", raw(_go_plain), host="127.0.0.1", fail=ALL),
    Case(
        "tls-ws-to-tls",
        "plain text at a TLS port of nginx",
        raw(
            lambda c: c.answer(
                400,
                "Bad Request",
                "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>",
                "Server: nginx",
            )
        ),
        host="127.0.0.1",
        fail=ALL,
    ),
]
