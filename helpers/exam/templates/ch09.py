"""Templates of chapter 9: pages of a list that changes, requests that come twice, changes that cross."""

from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Paged(Template):
    id, level, proof = "9.1-paged", 2, "cell face-offset"
    facts = ("page-by-key",)
    why = "An offset counts from the start of the list as it is now: what was put in front pushes an entry into the next page once more, what was taken away lets one slip by. A cursor names the last entry that was read, and goes on behind it."

    def shape(self, dice: Random) -> Shape:
        first = dice.randrange(20, 60)
        numbers = list(range(first, first - 7, -1))
        return Shape(
            numbers=numbers,
            size=dice.choice([2, 3]),
            change=dice.choice(["insert", "delete", "both"]),
            cursor=dice.random() < 0.45,
            gone=dice.randrange(0, 2),
        )

    def code(self, p: Shape) -> str:
        lines = [f"numbers.insert(0, {p.numbers[0] + 1})"] if p.change != "delete" else []
        lines += [f"numbers.remove({p.numbers[p.gone]})"] if p.change != "insert" else []
        if p.cursor:
            route = (
                "def read(before: int = 999) -> list[int]:\n    return [n for n in numbers if n < before]"
                + f"[:{p.size}]"
            )
            second = 'client.get(f"/?before={first[-1]}").json()'
        else:
            route = f"def read(offset: int = 0) -> list[int]:\n    return numbers[offset : offset + {p.size}]"
            second = f'client.get("/?offset={p.size}").json()'
        changes = "\n".join(lines)
        return f"""
numbers = {p.numbers}  # the newest first
app = FastAPI()

@app.get("/")
{route}

client = TestClient(app)
first = client.get("/").json()
{changes}
print(first + {second})
"""

    def _now(self, p: Shape) -> list[int]:
        now = [p.numbers[0] + 1, *p.numbers] if p.change != "delete" else list(p.numbers)
        return [n for n in now if n != p.numbers[p.gone] or p.change == "insert"]

    def _told(self, p: Shape, second: list[int], first: list[int] | None = None) -> str:
        return str((p.numbers[: p.size] if first is None else first) + second[: p.size])

    @believing("An offset takes no note of what was read; a cursor goes on behind the last entry that was.")
    def other_way(self, p: Shape) -> str:
        now = self._now(p)
        last = p.numbers[p.size - 1]
        return self._told(p, now[p.size :] if p.cursor else [n for n in now if n < last])

    @believing("A new entry in front moves all others by one place. An offset counts places; a cursor does not.")
    def insert_unseen(self, p: Shape) -> str:
        return self._told(p, [n for n in self._now(p) if n <= p.numbers[0]][p.size :])

    @believing("An entry that was deleted lets the others move up. An offset counts places; a cursor does not.")
    def delete_unseen(self, p: Shape) -> str:
        now = [p.numbers[0] + 1, *p.numbers] if p.change != "delete" else p.numbers
        return self._told(p, now[p.size :])

    @believing("The first page was read before the change, and stays as it was.")
    def first_again(self, p: Shape) -> str:
        now = self._now(p)
        return self._told(p, now[p.size :], now[: p.size])

    @believing("The second page begins behind the first, not with its last entry.")
    def overlaps(self, p: Shape) -> str:
        return self._told(p, p.numbers[p.size - 1 :])

    @believing("A page has up to so many entries as were asked for, no more.")
    def longer(self, p: Shape) -> str:
        return str(p.numbers[: p.size] + p.numbers[p.size : 2 * p.size + 1])


class Keyed(Template):
    id, level, proof = "9.1-keyed", 2, "cell face-retry"
    facts = ("idempotency-key",)
    why = "The first request with a key does the work and its answer is kept; the same key with the same body gets that answer again, with another body it is refused, and without a key every request is new."

    def shape(self, dice: Random) -> Shape:
        keys = dice.sample(["k1", "k2", "k3"], 2)
        asked = [(dice.choice([*keys, keys[0], ""]), dice.choice(["Ada", "Ada", "Grace"])) for _ in range(4)]
        return Shape(asked=asked, first=dice.choice([7, 40, 101]), conflict=dice.choice([422, 409]))

    def code(self, p: Shape) -> str:
        calls = "\n    ".join(f'("{key}", "{to}"),' for key, to in p.asked)
        return f"""
parcels: list[str] = []
answers: dict[str, tuple[str, int]] = {{}}
app = FastAPI()

@app.post("/parcels")
def hand_in(to: str, key: str = "") -> int:
    if key in answers:
        before, number = answers[key]
        if before != to:
            raise HTTPException({p.conflict})
        return number
    parcels.append(to)
    number = {p.first - 1} + len(parcels)
    if key:
        answers[key] = to, number
    return number

client = TestClient(app)
told = []
for key, to in [
    {calls}
]:
    answer = client.post("/parcels", params={{"key": key, "to": to}})
    told.append(answer.json() if answer.is_success else answer.status_code)
print(told)
"""

    def _told(
        self,
        p: Shape,
        empty: bool = False,
        check: bool = True,
        keyed: bool = True,
        body: bool = False,
        conflict: int | None = None,
    ) -> str:
        kept: dict[object, tuple[str, int]] = {}
        told, count = [], p.first - 1
        for key, to in p.asked:
            name: object = (key, to) if body else key
            if keyed and name in kept:
                before, number = kept[name]
                told.append(number if before == to or not check else conflict or p.conflict)
                continue
            count += 1
            told.append(count)
            if key or empty:
                kept[name] = to, count
        return str(told)

    @believing("A key stands for one request: with another body it is refused, it does not begin a new one.")
    def key_and_body(self, p: Shape) -> str:
        return self._told(p, body=True)

    @believing("A key that was seen with the same body is not worked off again: its answer is given once more.")
    def key_ignored(self, p: Shape) -> str:
        return self._told(p, keyed=False)

    @believing("An empty key is none: such requests have nothing in common.")
    def empty_is_a_key(self, p: Shape) -> str:
        return self._told(p, empty=True)

    @believing("The same key with another body is a mistake of the client, and told as one.")
    def unchecked(self, p: Shape) -> str:
        return self._told(p, check=False)

    @believing("A repetition gets the answer of the first time, not an error.")
    def repeated_refused(self, p: Shape) -> str:
        seen: set[str] = set()
        told, count = [], p.first - 1
        for key, _ in p.asked:
            count += not key or key not in seen
            told.append(p.conflict if key and key in seen else count)
            seen.add(key)
        return str(told)

    @believing("A number is given when a parcel is made: requests that make none use none up.")
    def counts_requests(self, p: Shape) -> str:
        told = eval(self._told(p))
        return str([n if code == p.conflict else p.first + place for place, (n, code) in enumerate(zip(told, told))])


class Crossed(Template):
    id, level, proof = "9.2-crossed", 2, "cell crud-once"
    facts = ("version-named",)
    why = "A change is taken only when it names the version that is there, which it then raises. Who read an older one gets 412 and has to read again; who names none gets 428."

    def shape(self, dice: Random) -> Shape:
        start = dice.randrange(1, 8)
        return Shape(
            start=start,
            asked=[dice.choice([start, start, start + 1, start + 1, start + 2, None]) for _ in range(4)],
            field=dice.choice(["weight", "floor", "count"]),
        )

    def code(self, p: Shape) -> str:
        return f"""
stored = {{"version": {p.start}}}
app = FastAPI()

@app.put("/parcels/7")
def change(if_match: Annotated[int | None, Header()] = None) -> None:
    if if_match is None:
        raise HTTPException(428)
    if if_match != stored["version"]:
        raise HTTPException(412)
    stored["version"] += 1

client = TestClient(app)
told = []
for version in {p.asked}:
    headers = {{}} if version is None else {{"If-Match": str(version)}}
    told.append(client.put("/parcels/7", headers=headers).status_code)
print(told, stored["version"])
"""

    def _told(
        self,
        p: Shape,
        raises: bool = True,
        fits=lambda asked, now: asked == now,
        wrong: int = 412,
        bare: int = 428,
        always: bool = False,
    ) -> str:
        now, told = p.start, []
        for asked in p.asked:
            if asked is None:
                told.append(bare)
                now += bare == 200
            elif fits(asked, now):
                told.append(200)
                now += raises
            else:
                told.append(wrong)
                now += always
        return f"{told} {now}"

    @believing("Each change raises the version: who read the one before has to read again.")
    def never_raised(self, p: Shape) -> str:
        return self._told(p, raises=False)

    @believing("A version that is newer than the stored one fits as little as an older one.")
    def newer_fits(self, p: Shape) -> str:
        return self._told(p, fits=lambda asked, now: asked >= now)

    @believing("Who read an older version would overwrite what came after it: that is refused.")
    def older_fits(self, p: Shape) -> str:
        return self._told(p, fits=lambda asked, now: asked <= now)

    @believing("Without a version the change is refused here, not made.")
    def bare_allowed(self, p: Shape) -> str:
        return self._told(p, bare=200)

    @believing("A condition that does not hold is 412 where the code says so; 409 would be a conflict of another kind.")
    def conflict(self, p: Shape) -> str:
        return self._told(p, wrong=409)

    @believing("A refused change leaves the version as it is.")
    def raised_anyway(self, p: Shape) -> str:
        return self._told(p, always=True)
