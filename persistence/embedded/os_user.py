"""The operating-system user that runs Postgres: Postgres refuses to run as root, so another user must run it then."""

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
class OsUser:
    """A user of the operating system. `uid` None: the user of this process.

    `prefix`: a command that gives the user the right to pass through folders that only root may enter, such as
    /root. No permission on the disk changes.
    """

    name: str = ""
    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def spawn(self, command: list[str | Path], output: int) -> subprocess.Popen[bytes]:
        """Start a program as this user, in its own session, so that Ctrl-C stops Parlor and not the database."""
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
        """Make this user the owner of a folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def may_enter(self, path: Path) -> bool:
        try:
            return self.spawn(["/bin/ls", "-d", f"{path}/."], subprocess.DEVNULL).wait() == 0
        except OSError:
            return False

    def with_capability(self, setpriv: str, capability: str) -> OsUser:
        rights = (f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}")
        identity = (f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")
        return OsUser(self.name, self.uid, self.gid, (setpriv, *identity, *rights, "--"))


def choose_os_user(folder: Path, *paths: Path) -> OsUser:
    """The user for the cluster in `folder`; it can enter all `paths`. Raises EmbeddedUnavailable."""
    if os.geteuid() != 0:
        return OsUser()
    plain = _owner(folder / "data") or _unprivileged()
    candidates = [plain]
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        candidates += [plain.with_capability(setpriv, capability) for capability in _CAPABILITIES]
    for os_user in candidates:
        if all(os_user.may_enter(path) for path in paths):
            return os_user
    raise EmbeddedUnavailable(
        f"Postgres can't run as root, and as {plain.name} it may not enter {' or '.join(str(path) for path in paths)}: "
        "choose another folder, or start Parlor as an ordinary user"
    )


def _owner(data: Path) -> OsUser | None:
    """The owner of an existing cluster, None if there is none or root owns it."""
    if not data.exists() or data.stat().st_uid == 0:
        return None
    entry = pwd.getpwuid(data.stat().st_uid)
    return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _unprivileged() -> OsUser:
    for name in _NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedUnavailable("Postgres can't run as root, and there is neither a user postgres nor nobody")
