"""What is read of the machine for a full record, before the user is asked to agree to it.

Nothing is sent anywhere: files and settings are read, and nothing of what is found but the
machine's own name tells whose it is.
"""

import platform
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from evidence_kit.bundle.environment import EnvironmentLine
from evidence_kit.bundle.text import escape
from evidence_kit.capture.environment import hosts_entries, hosts_path, is_proxied
from evidence_kit.crypto.digest import sha256_hex

_MAX_HOSTS_BYTES = 16 * 2**20
_MAX_TEXT = 500
_NO_HARDWARE = 65534  # ARPHRD_NONE, of tun and WireGuard (linux/if_arp.h)
_TUNNEL_TYPES = frozenset({512, 768, 769, 776, 778, 823, _NO_HARDWARE})
_TUNNEL_NAMES = ("tun", "tap", "ppp", "wg", "ipsec", "tailscale", "zt", "nordlynx", "proton")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where the machine is read; a test puts others in their place."""

    platform: str = sys.platform
    """As `sys.platform` has it."""
    hosts_file: Path = hosts_path()
    resolver_file: Path = Path("/etc/resolv.conf")
    interfaces_folder: Path = Path("/sys/class/net")
    package_folder: Path = Path(__file__).parents[1]


def machine_lines(url: str, machine: Machine | None = None) -> tuple[EnvironmentLine, ...]:
    """What a full record says of the machine, as it stands before the page is asked for.

    Args:
        url: the page that is to be captured.
        machine: None reads this one.
    """
    machine = machine or Machine()
    return (
        system_line(),
        software_line(machine.package_folder, _recorded_digests()),
        hosts_line(machine.hosts_file, url),
        proxy_line(_proxies(), is_proxied(url)),
        tunnel_line(machine.platform, _interfaces(machine)),
        resolver_line(machine.platform, machine.resolver_file),
    )


def system_line() -> EnvironmentLine:
    """The operating system and the machine's own name."""
    system = " ".join(filter(None, (platform.system(), platform.release(), platform.machine())))
    seen = {"system": system, "machine_name": platform.node(), "python": platform.python_version()}
    return _line("system", {name: value for name, value in seen.items() if value})


def software_line(folder: Path, recorded: Mapping[str, str]) -> EnvironmentLine:
    """The kit's own code, compared with what was noted when it was installed.

    Args:
        folder: of the package.
        recorded: SHA-256 of its files by their path in the folder; empty where it is run
            from a checkout, for which nothing was noted.
    """
    digests = {
        path.relative_to(folder).as_posix(): sha256_hex(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    seen = {"sha256": sha256_hex(listing.encode()), "files": str(len(digests))}
    if not recorded:
        return _line("software", seen, "not_checked", "software.checkout")
    changed = sorted(
        name for name in recorded.keys() | digests.keys() if recorded.get(name) != digests.get(name)
    )
    if not changed:
        return _line("software", seen)
    seen["changed"] = ", ".join(changed)
    return _line("software", seen, "fail", "software.changed")


def hosts_line(path: Path, url: str) -> EnvironmentLine:
    """Entries of the hosts file for the site, and the file's digest; no other entries."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_HOSTS_BYTES + 1)
    except OSError:
        return _line("hosts_file", {"path": str(path)}, "not_checked", "unreadable")
    if len(content) > _MAX_HOSTS_BYTES:
        return _line("hosts_file", {"path": str(path)}, "not_checked", "too_long")
    seen = {"path": str(path), "sha256": sha256_hex(content)}
    entries = hosts_entries(content.decode("utf-8", "replace"), url)
    if not entries:
        return _line("hosts_file", seen)
    return _line("hosts_file", {**seen, "entries": "; ".join(entries)}, "fail", "hosts.entry")


def proxy_line(proxies: Mapping[str, str], is_in_use: bool | None) -> EnvironmentLine:
    """The system's proxies without user names and passwords.

    Args:
        proxies: addresses by scheme, as the settings have them.
        is_in_use: whether one of them is for the site.
    """
    seen = {"proxies": ", ".join(f"{key}: {_bare(url)}" for key, url in sorted(proxies.items()))}
    seen = seen if proxies else {}
    return _line("proxy", seen, "fail", "proxy.set") if is_in_use else _line("proxy", seen)


def tunnel_line(system: str, interfaces: Mapping[str, int | None] | None) -> EnvironmentLine:
    """Network interfaces that lead through a tunnel.

    Args:
        system: as `sys.platform` has it.
        interfaces: those that are up, with the hardware type that Linux tells; None where
            they can't be listed.
    """
    if interfaces is None:
        return _line("tunnel", {}, "not_checked", "unreadable")
    found = [
        name
        for name, kind in interfaces.items()
        if kind in _TUNNEL_TYPES or name.lower().startswith(_TUNNEL_NAMES)
    ]
    if found:
        return _line("tunnel", {"interfaces": ", ".join(sorted(found))}, "fail", "tunnel.up")
    if system == "linux":
        return _line("tunnel")
    # macOS keeps utun interfaces for itself, Windows names a VPN's adapter as it likes
    return _line("tunnel", {}, "not_checked", "tunnel.names")


def resolver_line(system: str, path: Path) -> EnvironmentLine:
    """The name servers that the machine is set to ask."""
    if system == "win32":
        return _line("resolver", {}, "not_checked", "system.unknown")
    try:
        text = path.read_text(encoding="utf-8", errors="replace")[:65_536]
    except OSError:
        return _line("resolver", {"path": str(path)}, "not_checked", "unreadable")
    lines = (line.split() for line in text.splitlines())
    servers = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    if not servers:
        return _line("resolver", {"path": str(path)}, "fail", "resolver.none")
    return _line("resolver", {"path": str(path), "servers": ", ".join(servers)})


def _line(name: str, seen: Mapping[str, str] | None = None, *rest: str) -> EnvironmentLine:
    """A line that passes, or one with its result and reasons; long texts are cut."""
    return make_line(name, seen or {}, *rest)


def make_line(
    name: str, seen: Mapping[str, str], result: str = "pass", *reasons: str
) -> EnvironmentLine:
    """A line whose texts are bounded and hold nothing that a terminal obeys."""
    bounded = {key: escape(value[:_MAX_TEXT]) for key, value in seen.items()}
    line = {"name": name, "result": result, "seen": bounded, "reasons": reasons}
    return msgspec.convert(line, EnvironmentLine)


def _bare(url: str) -> str:
    """A proxy's address without the user's name and password, and without any path."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2].split('/')[0]}"


def _proxies() -> Mapping[str, str]:
    # reads settings only, asks nobody
    from urllib.request import getproxies  # noqa: TID251

    return getproxies()


def _interfaces(machine: Machine) -> dict[str, int | None] | None:
    try:
        if machine.platform != "linux":
            return {name: None for _, name in socket.if_nameindex()}
        return {
            folder.name: int((folder / "type").read_text())
            for folder in machine.interfaces_folder.iterdir()
            if (folder / "type").is_file() and (folder / "operstate").read_text().strip() != "down"
        }
    except (OSError, ValueError):
        return None


def _recorded_digests() -> dict[str, str]:
    """What the installer noted of the kit's files; empty for a checkout."""
    import base64
    from importlib import metadata

    top = "evidence_kit/"
    try:
        files = metadata.files("evidence-kit") or ()
    except metadata.PackageNotFoundError:
        return {}
    return {
        file.as_posix().removeprefix(top): base64.urlsafe_b64decode(file.hash.value + "=").hex()
        for file in files
        if file.as_posix().startswith(top) and file.hash is not None
    }
