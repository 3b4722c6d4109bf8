"""Every kind of bad command line that is refused, and the start of the one line that each must give."""

BAD_CONFIGS: dict[str, tuple[list[str], str]] = {
    "key": (["ensemble.rus=3"], "ensemble.rus: no such key; did you mean 'ensemble.runs'?"),
    "key at the top": (["horizn_days=3"], "horizn_days: no such key; did you mean 'horizon_days'?"),
    "key like no other": (["zzz=1"], "zzz: no such key; docs/model.md lists all parameters"),
    "added key": (["+ensemble.foo=1"], "ensemble.foo: no such key"),
    "key of a rule": (
        ["rules.morale.bta=6"],
        "rules.morale.bta: no such key; did you mean 'rules.morale.beta'?",
    ),
    "symbol of a rule": (
        ["rules.advance.tau_dn=6"],
        "rules.advance.tau_dn: no such key; did you mean 'rules.morale",
    ),
    "mechanism": (["rules.morle.beta=6"], "rules.morle.beta: no such key; did you mean 'rules.morale.beta'?"),
    "key in a group of keys": (
        ["ensemble={rns: 4}"],
        "Could not override 'ensemble'. Key 'rns' is not in struct",
    ),
    "key of a lever": (
        ["scenario.levers=[{lever: support, actor: all, value: 0, dya: 3}]"],
        "scenario.levers.0.dya: no such key; did you mean 'scenario.levers.0.day'?",
    ),
    "one lever of a list": (
        ["scenario.levers.0.value=3"],
        "scenario.levers.0.value: no such key; give all levers",
    ),
    "package": (["world@other=levant_2024"], "world@other: no such key"),
    "removed key": (["~scenario.name"], "scenario.name: is missing; give a value"),
    "removed group": (["~world"], "world: is missing; give a value"),
    "scenario": (
        ["scenario=ofensive_2024"],
        "scenario = ofensive_2024: no such scenario; did you mean 'offensive_2024'?",
    ),
    "world": (["world=levant"], "world = levant: no such world; did you mean 'levant_2024'?"),
    "executor": (["executor=dask"], "executor = dask: no such executor; known are process, thread"),
    "rules": (["rules=mine"], "rules = mine: no such rules; known are default"),
    "horizon of none": (["horizon_days=0"], "horizon_days = 0: must be greater than or equal to 1"),
    "horizon of years": (["horizon_days=366"], "horizon_days = 366: must be less than or equal to 365"),
    "horizon as text": (["horizon_days=soon"], "horizon_days = 'soon': must be a valid integer"),
    "half a day": (["horizon_days=1.5"], "horizon_days = 1.5: must be a valid integer"),
    "no runs": (["ensemble.runs=0"], "ensemble.runs = 0: must be greater than or equal to 1"),
    "too many runs": (["ensemble.runs=4294967296"], "ensemble.runs = 4294967296: must be less than"),
    "runs as text": (["ensemble.runs=ten"], "ensemble.runs = 'ten': must be a valid integer"),
    "runs as a flag": (["ensemble.runs=true"], "ensemble.runs = True: must be a valid integer"),
    "seed below 0": (["ensemble.seed=-1"], "ensemble.seed = -1: must be greater than or equal to 0"),
    "seed too long": (
        ["ensemble.seed=9223372036854775808"],
        "ensemble.seed = 9223372036854775808: must be less",
    ),
    "no workers": (
        ["ensemble.workers=0"],
        "ensemble.workers = 0: must be a whole number of at least 1, or auto",
    ),
    "workers as text": (
        ["ensemble.workers=two"],
        "ensemble.workers = 'two': must be a whole number of at least 1",
    ),
    "chunk below 0": (
        ["ensemble.chunk=-1"],
        "ensemble.chunk = -1: must be a whole number of at least 1, or auto",
    ),
    "traces below 0": (["ensemble.traces=-1"], "ensemble.traces = -1: must be greater than or equal to 0"),
    "kind of executor": (["executor.kind=dask"], "executor.kind = 'dask': must be 'thread' or 'process'"),
    "parameter too large": (
        ["rules.morale.beta=99"],
        "rules.morale.beta = 99: must be less than or equal to 20 (plausible: 4 to 9)",
    ),
    "parameter as text": (["rules.morale.beta=abc"], "rules.morale.beta = 'abc': must be a valid number"),
    "parameter as a flag": (["rules.morale.beta=true"], "rules.morale.beta = True: must be a valid number"),
    "parameter that is no number": (
        ["rules.morale.beta=nan"],
        "rules.morale.beta = nan: must be a finite number",
    ),
    "parameter of nothing": (["rules.morale.beta=null"], "rules.morale.beta = None: must be a valid number"),
    "group as a number": (["ensemble=3"], "ensemble = 3: must be a group of keys"),
    "levers as a number": (["scenario.levers=3"], "scenario.levers = 3: must be a list"),
    "name that leads elsewhere": (["scenario.name=../x"], "scenario.name = '../x': must be a plain name"),
    "kind of lever": (
        ["scenario.levers=[{lever: supporting, actor: all, value: 0}]"],
        "scenario.levers.0.lever = 'supporting': must be 'support', 'strikes'",
    ),
    "value of a lever": (
        ["scenario.levers=[{lever: support, actor: all, value: 1000}]"],
        "scenario.levers.0.value = 1000: must be less than or equal to 100",
    ),
    "actor of a lever": (
        ["scenario.levers=[{lever: support, actor: TURK, value: 0}]"],
        "scenario.levers.0.actor = 'TURK': the world 'Syria and its neighbours, November 2024' has no such",
    ),
    "client of a lever": (
        ["scenario.levers=[{lever: support, actor: all, client: HTZ, value: 0}]"],
        "scenario.levers.0.client = 'HTZ': the world 'Syria and its neighbours, November 2024' has no such",
    ),
    "everyone's initiative": (
        ["scenario.levers=[{lever: initiative, actor: all, value: 0}]"],
        "scenario.levers.0.actor = 'all': initiative needs one actor",
    ),
    "scenario of another world": (
        ["scenario=turkey_restrains", "world=liberia_2003"],
        "scenario.levers.0.actor = 'TUR': the world 'Liberia, June 2003' has no such actor",
    ),
    "no value": (["ensemble.runs"], "'ensemble.runs': cannot be read; write key=value"),
    "no key": (["=3"], "'=3': cannot be read; write key=value"),
    "nothing": ([""], "'': cannot be read; write key=value"),
    "open bracket": (["ensemble.runs=[1,2"], "'ensemble.runs=[1,2': cannot be read; write key=value"),
    "control characters": (["scenario=\x1b[31mx"], r"'scenario=\x1b[31mx': cannot be read"),
    "reference to nothing": (
        ["horizon_days=${nowhere}"],
        "horizon_days: Interpolation key 'nowhere' not found",
    ),
    "mandatory": (["horizon_days=???"], "Missing mandatory value: horizon_days"),
    "option": (["--runs=100"], "--runs=100: no such option; did you mean ensemble.runs=...?"),
    "option like no other": (["--zzz"], "--zzz: no such option; settings are given as key=value"),
    "several values": (["ensemble.runs=1,2"], "ensemble.runs: several values make a sweep; add -m"),
    "sweep without values": (
        ["-m", "ensemble.seed=interval(0,1)"],
        "ensemble.seed: a sweep needs values one by one",
    ),
    "choice in a sweep": (
        ["-m", "scenario=us_leaves,patrons_leve"],
        "scenario = patrons_leve: no such scenario; did you mean 'patrons_leave'?",
    ),
    "value in a sweep": (
        ["-m", "ensemble.runs=10,0"],
        "ensemble.runs = 0: must be greater than or equal to 1",
    ),
    "world without a folder": (["world.name=nowhere"], "world nowhere: "),
    "path that leads nowhere": (
        ["world.path=/no/such/folder"],
        "world folder: /no/such/folder: cannot be read (No such file or directory); give a folder",
    ),
    "path as a number": (["world.path=3"], "world.path = 3: must be a valid string"),
    "no place for results": (["results="], "results = '': "),
    "key of Hydra": (["hydra.foo=3"], "Could not override 'hydra.foo'. Key 'foo' not in 'HydraConf'"),
}
