"""Postgres refuses to run as root. As whom it runs when we are root, and how that account gets to its files."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from persistence.errors import EmbeddedUnavailable

_NAMES = ("postgres", "nobody")
_CAPABILITIES = ("dac_read_search", "dac_override")  # the smaller one first; containers often have only the larger


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs Postgres. `uid` None: we do, as we are.

    `prefix`: the command that lends the account the right to pass through folders that only root may enter, such as
    /root itself. Nothing on the disk is opened to anybody for that.
    """

    name: str = ""
    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def spawn(self, command: list[str | Path], output: int) -> subprocess.Popen[bytes]:
        """Start a program as this account, in a session of its own: Ctrl-C reaches us and not the database."""
        return subprocess.Popen(  # noqa: S603  # our own binaries, no shell
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            user=None if self.prefix else self.uid,
            group=None if self.prefix else self.gid,
            extra_groups=None if self.prefix or self.uid is None else [],
        )

    def own(self, path: Path) -> None:
        """Give a folder to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def may_enter(self, path: Path) -> bool:
        try:
            return self.spawn(["/bin/ls", "-d", f"{path}/."], subprocess.DEVNULL).wait() == 0
        except OSError:
            return False

    def with_capability(self, setpriv: str, capability: str) -> Account:
        rights = (f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}")
        identity = (f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")
        return Account(self.name, self.uid, self.gid, (setpriv, *identity, *rights, "--"))


def choose_account(folder: Path, *paths: Path) -> Account:
    """The account for the cluster in `folder`, which must be able to enter all `paths`. Raises EmbeddedUnavailable."""
    if os.geteuid() != 0:
        return Account()
    plain = _owner(folder / "data") or _unprivileged()
    candidates = [plain]
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        candidates += [plain.with_capability(setpriv, capability) for capability in _CAPABILITIES]
    for account in candidates:
        if all(account.may_enter(path) for path in paths):
            return account
    raise EmbeddedUnavailable(
        f"Postgres can't run as root, and as {plain.name} it may not enter {' or '.join(str(path) for path in paths)}: "
        "choose another folder, or start Parlor as an ordinary user"
    )


def _owner(data: Path) -> Account | None:
    """Whoever owns a cluster that exists."""
    if not data.exists() or data.stat().st_uid == 0:
        return None
    entry = pwd.getpwuid(data.stat().st_uid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _unprivileged() -> Account:
    for name in _NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedUnavailable("Postgres can't run as root, and there is neither a user postgres nor nobody")
