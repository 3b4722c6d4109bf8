"""Compile the C version of a phase with the machine's gcc, on structs that are written from the engine's dtypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from experiments.benchmark_muster import muster_states
from experiments.benchmark_timing import ratio
from sim.core.codes import NOBODY
from sim.core.phases.forces import HOSTILE_TIE
from sim.core.rules.contest import MORALE_FLOOR
from sim.world.scenario import Scenario

SOURCE = Path(__file__).with_suffix("").with_name("benchmark_muster.c")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-Wall", "-Werror", "-shared", "-fPIC")
C_TYPES = {"f8": "double", "i8": "int64_t", "u8": "uint64_t", "i2": "int16_t", "i1": "int8_t", "u1": "uint8_t"}
CONSTANTS = {"NOBODY": int(NOBODY), "HOSTILE_TIE": HOSTILE_TIE, "MORALE_FLOOR": MORALE_FLOOR}
Muster = Callable[[np.ndarray, np.ndarray, np.ndarray, int], None]


def structs(name: str, dtype: np.dtype) -> Iterator[str]:
    """Yield the C structs of a record, those inside it first, and a check that the compiler lays them out alike."""
    members, checks = [], []
    for field, (kind, offset, *_) in (dtype.fields or {}).items():
        base, shape = kind.subdtype or (kind, ())
        if base.fields:
            yield from structs(f"{name}_{field}", base)
        c_type = f"{name}_{field}" if base.fields else C_TYPES[base.str[1:]]
        members.append(f"    {c_type} {field}{''.join(f'[{size}]' for size in shape)};")
        checks.append(f'_Static_assert(offsetof({name}, {field}) == {offset}, "{name}.{field}");')
    yield "\n".join(["typedef struct {", *members, f"}} {name};", *checks])
    yield f'_Static_assert(sizeof({name}) == {dtype.itemsize}, "{name}");'


def header(records: dict[str, np.dtype]) -> str:
    """Return records.h: the records as structs, and the constants that the C version shares with the rules."""
    lines = ["#include <stddef.h>", "#include <stdint.h>"]
    lines += [f"#define {name} ({value!r})" for name, value in CONSTANTS.items()]
    for name, dtype in records.items():
        lines += structs(name, dtype)
    return "\n".join(lines) + "\n"


def c_muster(records: dict[str, np.dtype]) -> Muster | None:
    """Return the C version of ``muster_states`` for records of these dtypes, None without a gcc that compiles it."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "records.h").write_text(header(records))
        library = folder / "muster.so"
        command = [gcc, *FLAGS, f"-I{folder}", str(SOURCE), "-o", str(library), "-lm"]
        if subprocess.run(command, check=False).returncode:  # it has said why
            return None
        function = ctypes.CDLL(str(library)).muster_states
    function.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int64] * 2
    function.restype = None

    def muster(world: np.ndarray, rules: np.ndarray, states: np.ndarray, turns: int) -> None:
        function(world.ctypes.data, rules.ctypes.data, states.ctypes.data, len(states), turns)

    return muster


def c_muster_for(scenario: Scenario, states: np.ndarray) -> Muster | None:
    """Return the C version for the records of a scenario."""
    return c_muster({"World": scenario.world.dtype, "Rules": scenario.rules.dtype, "State": states.dtype})


def check_equal(scenario: Scenario, states: np.ndarray, muster: Muster) -> None:
    """Fail unless C and the compiled phase leave the same bits in every state."""
    ours, theirs = states.copy(), states.copy()
    muster_states(scenario.world, scenario.rules, ours, 1)
    muster(scenario.world, scenario.rules, theirs, 1)
    differing = [i for i in range(len(states)) if ours[i].tobytes() != theirs[i].tobytes()]
    if differing:
        message = f"C and the compiled phase differ in {len(differing)} of {len(states)} states"
        raise AssertionError(message)


def over_c(scenario: Scenario, states: np.ndarray, turns: int, many: int = 300) -> float | None:
    """Return the cost of the compiled phase over that of the C version on the same states, None without gcc."""
    muster = c_muster_for(scenario, states)
    if muster is None:
        return None
    check_equal(scenario, states, muster)
    return ratio(
        lambda: muster_states(scenario.world, scenario.rules, states, many),
        lambda: muster(scenario.world, scenario.rules, states, many),
        1.0,
        turns,
    )
