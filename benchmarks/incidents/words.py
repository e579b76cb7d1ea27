"""The words of made programs: what a service is about, and names for its modules, functions and texts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

_DOMAINS = (
    # package, things, states
    ("apiary", "hive swarm frame queen comb brood jar smoker", "resting foraging swarming"),
    ("ferrying", "crossing berth ramp cabin vessel passage deckhand lorry", "boarding sailing docked"),
    ("skywatch", "exposure telescope dome shutter target plate guider spectrum", "queued exposing reduced"),
    ("seedvault", "accession sample drawer species germination packet donor vault", "received dried stored"),
    ("quarryops", "blast bench haul crusher stockpile truckload face survey", "planned loaded cleared"),
    ("tidewatch", "gauge station surge reading buoy datum harbourmaster sensor", "rising slack falling"),
    ("railyard", "wagon siding coupling shunt consist brake axle signalbox", "parked moving coupled"),
    ("greenhouse", "seedling bed sprinkler trellis cutting pot nursery crop", "sown sprouted picked"),
    ("icecore", "core drill segment layer borehole isotope crate freezer", "drilled logged archived"),
    ("balloonlab", "sonde ascent payload parachute descent launch helium track", "inflated aloft landed"),
    ("lighthouses", "lamp beacon lens keeper foghorn rota lantern tower", "lit dimmed dark"),
    ("vetclinic", "patient vaccine kennel dose chart surgery owner reminder", "waiting treated discharged"),
    ("velopool", "bike dock rental helmet rider battery pump lane", "docked rented serviced"),
    ("loandesk", "artefact loan crate curator lender gallery condition courier", "requested packed returned"),
    ("pressroom", "plate sheet ink bindery proof edition roller pallet", "proofed printed bound"),
    ("choirbook", "singer score rehearsal part solo concert programme chair", "cast rehearsed performed"),
    ("damcontrol", "gate spillway inflow turbine reservoir penstock valve level", "closed ajar flowing"),
    ("chessarena", "pairing board clock table player arbiter rating bye", "paired playing scored"),
    ("lockerbank", "locker parcel shelf pickup door courier seal bay", "empty held collected"),
    ("windpark", "turbine blade nacelle gust rotor inverter mast feeder", "idle spinning braked"),
    ("pantry", "donation crate shelf portion volunteer pickup kitchen basket", "offered sorted given"),
    ("fossilbase", "specimen stratum jacket cast site bone tray cabinet", "found prepared catalogued"),
    ("saltworks", "pond brine harvest pan sluice heap density wagon", "filled evaporated raked"),
    ("mapsheets", "sheet contour tile legend edition plotter projection border", "drafted checked published"),
    ("carillon", "bell clapper peal ringer tune tower rope strike", "silent ringing damped"),
    ("snowpatrol", "slope groomer avalanche lift piste marker sled cannon", "open watched shut"),
)
_POOLS = {
    "verb": "settle assign register inspect route weigh confirm release schedule measure rank prepare announce close "
    "reopen count tally dispatch record enrol check plan allot match merge trim renew grade stage hand note sort place "
    "list review attach compile tune issue value",
    "role": "Manager Keeper Planner Book Clerk Office Broker Steward Registry Handler",
    "other": "store gateway ledger catalog partner archive client lookup feed shelf_client directory source toolbox",
    "models": "models entities records schema types_ shapes domain forms",
    "home": "work core_ops logic actions handling engine rules_engine processing backend_ops details",
    "extras": "extras admin legacy maintenance upkeep manual backoffice",
    "logmod": "logs logsetup log_config journal observability",
    "middle": "steps_mid pipeline facade middle coordinator relay agent frontdesk orchestration chain helper_layer",
    "Sink": "Outbox Journal Sink Writer Spool Recorder Mailbox Exporter",
    "third": "tabulon parsimo geokitty chronolib fluxcore snapcodec",
    "absent": "tariffs datasets fixtures_live seasons lookup_tables vendor_data presets",
}
_FIELDS = {
    "qty": "amount quantity load pieces units measure",
    "label": "place region zone sector corner address",
    "size": "weight volume height span width share",
    "at": "created_at taken_at seen_at due_at noted_at",
    "tags": "tags marks notes flags traits",
    "lines": "lines parts_list rows entries positions contents",
    "state": "state status phase stage_now mode_now condition",
}
_WRAPPERS = (
    "could not {verb} {noun}", "{noun} {verb} failed", "Failed to {verb} {noun}", "{Noun} error",
    "{Noun} {part} error", "error while handling {noun}", "unable to {verb} the {noun}",
    "{noun}.{verb} did not succeed", "cannot {verb} {noun} right now", "Unexpected problem in {part} {verb}",
    "{verb} aborted", "{Noun} processing error", "{verb} {noun} gave up", "trouble with {noun} {part}",
    "❌ {Noun} {verb} failed", "{VERB}_{NOUN}_ERROR", "Exception during {verb} of {noun}",
    "{noun}: {verb} step broke", "problem on the {part} side of {noun}",
)  # fmt: skip
_LABELS = ("pier-7", "upper hall", "grid 44b", "yard", "n-0042", "ward 3", "block C", "terrace", "depot-9")


@dataclass
class Words:
    """What the placeholders of one program stand for. Names drawn from it are not drawn again."""

    draw: random.Random
    values: dict[str, str] = field(default_factory=dict)
    things: list[str] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        package, things, states = self.draw.choice(_DOMAINS)
        self.things = things.split()
        self.draw.shuffle(self.things)
        unit, part = self.things[:2]
        suffix = self.draw.choice(("", "", "_svc", "d", "_app", "hub"))
        v = self.values
        v["pkg"] = package + suffix
        _name_forms(v, "unit", unit)
        _name_forms(v, "part", part)
        for number, state in enumerate(states.split(), 1):
            v[f"m{number}"], v[f"M{number}"] = state, state.upper()
        v["State"] = unit.capitalize() + self.draw.choice(("State", "Status", "Phase", "Stage"))
        for key, names in _FIELDS.items():
            v[key] = self.draw.choice([n for n in names.split() if n not in (unit, part)])
        v["STATE"] = v["state"].upper()
        for key in ("other", "models", "home", "extras", "logmod", "Sink", "third", "absent"):
            v[key] = self.once(_POOLS[key].split())
        for key in ("op", "op1", "op2"):
            v[key] = self.function()
        v["OP"] = v["op"].upper()
        for key in ("w1", "w2", "w3"):
            v[key] = self.wrapper()

    def once(self, pool: list[str]) -> str:
        """A name of the pool that nothing else has."""
        name = self.draw.choice([n for n in pool if n not in self._used])
        self._used.add(name)
        return name

    def function(self) -> str:
        """A new name for a function: a verb and a thing."""
        while True:
            name = f"{self.verb()}_{self.thing()}"
            if name not in self._used:
                self._used.add(name)
                return name

    def verb(self) -> str:
        """Any verb."""
        return self.draw.choice(_POOLS["verb"].split())

    def thing(self) -> str:
        """Any thing of the domain."""
        return self.draw.choice(self.things)

    def role(self) -> str:
        """What a class does."""
        return self.draw.choice(_POOLS["role"].split())

    def middle(self) -> str:
        """A name for a module between the entry of the program and the defect."""
        return self.once(
            [
                *_POOLS["middle"].split(),
                *(f"{t}_{r}" for t in self.things for r in ("keeper", "planner", "book", "desk")),
            ]
        )

    def wrapper(self) -> str:
        """Words that are put in front of another error's text."""
        noun, verb = self.thing(), self.verb()
        words = {"noun": noun, "verb": verb, "part": self.thing()}
        words |= {"Noun": noun.capitalize(), "NOUN": noun.upper(), "VERB": verb.upper()}
        text = self.draw.choice(_WRAPPERS).format(**words)
        return text if text not in self.values.values() else self.wrapper()

    def unit(self, number: int) -> dict[str, object]:
        """One thing that the program is asked about."""
        v, draw = self.values, self.draw
        return {
            "id": f"{v['unit'][:2]}{number:03d}-{draw.randrange(16**4):04x}",
            v["qty"]: str(draw.randrange(2, 60)),
            v["label"]: draw.choice(_LABELS),
            v["size"]: round(draw.uniform(1, 40), 2),
            v["at"]: f"2024-05-{draw.randrange(10, 28)}T{draw.randrange(6, 20):02d}:15:00+00:00",
            v["tags"]: draw.sample(["fragile", "early", "blue", "large", "second", "spare"], 3),
            v["lines"]: [
                {"code": f"{draw.choice('cdefg')}{n}{draw.randrange(10)}", "count": draw.randrange(1, 9)}
                for n in range(draw.randrange(2, 4))
            ],
            v["state"]: v[f"m{draw.randrange(1, 4)}"],
        }


def _name_forms(values: dict[str, str], key: str, word: str) -> None:
    values[key], values[key.capitalize()], values[key.upper()] = word, word.capitalize(), word.upper()
