"""Anything at all in the files of a world or in a configuration: it is read, or refused in lines; nothing else."""

import csv
import functools
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.world.catalogue import CONF, scenario_of, well_named
from sim.world.config import RunConfig, known_keys, read_config
from sim.world.frozen import ConfigError
from sim.world.levers import keys_of, kinds_of
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import Tables, WorldError, load_tables
from tests.fuzz import TIMES, damaged, values
from tests.worlds import tables_of

SMALL = CONF / "world" / "liberia_2003"
FILES = sorted(path.name for path in SMALL.iterdir() if path.suffix in (".csv", ".yaml"))
TABLES = [name for name in FILES if name.endswith(".csv")]
FRAME: dict[str, Any] = {"scenario": {"name": "any", "question": "Is it read?"}, "world": {"name": "liberia_2003"}}
HOSTILE = (
    *("", " ", "nan", "NaN", "inf", "-inf", "-1", "-0.0", "0", "1e308", "1e309", "1e-400", "0x10", "1_000", "1,5"),
    *("9" * 400, "9223372036854775808", "2147483648", "True", "null", "١٢", "½", "=cmd|' /C calc'!A0", "@SUM(A1)"),
    *("+1", "-2+3", "\x00", "\x07\x1b[2J", "a\nb", "a\rb", "\u202egnp", "\u2028", "\ufeff", "é" * 3000, "x" * 140_000),
    *(
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "[/]",
        "|",
        "a|b",
        '"',
        "'",
        "${oc.env:HOME}",
        "{{7*7}}",
        "lurd",
    ),
)
NO_RESET = settings(
    max_examples=60 * TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@functools.cache
def content(name: str) -> bytes:
    """Return a file of a good world."""
    return (SMALL / name).read_bytes()


@pytest.fixture
def world(tmp_path: Path) -> Path:
    folder = tmp_path / "world"
    shutil.copytree(SMALL, folder)
    return folder


def check(world: Path, name: str, spoilt: bytes) -> None:
    """Fail unless a world with a spoilt file is read, and can be run, or is refused with a line for each fault."""
    (world / name).write_bytes(spoilt)
    try:
        assert said(lambda: build_scenario(load_tables(world), read_config(FRAME)), Scenario)
    finally:
        (world / name).write_bytes(content(name))


def said(read: Callable[[], object], kind: type) -> bool:
    """Tell whether something is read, or refused with lines that a terminal can show."""
    try:
        return isinstance(read(), kind)
    except ConfigError as error:
        lines = error.lines
    except WorldError as error:
        lines = [str(fault) for fault in error.faults]
    return bool(lines) and all(line and line.isprintable() for line in lines)


@NO_RESET
@given(data=st.data(), name=st.sampled_from(FILES))
def test_a_file_with_any_bytes_is_read_or_refused(world: Path, data: st.DataObject, name: str) -> None:
    check(world, name, data.draw(damaged(content(name))))


@NO_RESET
@given(data=st.data(), name=st.sampled_from(TABLES))
def test_a_table_with_any_cells_is_read_or_refused(world: Path, data: st.DataObject, name: str) -> None:
    rows = list(csv.reader(io.StringIO(content(name).decode())))
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.sampled_from(HOSTILE) | st.text())
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    check(world, name, text.getvalue().encode("utf-8", "surrogatepass"))


@NO_RESET
@given(data=st.data(), key=st.sampled_from(sorted(yaml.safe_load(content("world.yaml")))), value=values())
def test_a_header_with_any_value_is_read_or_refused(world: Path, data: st.DataObject, key: str, value: object) -> None:
    header = yaml.safe_load(content("world.yaml"))
    header[data.draw(st.just(key) | st.text())] = value
    check(world, "world.yaml", yaml.safe_dump(header, allow_unicode=True).encode("utf-8", "surrogatepass"))


@NO_RESET
@given(text=st.text(alphabet="ab01:.-_+ \n\t[]{}<>*&!|#%@?~=,'\"\\\x00\x85é", max_size=80))
@example("title: !!int ''")
@example("title: !!bool x")
@example("title: !!timestamp x")
@example("? {a: [1]}\n: 1")
@example("1: a\n~: b\n2.5: c\n2003-06-05: d")
@example("day0: 0001-01-01T00:00:00+23:59")
def test_a_header_of_any_text_is_read_or_refused(world: Path, text: str) -> None:
    check(world, "world.yaml", text.encode())


@settings(max_examples=100 * TIMES, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), key=st.sampled_from(sorted(known_keys())), value=values())
def test_a_setting_of_any_value_is_read_or_refused(data: st.DataObject, key: str, value: object) -> None:
    settings_: dict[str, Any] = {name: dict(group) for name, group in FRAME.items()}
    *groups, last = key.split(".")
    place = settings_
    for group in groups:
        place = place.setdefault(group, {})
    place[data.draw(st.just(last) | st.text())] = value
    assert said(lambda: read_config(settings_), RunConfig)
    assert said(lambda: read_config(well_named(settings_)), RunConfig)


@settings(max_examples=100 * TIMES, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), group=st.sampled_from(["lever", "event"]))
def test_a_lever_of_any_shape_is_read_or_refused(data: st.DataObject, group: str) -> None:
    kind = data.draw(st.sampled_from(kinds_of(group)) | values())
    known = keys_of(group, kind) if isinstance(kind, str) and kind in kinds_of(group) else [group, "day", "value"]
    item = data.draw(st.dictionaries(st.sampled_from(known) | st.text(), values())) | {group: kind}
    scenario = FRAME["scenario"] | {f"{group}s": data.draw(st.just([item]) | st.just(item) | values())}
    assert said(
        lambda: build_scenario(tables_of("liberia_2003"), read_config(FRAME | {"scenario": scenario})), Scenario
    )


@settings(max_examples=100 * TIMES, suppress_health_check=[HealthCheck.too_slow])
@given(values_=st.dictionaries(st.sampled_from(list(RunConfig.model_fields)) | st.text() | st.integers(), values()))
@example({"world": {"name": "any", "path": "a\x00b"}})
@example({"world": {"name": "any", "path": "\ud800"}})
def test_a_configuration_of_any_shape_is_read_or_refused(values_: dict[Any, Any]) -> None:
    assert said(lambda: read_config(values_), RunConfig)
    assert said(lambda: read_config(FRAME | values_), RunConfig)


def test_a_number_too_long_to_write_out_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^ensemble\.seed = <int too long to show>: must be less than"):
        read_config(FRAME | {"ensemble": {"seed": 10**5000}})


@settings(max_examples=50 * TIMES)
@given(path=st.text(min_size=1) | st.sampled_from(["~", "~nobody-at-all", "a\x00b", "\ud800", "/dev", "x" * 5000]))
def test_a_world_at_any_path_is_read_or_refused(path: str) -> None:
    world = {"name": "any", "path": path}
    assert said(lambda: scenario_of(read_config(FRAME | {"world": world})), Scenario)
    assert said(lambda: load_tables(Path(path)), Tables)
