"""Ctrl-C reaches every process of the terminal; it ends the program with status 130 and nobody prints a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from squatwatch import __main__ as program
from squatwatch import cli
from squatwatch.interrupts import children_uninterrupted

SAYS_WHEN_READY = [sys.executable, "-c", "import sys; print('ready', flush=True); sys.stdin.read()"]


def ended(process: subprocess.Popen[str]) -> int | None:
    """The status of a process that was interrupted; None where it goes on."""
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


@pytest.mark.parametrize("is_protected", [True, False])
def test_a_child_started_in_the_block_is_not_interrupted(is_protected):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    if is_protected:
        with children_uninterrupted():
            process = subprocess.Popen(SAYS_WHEN_READY, **pipes)
    else:
        process = subprocess.Popen(SAYS_WHEN_READY, **pipes)
    with process:
        assert (ended(process) is None) == is_protected


@pytest.fixture
def python_s_own_handler():
    """An interrupt raises KeyboardInterrupt, whatever a library that other tests loaded made of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("python_s_own_handler")
def test_an_interrupt_in_the_block_waits_for_its_end():
    is_over = False
    with pytest.raises(KeyboardInterrupt), children_uninterrupted():
        signal.raise_signal(signal.SIGINT)  # to this thread: others, which libraries start, do not hold it back
        is_over = True
    assert is_over
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_an_interrupt_ends_the_program_with_130_also_while_it_loads(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    with pytest.raises(SystemExit) as end:
        program.main()
    assert end.value.code == 130 and capsys.readouterr().err == ""
