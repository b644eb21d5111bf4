"""A throw-away Dovecot 2.3 on loopback: `with Dovecot() as server:` gives `port` (plain, STARTTLS) and `tls_port`.

Runs as root (mail as `nobody`) and as a plain user. Nothing outside its own short-named folder is touched
(unix sockets want paths under 108 bytes). Debian package: dovecot-imapd.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from automator.demo.server import free_ports

BINARY = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
CONF = """
base_dir = {base}/run
state_dir = {base}/state
instance_name = t{pid}
log_path = {base}/dovecot.log
{users}
default_client_limit = 1000
default_process_limit = 100
default_vsz_limit = 512M
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:~/mail
mail_plugins = $mail_plugins notify
protocols = imap
first_valid_uid = 1
mailbox_list_index = yes
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {base}/users
  override_fields = uid={uid} gid={gid} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
  mailbox {drafts} {{
    special_use = {flag}\\Drafts
    auto = subscribe
  }}
  mailbox {sent} {{
    special_use = {flag}\\Sent
    auto = subscribe
  }}
  mailbox Archive {{
    special_use = \\Archive
    auto = create
  }}
}}
protocol imap {{
  mail_max_userip_connections = 50
  {capability}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class Dovecot:
    """`separator` and `prefix` shape folder names; `capability` replaces what the server says it can do."""

    def __init__(
        self,
        users: dict[str, str],
        *,
        separator: str = "/",
        prefix: str = "",
        capability: str = "",
        sent: str = "Sent",
        drafts: str = "Drafts",
        special_use: bool = True,
    ) -> None:
        self.users = users
        self._shape = {"separator": separator, "prefix": prefix, "sent": sent, "drafts": drafts}
        self._shape["capability"] = f"imap_capability = {capability}" if capability else ""
        self._special_use = special_use

    def __enter__(self) -> Self:
        self.base = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))
        self.port, self.tls_port = free_ports(2)
        self._write_files()
        self.process = subprocess.Popen(
            [str(BINARY), "-F", "-c", self.base / "dovecot.conf"], stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            if self._greets():
                return self
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError("Dovecot did not start: " + self.log())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        shutil.rmtree(self.base, ignore_errors=True)

    @property
    def certificate(self) -> Path:
        """Self-signed, for localhost and 127.0.0.1."""
        return self.base / "cert.pem"

    def doveadm(self, *args: str) -> str:
        """An administrator's command."""
        command = [shutil.which("doveadm") or "/usr/bin/doveadm", "-c", str(self.base / "dovecot.conf"), *args]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def log(self) -> str:
        """What Dovecot wrote to its log."""
        path = self.base / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _write_files(self) -> None:
        root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        for name in ("run", "state", "mail"):
            (self.base / name).mkdir()
        self.base.chmod(0o755)
        if root:
            os.chown(self.base / "mail", owner.pw_uid, owner.pw_gid)
        (self.base / "users").write_text("".join(f"{u}:{{PLAIN}}{p}::::::\n" for u, p in self.users.items()))
        group = grp.getgrgid(owner.pw_gid).gr_name
        lines = [f"default_internal_user = {owner.pw_name}", f"default_internal_group = {group}"]
        mine = "" if root else "\n".join([*lines, f"default_login_user = {owner.pw_name}"])
        values = dict(self._shape, base=self.base, pid=os.getpid(), users=mine, uid=owner.pw_uid, gid=owner.pw_gid)
        conf = CONF.format(port=self.port, tls_port=self.tls_port, flag="" if self._special_use else "#", **values)
        if not self._special_use:
            conf = "\n".join(line for line in conf.splitlines() if "special_use = #" not in line)
        (self.base / "dovecot.conf").write_text(conf)
        make_certificate(self.base / "cert.pem", self.base / "key.pem")

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as link:
                return link.recv(100).startswith(b"* OK")
        except OSError:
            return False


def make_certificate(certificate: Path, key: Path, host: str = "localhost", address: str = "127.0.0.1") -> None:
    """Self-signed, valid two days."""
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host},IP:{address}"]
    command = ["openssl", "req", *kind, "-keyout", str(key), "-out", str(certificate), *names]
    subprocess.run(command, check=True, capture_output=True)
