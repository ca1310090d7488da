"""A real web server for tests. It keeps what it was asked, and answers as it is told."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """`status` 0 hangs up after the request was read; None keeps the caller waiting."""

    host: str = ""  # with its port
    status: int | None = 201
    location: str = ""
    asked: list[Asked] = field(default_factory=list)
    done: Event = field(default_factory=Event)


@contextmanager
def listening(certificate: Path | None = None) -> Iterator[Sink]:
    """With a certificate it speaks https."""
    sink = Sink()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(sink)) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        sink.host = f"127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield sink
        finally:
            sink.done.set()
            server.shutdown()
            thread.join()


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.asked.append(Asked(self.path, dict(self.headers), body))
            if sink.status is None:
                sink.done.wait(10)
            if sink.status:
                self.send_response(sink.status)
                self.send_header("Content-Length", "0")
                if sink.location:
                    self.send_header("Location", sink.location)
                self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    return Answer


def certificate(folder: Path) -> Path:
    """For 127.0.0.1, vouched for by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file
