"""Owns what a keeper mounts for its environment: a `/tmp` of its own, or a whole root."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys

from tulle.emulator.sandbox.keeper.system import LIBC, check, write

__all__ = ["TMP", "furnish", "mount_tmp", "try_root", "unshare"]

TMP = "/tmp"  # noqa: S108 (Lambda's own)
# Linux: sched.h, sys/mount.h
_CLONE_NEWNS, _CLONE_NEWUSER = 0x20000, 0x10000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
_MS_BIND, _MS_REC, _MS_SLAVE = 0x1000, 0x4000, 0x80000
_DEVICES = ("full", "null", "random", "tty", "urandom", "zero")
_STREAMS = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}
_HOSTS, _RESOLVER = "/etc/hosts", "/etc/resolv.conf"
_OWN_NAMES = "127.0.0.1 sandbox.localdomain sandbox"


def mount_tmp(size_bytes: int, kept: list[str]) -> None:
    """Give this process a `/tmp` of its own, in which some folders of the real one remain."""
    unshare()
    # Taken before they are covered; O_PATH asks for no more than to reach them.
    places = [(path, os.open(path, os.O_PATH)) for path in kept]
    _mount("tmpfs", TMP, "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={size_bytes}")
    for path, fd in places:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 (as above)
        _mount(f"/proc/self/fd/{fd}", path, None, _MS_BIND | _MS_REC)
        os.close(fd)


def try_root() -> None:
    """Have a root of one's own, and enter it."""
    mount_tmp(4096, [])
    root = f"{TMP}/root"
    for path in (root, *(f"{root}/{name}" for name in ("dev", "etc", "proc", "tmp"))):
        os.mkdir(path)  # noqa: PTH102 (as above)
    for path in (_HOSTS, _RESOLVER):
        write(root + path, "")
    furnish(root, 4096)
    os.chroot(root)


def furnish(root: str, tmp_bytes: int) -> None:
    """Make a folder read-only but for its `/tmp`, with processes, harmless devices and the names of hosts."""
    _mount(root, root, None, _MS_BIND)
    # Processes of its own would need a first one that reaps them, and it would not be this machine's.
    _mount("/proc", f"{root}/proc", None, _MS_BIND | _MS_REC)
    _mount_devices(f"{root}/dev")
    _mount("tmpfs", root + TMP, "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={tmp_bytes}")
    _mount_names_of_hosts(root)
    _make_read_only(root, _MS_NODEV)


def _mount_names_of_hosts(root: str) -> None:
    """Let a root have this machine's names of hosts, and those by which Lambda's extensions name theirs."""
    copy = f"{root}{TMP}/.hosts"
    with contextlib.suppress(FileNotFoundError):
        try:
            with open(_HOSTS, errors="surrogateescape") as file:  # noqa: PTH123 (as above)
                names = file.read()
            with open(copy, "w", errors="surrogateescape") as file:  # noqa: PTH123 (as above)
                file.write(f"{names}\n{_OWN_NAMES}\n")
            os.chmod(copy, 0o644)  # noqa: PTH101 (as above)
            _mount(copy, root + _HOSTS, None, _MS_BIND)
            _make_read_only(root + _HOSTS, _MS_NODEV)
        except OSError:  # it has no room in there, say
            _mount(_HOSTS, root + _HOSTS, None, _MS_BIND)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(copy)  # noqa: PTH108 (as above); what is mounted stays
    with contextlib.suppress(FileNotFoundError):
        _mount(_RESOLVER, root + _RESOLVER, None, _MS_BIND)


def _mount_devices(folder: str) -> None:
    _mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NOEXEC, "mode=755")
    for name in _DEVICES:
        with contextlib.suppress(FileNotFoundError):
            write(f"{folder}/{name}", "")
            _mount(f"/dev/{name}", f"{folder}/{name}", None, _MS_BIND)
    for name, stream in _STREAMS.items():
        os.symlink(f"/proc/self/fd{stream}", f"{folder}/{name}")  # noqa: PTH211 (as above)
    _make_read_only(folder, _MS_NOEXEC)


def _make_read_only(path: str, flags: int) -> None:
    _mount(None, path, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | flags)


def unshare(ids: tuple[int, int] | None = None) -> None:
    """Have mounts of one's own, of which nobody outside hears.

    Where that needs a namespace of users, be one in it: with these ids, or with those that one has outside.
    """
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    _enter_namespaces(ids)
    _mount(None, "/", None, _MS_REC | _MS_SLAVE)


def _enter_namespaces(ids: tuple[int, int] | None) -> None:
    user, group = os.geteuid(), os.getegid()
    inner_user, inner_group = ids or (user, group)
    if user == 0 and LIBC.unshare(_CLONE_NEWNS) == 0:
        return
    if LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNS) != 0:
        # Where namespaces are forbidden by their number, Linux says that no space is left.
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{inner_user} {user} 1"),
        ("gid_map", f"{inner_group} {group} 1"),
    ):
        write(f"/proc/self/{name}", content)


def _mount(
    source: str | None, target: str, kind: str | None, flags: int, settings: str | None = None
) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    check(LIBC.mount(*texts, ctypes.c_ulong(flags), settings and settings.encode()))
