"""`./sala` is plain POSIX shell, and where it may not install what is missing it says the one line to run and stops."""

import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tree import ROOT

SCRIPTS = [ROOT / "sala", ROOT / ".ci" / "run"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_it_is_posix_shell_and_executable(script: Path) -> None:
    """Debian's /bin/sh reads it, and a clone can run it as it is."""
    assert script.stat().st_mode & stat.S_IXUSR
    assert script.read_text("utf-8").startswith("#!/bin/sh\n")
    subprocess.run(["/bin/sh", "-n", script], check=True)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    """Where shellcheck is at hand it has nothing to say."""
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    subprocess.run(["shellcheck", script], check=True)


def test_an_unknown_verb_shows_the_verbs() -> None:
    """A typing mistake is answered with what there is, and with an exit code that stops a script."""
    done = subprocess.run([ROOT / "sala", "tets"], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "./sala test" in done.stdout
    assert "./sala demo" in done.stdout


WITHOUT_PIP = f'case "$*" in *ensurepip*|*"-m pip"*) exit 1;; esac; exec {shlex.quote(sys.executable)} "$@"'


def _fresh_place(folder: Path) -> Path:
    """A copy of what the bootstrap reads, at a path with a space, and a PATH on which nobody may install anything."""
    place = folder / "a fresh place"
    (place / "requirements").mkdir(parents=True)
    for name in ["sala", "pyproject.toml", *(f"requirements/{lock.name}" for lock in ROOT.glob("requirements/*"))]:
        shutil.copy(ROOT / name, place / name)
    programs = place / "bin"
    programs.mkdir()
    for name in ["sh", "cat", "grep", "dirname", "rm", "mkdir", "sha256sum", "env"]:
        (programs / name).symlink_to(shutil.which(name) or "")
    _program(programs / "id", "echo 1000")
    _program(programs / "apt-get", "echo apt-get must not be called >&2; exit 99")
    return place


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)


def test_without_pip_and_without_rights_it_says_one_line(tmp_path: Path) -> None:
    """No ensurepip, no pip, not root: one line installs all that is missing, and no half environment is left.

    It is the package of this very Python: on Ubuntu 22.04, whose own is 3.10, `python3-pip` is of no use to 3.11.
    """
    place = _fresh_place(tmp_path)
    _program(place / "bin" / "python3.11", WITHOUT_PIP)
    environment = {"PATH": str(place / "bin"), "SALA_PYTHON": "python3.11"}
    done = subprocess.run([place / "sala", "setup"], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if "apt-get install" in line]
    assert len(lines) == 1
    packages = lines[0].split()
    assert f"python{sys.version_info.major}.{sys.version_info.minor}-venv" in packages
    assert "xvfb" in packages  # nothing is found on this PATH: the libraries are named in the same line
    assert not (place / ".venv").exists()
    assert (place / "build" / "home").is_dir()  # HOME was unset: it made one


TESTS_ALONE = {"xvfb", "xdotool", "chromium", "poppler-utils", "postgresql"}


@pytest.mark.parametrize(
    ("what", "needed", "not_needed"),
    [
        ("kiosk", {"xserver-xorg", "alsa-utils"}, TESTS_ALONE | {"libpango-1.0-0"}),
        ("server", set(), TESTS_ALONE | {"libgl1", "xserver-xorg"}),
        ("", {"xvfb", "xdotool", "chromium"}, {"xserver-xorg"}),
    ],
)
def test_what_an_office_runs_needs_no_tools_of_the_tests(
    tmp_path: Path, what: str, needed: set[str], not_needed: set[str]
) -> None:
    """Each names its own packages (of libraries, those that this machine lacks: they are found whatever PATH says). A
    home that is not there, as a system user's, is no hindrance.
    """
    place = _fresh_place(tmp_path)
    _program(place / "bin" / "python3.11", WITHOUT_PIP)
    environment = {"PATH": str(place / "bin"), "SALA_PYTHON": "python3.11", "HOME": "/nonexistent"}
    words = [place / "sala", "setup", *what.split()]
    done = subprocess.run(words, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert line.startswith("    apt-get update && apt-get install ")
    assert "as root" in done.stderr  # there is no sudo on this PATH
    named = set(line.split())
    assert needed <= named
    assert not named & not_needed
    assert (place / "build" / "home").is_dir()


def test_there_is_nothing_else_to_set_up(tmp_path: Path) -> None:
    """A slip of the finger installs nothing."""
    words = [_fresh_place(tmp_path) / "sala", "setup", "kisok"]
    done = subprocess.run(
        words, env={"PATH": str(words[0].parent / "bin")}, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "kiosk, server, or nothing" in done.stderr


def test_another_apt_at_work_is_waited_for(tmp_path: Path) -> None:
    """The lock of apt is held twice by somebody else: both commands are tried again, and neither is given up."""
    place = _fresh_place(tmp_path)
    for name, body in {"python3.11": WITHOUT_PIP, "id": "echo 0", "sleep": "exit 0", "tail": "exit 0"}.items():
        _program(place / "bin" / name, body)
    busy = 'echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7"; exit 100'
    _program(
        place / "bin" / "apt-get",
        f'echo "$1 $LC_ALL" >>"{place}/asked"\n[ -e "{place}/$1" ] && exit 0\n: >"{place}/$1"\n{busy}',
    )
    environment = {"PATH": str(place / "bin"), "SALA_PYTHON": "python3.11", "LC_ALL": "th_TH.UTF-8"}
    done = subprocess.run([place / "sala", "setup"], env=environment, check=False, capture_output=True, text=True)
    asked = (place / "asked").read_text("utf-8").splitlines()
    assert asked == ["update C", "update C", "install C", "install C"]
    assert done.stderr.count("another program is installing") == 2


def test_an_apt_that_fails_is_not_tried_again(tmp_path: Path) -> None:
    """Any other failure of apt is told at once, with the place of the whole story."""
    place = _fresh_place(tmp_path)
    for name, body in {"python3.11": WITHOUT_PIP, "id": "echo 0", "tail": "exit 0"}.items():
        _program(place / "bin" / name, body)
    _program(place / "bin" / "apt-get", f'echo "$1" >>"{place}/asked"; echo "E: no such package"; exit 100')
    environment = {"PATH": str(place / "bin"), "SALA_PYTHON": "python3.11"}
    done = subprocess.run([place / "sala", "setup"], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert (place / "asked").read_text("utf-8") == "update\n"
    assert "build/apt.log" in done.stderr


def test_a_python_that_can_make_an_environment_goes_first(tmp_path: Path) -> None:
    """The one before it in the list needs a package for that: it is asked, and passed over."""
    place = _fresh_place(tmp_path)
    for name, body in {"python3.11": WITHOUT_PIP, "id": "echo 0", "apt-get": "exit 0"}.items():
        _program(place / "bin" / name, body)
    answers = f'case "$*" in *"-m venv"*) echo "$0 $*" >"{place}/made"; exit 3;; esac; exit 0'
    _program(place / "bin" / "python3.12", answers)
    environment = {"PATH": str(place / "bin"), "SALA_PYTHON": "python3.11 python3.12"}
    subprocess.run([place / "sala", "setup"], env=environment, check=False, capture_output=True)
    assert (place / "made").read_text("utf-8") == f"{place}/bin/python3.12 -m venv {place}/.venv\n"


def test_a_named_python_that_does_not_fit_is_told(tmp_path: Path) -> None:
    """Nothing is installed in its stead."""
    place = _fresh_place(tmp_path)
    environment = {"PATH": str(place / "bin"), "SALA_PYTHON": "python9"}
    done = subprocess.run([place / "sala", "setup"], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "SALA_PYTHON=python9 is no Python" in done.stderr
    assert "apt-get" not in done.stderr
