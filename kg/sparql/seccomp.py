"""A filter on system calls (seccomp, Linux): no sockets, no other program, no way into other processes, for good.

Where a store on disk is read, a worker must be able to open its files at any time, so that counting descriptors cannot
keep it from opening a connection; this can.
"""

from __future__ import annotations

import ctypes
import platform
from typing import Final, NamedTuple

__all__ = ["forbid_sockets"]


class _Machine(NamedTuple):
    """The numbers that a processor architecture has for itself, for seccomp(2), and for what is forbidden."""

    audit: int
    seccomp: int
    forbidden: tuple[int, ...]


# What is forbidden: socket, socketpair, connect, bind, execve, execveat, ptrace, process_vm_writev; then, with the same
# numbers everywhere, io_uring_setup, pidfd_getfd.
_EVERYWHERE: Final = (425, 438)
_MACHINES: Final = {
    "x86_64": _Machine(0xC000003E, 317, (41, 53, 42, 49, 59, 322, 101, 311, *_EVERYWHERE)),
    "aarch64": _Machine(0xC00000B7, 277, (198, 199, 203, 200, 221, 281, 117, 271, *_EVERYWHERE)),
}
_SET_FILTER: Final = 1
_ALL_THREADS: Final = 1
_KEEP_SPECULATION: Final = 4  # older kernels would slow the whole process down
_FOREIGN_CALLS: Final = 0x40000000  # from here on, x86-64 has the calls of its 32-bit variant again
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _AUDIT_OFFSET = 0, 4
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # with EPERM


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def forbid_sockets() -> bool:
    """Have the kernel refuse these calls to this process and all of its threads; False where it cannot.

    The process must have given up new privileges before (``PR_SET_NO_NEW_PRIVS``).
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or platform.system() != "Linux":
        return False
    code = _filter(machine)
    program = _Program(len(code), (_Instruction * len(code))(*code))
    flags = _ALL_THREADS | _KEEP_SPECULATION
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.syscall(machine.seccomp, _SET_FILTER, flags, ctypes.byref(program)) == 0)


def _filter(machine: _Machine) -> list[_Instruction]:
    """Return the program: another architecture, another variant of calls or a forbidden call is refused."""
    refuse = 5 + len(machine.forbidden)
    code = [
        _Instruction(_LOAD, 0, 0, _AUDIT_OFFSET),
        _Instruction(_IF_EQUAL, 0, refuse - 2, machine.audit),
        _Instruction(_LOAD, 0, 0, _NUMBER_OFFSET),
        _Instruction(_IF_AT_LEAST, refuse - 4, 0, _FOREIGN_CALLS),
    ]
    code += [_Instruction(_IF_EQUAL, refuse - 5 - i, 0, number) for i, number in enumerate(machine.forbidden)]
    return [*code, _Instruction(_RETURN, 0, 0, _ALLOW), _Instruction(_RETURN, 0, 0, _REFUSE)]
