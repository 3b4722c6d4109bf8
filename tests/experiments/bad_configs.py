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
        "ensemble.rns: no such key; did you mean 'ensemble.runs'?",
    ),
    "key of a lever": (
        ["scenario.levers=[{lever: support, actor: all, value: 0, dya: 3}]"],
        "scenario.levers.0.dya: no such key; did you mean 'day'?",
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
    "executor": (["executor=dusk"], "executor = dusk: no such executor; did you mean 'dask'?"),
    "rules": (["rules=mine"], "rules = mine: no such rules; known are culmination, default"),
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
    "address without a cluster": (
        ["executor.address=tcp://10.0.0.7:8786"],
        "executor.address = 'tcp://10.0.0.7:8786': is that of a Dask cluster; add executor=dask, or leave it out",
    ),
    "address with a password": (
        ["executor=dask", "executor.address=tcp://me:mine@10.0.0.7:8786"],
        (
            "executor.address = (not shown): must hold no password and no query, which results would tell; "
            "set them in the environment"
        ),
    ),
    "parts that nobody leaves": (
        ["executor.parts=s3://bucket/b"],
        "executor.parts = 's3://bucket/b': is where workers leave parts; add executor.write=worker, or leave it out",
    ),
    "kind of executor": (["executor.kind=dusk"], "executor.kind = 'dusk': must be 'thread', 'process' or 'dask'"),
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
        "scenario.levers.0.lever = 'supporting': no such lever; did you mean 'support'?",
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
        "scenario.levers.0.actor = 'all': must be one faction, not all of them",
    ),
    "everyone's strikes": (
        ["scenario.levers=[{lever: strikes, actor: all, value: 0}]"],
        "scenario.levers.0.actor = 'all': must be one actor, not all of them",
    ),
    "lever of no kind": (
        ["scenario.levers=[{actor: all, value: 0}]"],
        "scenario.levers.0.lever: is missing; known are support, strikes, restraint",
    ),
    "lever that is a number": (["scenario.levers=[3]"], "scenario.levers.0 = 3: must be a group of keys"),
    "lever of a number": (
        ["scenario.levers=[{lever: 3, value: 0}]"],
        "scenario.levers.0.lever = '3': no such lever; known are support",
    ),
    "lever without a value": (
        ["scenario.levers=[{lever: border, actor: all}]"],
        "scenario.levers.0.value: is missing; give a value",
    ),
    "client of a lever that has none": (
        ["scenario.levers=[{lever: strikes, actor: USA, client: IS, value: 2}]"],
        "scenario.levers.0.client: no such key; known are lever, value, day, actor",
    ),
    "actor of a mediation": (
        ["scenario.levers=[{lever: mediation, actor: USA, value: 1}]"],
        "scenario.levers.0.actor: no such key; known are lever, value, day",
    ),
    "support below 0": (
        ["scenario.levers=[{lever: support, actor: all, value: -1}]"],
        "scenario.levers.0.value = -1: must be greater than or equal to 0",
    ),
    "strikes below 0": (
        ["scenario.levers=[{lever: strikes, actor: USA, value: -0.5}]"],
        "scenario.levers.0.value = -0.5: must be greater than or equal to 0",
    ),
    "restraint above 1": (
        ["scenario.levers=[{lever: restraint, actor: TUR, value: 1.5}]"],
        "scenario.levers.0.value = 1.5: must be less than or equal to 1",
    ),
    "half an initiative": (
        ["scenario.levers=[{lever: initiative, actor: SNA, value: 0.5}]"],
        "scenario.levers.0.value = 0.5: must be a multiple of 1",
    ),
    "resolve too low": (
        ["scenario.levers=[{lever: resolve, actor: regime, value: -6}]"],
        "scenario.levers.0.value = -6: must be greater than or equal to -5",
    ),
    "strength below 0": (
        ["scenario.levers=[{lever: strength, actor: SNA, value: -1}]"],
        "scenario.levers.0.value = -1: must be greater than or equal to 0",
    ),
    "hardening below 0": (
        ["scenario.levers=[{lever: hardening, actor: all, value: -1}]"],
        "scenario.levers.0.value = -1: must be greater than or equal to 0",
    ),
    "border above 1": (
        ["scenario.levers=[{lever: border, actor: all, value: 2}]"],
        "scenario.levers.0.value = 2: must be less than or equal to 1",
    ),
    "mediation above 1": (
        ["scenario.levers=[{lever: mediation, value: 2}]"],
        "scenario.levers.0.value = 2: must be less than or equal to 1",
    ),
    "guards below 0": (
        ["scenario.levers=[{lever: guards, actor: all, value: -0.1}]"],
        "scenario.levers.0.value = -0.1: must be greater than or equal to 0",
    ),
    "border of a faction": (
        ["scenario.levers=[{lever: border, actor: SDF, value: 0}]"],
        "scenario.levers.0.actor = 'SDF': the world 'Syria and its neighbours, November 2024' has no such state",
    ),
    "guards of a state": (
        ["scenario.levers=[{lever: guards, actor: IRQ, value: 0}]"],
        "scenario.levers.0.actor = 'IRQ': the world 'Syria and its neighbours, November 2024' has no such faction",
    ),
    "lever after the end": (
        ["horizon_days=10", "scenario.levers=[{lever: mediation, value: 1, day: 10}]"],
        "scenario.levers.0.day = 10: a run's last day is 9; give an earlier day",
    ),
    "too many levers": (
        [f"scenario.levers=[{','.join(['{lever: mediation, value: 1}'] * 64)}]", "scenario=early_collapse"],
        "scenario: has 65 levers and events; at most 64 fit",
    ),
    "one event of a list": (
        ["scenario.events.0.day=3"],
        "scenario.events.0.day: no such key; give all events",
    ),
    "events as a number": (["scenario.events=3"], "scenario.events = 3: must be a list"),
    "kind of event": (
        ["scenario.events=[{event: reinforcment, day: 4}]"],
        "scenario.events.0.event = 'reinforcment': no such event; did you mean 'reinforcement'?",
    ),
    "event of no kind": (
        ["scenario.events=[{day: 4}]"],
        "scenario.events.0.event: is missing; known are patron_exit, reinforcement, collapse, prison_break,",
    ),
    "key of an event": (
        ["scenario.events=[{event: reinforcement, day: 4, client: regime, fighters: 5, patrn: IRN}]"],
        "scenario.events.0.patrn: no such key; did you mean 'patron'?",
    ),
    "event without a day": (
        ["scenario.events=[{event: collapse}]"],
        "scenario.events.0.day: is missing; give a value",
    ),
    "event before day 0": (
        ["scenario.events=[{event: collapse, day: -1}]"],
        "scenario.events.0.day = -1: must be greater than or equal to 0",
    ),
    "event after the end": (
        ["scenario.events=[{event: collapse, day: 120}]"],
        "scenario.events.0.day = 120: a run's last day is 119; give an earlier day",
    ),
    "fighters below 0": (
        ["scenario.events=[{event: reinforcement, day: 4, client: regime, fighters: -5}]"],
        "scenario.events.0.fighters = -5: must be greater than or equal to 1",
    ),
    "half a fighter": (
        ["scenario.events=[{event: reinforcement, day: 4, client: regime, fighters: 1.5}]"],
        "scenario.events.0.fighters = 1.5: must be a valid integer",
    ),
    "patron who leaves": (
        ["scenario.events=[{event: patron_exit, day: 4, patron: RUSS}]"],
        "scenario.events.0.patron = 'RUSS': the world 'Syria and its neighbours, November 2024' has no such actor; did",
    ),
    "every patron who leaves": (
        ["scenario.events=[{event: patron_exit, day: 4, patron: all}]"],
        "scenario.events.0.patron = 'all': must be one actor, not all of them",
    ),
    "client of a patron who leaves": (
        ["scenario.events=[{event: patron_exit, day: 4, patron: RUS, client: REGIM}]"],
        "scenario.events.0.client = 'REGIM': the world 'Syria and its neighbours, November 2024' has no such faction",
    ),
    "patron who reinforces": (
        ["scenario.events=[{event: reinforcement, day: 4, patron: IRX, client: regime, fighters: 5}]"],
        "scenario.events.0.patron = 'IRX': the world 'Syria and its neighbours, November 2024' has no such actor; did",
    ),
    "prison of no place": (
        ["scenario.events=[{event: prison_break, day: 4, location: SY-HX}]"],
        "scenario.events.0.location = 'SY-HX': the world 'Syria and its neighbours, November 2024' has no such",
    ),
    "border of no state": (
        ["scenario.events=[{event: border_closure, day: 4, state: IQ}]"],
        "scenario.events.0.state = 'IQ': the world 'Syria and its neighbours, November 2024' has no such state",
    ),
    "channel": (["channels.arm=false"], "channels.arm: no such key; did you mean 'channels.arms'?"),
    "channel as a number": (["channels.arms=1"], "channels.arms = 1: must be true or false"),
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
        "horizon_days = ${nowhere}: there is no such key",
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
    "path as a number": (["world.path=3"], "world.path = 3: must be a text; put it in quotation marks"),
    "no place for results": (["output="], "output = '': "),
    "key of Hydra": (["hydra.foo=3"], "hydra.foo: no such key; how Hydra itself works cannot be set"),
    "code for Hydra": (["hydra.launcher._target_=os.system"], "hydra.launcher._target_: no such key; how Hydra"),
    "group of Hydra": (["hydra/sweeper=basic"], "hydra/sweeper: no such key; how Hydra itself works"),
    "launcher": (["-m", "hydra/launcher=ray"], "hydra/launcher = ray: no such way to launch the points of a sweep"),
    "environment": (
        ["ensemble.seed=${oc.env:HOME}"],
        "ensemble.seed=${oc.env:HOME}: calls something to get its value; give the value itself, or a reference",
    ),
    "environment in a sweep": (["-m", "ensemble.seed=1,${oc.env:HOME}"], "ensemble.seed=1,${oc.env:HOME}: calls"),
    "value that is made": (
        ["scenario=${oc.create:{}}"],
        "scenario=${oc.create:{}}: calls something to get its value",
    ),
    "value that is decoded": (
        ["ensemble.runs=${oc.decode:'10'}"],
        "ensemble.runs=${oc.decode:'10'}: calls something to get its value",
    ),
    "value of Hydra": (["output=${hydra:runtime.cwd}"], "output=${hydra:runtime.cwd}: calls something"),
    "call within a reference": (["horizon_days=${${oc.env:HOME}}"], "horizon_days=${${oc.env:HOME}}: calls"),
    "call in a lever": (
        ["scenario.levers=[{lever: mediation, value: '${oc.env:HOME}'}]"],
        "scenario.levers=[{lever: mediation, value: '${oc.env:HOME}'}...: calls something to get its value",
    ),
    "class of a group": (
        ["ensemble={_target_: os.system}"],
        "ensemble._target_: no such key",
    ),
    "class of a lever": (
        ["scenario.levers=[{_target_: os.system, command: id}]"],
        "scenario.levers.0.lever: is missing; known are support",
    ),
    "class added": (["+_target_=os.system"], "_target_: no such key"),
    "question with a line break": (
        ["scenario.question='Does\nit hold?'"],
        r"scenario.question = 'Does\nit hold?': must hold no control characters",
    ),
    "question in another direction": (
        ["scenario.question='Does \u202eti hold?'"],
        r"scenario.question = 'Does \u202eti hold?': must hold no control characters",
    ),
    "output with a line break": (["output='a\nb'"], r"output = 'a\nb': must hold no control characters"),
    "home of nobody": (["world.path='~nobody-at-all/world'"], "world.path = '~nobody-at-all/world': must be a path"),
    "output of nobody": (["output='~nobody-at-all'"], "output = '~nobody-at-all': must be a path; a home is ~ or"),
}
