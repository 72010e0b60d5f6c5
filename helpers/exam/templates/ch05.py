"""Templates of chapter 5: sessions, the pool, lists, relationships and revisions."""

from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Committed(Template):
    id, level, proof = "5.1-committed", 2, "cell commit-measured"
    facts = ("commit-keeps",)
    why = "A session writes for good with `commit`; a `flush` sends the statements without ending the transaction, and what is not committed when the session closes, or when an error comes, is rolled back."

    def shape(self, dice: Random) -> Shape:
        steps = [
            step
            for _ in range(4)
            for step in ("add", dice.choice(["flush", "commit", "commit", "rollback", ""]))
            if step
        ]
        return Shape(
            steps=steps,
            raises=dice.random() < 0.4,
            table=dice.choice(["parcels", "labels", "orders"]),
            ends=dice.choice(["commit", ""]),
        )

    def code(self, p: Shape) -> str:
        lines, count = [], 0
        for step in p.steps:
            count += step == "add"
            lines.append(
                f'        session.execute(insert, {{"n": {count}}})' if step == "add" else f"        session.{step}()"
            )
        lines += ["        raise ValueError"] if p.raises else []
        lines += ["        session.commit()"] if p.ends else []
        body = "\n".join(lines)
        return f"""
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE {p.table} (n INTEGER)"))
insert = text("INSERT INTO {p.table} VALUES (:n)")

try:
    with Session(engine) as session:
{body}
except ValueError:
    pass

with Session(engine) as session:
    print(session.scalars(text("SELECT n FROM {p.table}")).all())
"""

    def _run(self, p: Shape, flush=False, rollback=True, closes=False, error=True, all_back=False) -> str:
        kept, pending, count = [], [], 0
        steps = [*p.steps, *(["raise"] if p.raises else []), *(["commit"] if p.ends else [])]
        for step in steps:
            if step == "add":
                count += 1
                pending.append(count)
            elif step == "commit" or (step == "flush" and flush):
                kept, pending = kept + pending, []
            elif step == "rollback" and rollback:
                kept, pending = ([], []) if all_back else (kept, [])
            elif step == "raise" and error:
                break
        return str(kept + pending if closes else kept)

    @believing("A `flush` only sends the statements: the transaction can still be rolled back.")
    def flush_keeps(self, p: Shape) -> str | None:
        return self._run(p, flush=True) if "flush" in p.steps else None

    @believing("A rollback takes back what was written since the last commit.")
    def no_rollback(self, p: Shape) -> str:
        return self._run(p, rollback=False)

    @believing("An error leaves the block at once: the commit behind it is not reached.")
    def error_ignored(self, p: Shape) -> str | None:
        return self._run(p, error=False) if p.raises else None

    @believing("A session that closes commits nothing: what was not committed by then is rolled back.")
    def closing_commits(self, p: Shape) -> str:
        return self._run(p, closes=True)

    @believing("What was committed stays, whatever comes after it.")
    def all_taken_back(self, p: Shape) -> str:
        return "[]" if p.raises else self._run(p, all_back=True)

    @believing(
        "It is not the order of the calls alone: what is neither committed nor rolled back ends with the session."
    )
    def everything(self, p: Shape) -> str:
        return str(list(range(1, p.steps.count("add") + 1)))

    @believing("What is kept is all that was committed, whichever came last.")
    def last_only(self, p: Shape) -> str:
        return str([p.steps.count("add")])

    @believing("Only a commit keeps anything, and then all that was written since the last one, not the first alone.")
    def first_only(self, p: Shape) -> str:
        return "[1]"


class Pooled(Template):
    id, level, proof = "5.1-pooled", 2, "cell session-borrows"
    facts = ("pool-bounds",)
    why = "A pool lends `pool_size` plus `max_overflow` connections at a time; who comes then waits `pool_timeout` seconds and gets a `TimeoutError`. What is given back can be lent again."

    def shape(self, dice: Random) -> Shape:
        size, overflow = dice.randrange(1, 5), dice.randrange(0, 4)
        asked = size + overflow + dice.randrange(1, 5)
        return Shape(
            size=size,
            overflow=overflow,
            asked=asked,
            back=dice.choice([0, 0, 1, 2]),
            word=dice.choice(["lent", "held", "borrowed"]),
        )

    def code(self, p: Shape) -> str:
        back = f"    if n < {p.back}:\n        {p.word}.pop().close()\n" if p.back else ""
        return f"""
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import QueuePool

engine = create_engine("sqlite://", poolclass=QueuePool, pool_size={p.size}, max_overflow={p.overflow}, pool_timeout=0.01)
{p.word}, late = [], 0
for n in range({p.asked}):
    try:
        {p.word}.append(engine.connect())
    except TimeoutError:
        late += 1
{back}print(len({p.word}), late)
"""

    def _told(self, p: Shape, most: int, back: int | None = None) -> str:
        held, late = 0, 0
        for n in range(p.asked):
            held, late = (held + 1, late) if held < most else (held, late + 1)
            held -= n < (p.back if back is None else back)
        return f"{max(held, 0)} {late}"

    @believing("Beyond `pool_size` come the connections of `max_overflow`.")
    def size_only(self, p: Shape) -> str:
        return self._told(p, p.size)

    @believing("`max_overflow` is counted on top of `pool_size`, it is not the whole.")
    def overflow_is_all(self, p: Shape) -> str:
        return self._told(p, max(p.size, p.overflow))

    @believing("A pool is bounded: it does not open a connection for everybody.")
    def unbounded(self, p: Shape) -> str:
        return self._told(p, p.asked)

    @believing("Who cannot be served gets the error; those before keep their connections.")
    def all_fail(self, p: Shape) -> str:
        return f"0 {p.asked}"

    @believing("A connection that was given back is lent again.")
    def not_again(self, p: Shape) -> str | None:
        most = p.size + p.overflow
        return f"{min(most, p.asked) - p.back} {p.asked - most}" if p.back else None

    @believing("All places are lent, the last one as well.")
    def one_less(self, p: Shape) -> str:
        return self._told(p, p.size + p.overflow - 1)


class Nested(Template):
    id, level, proof = "5.2-nested", 3, "cell savepoint"
    facts = ("savepoint",)
    why = "A savepoint takes back what was written since it was set and no more; only the outer transaction's commit keeps anything, and its rollback takes the inner ones along."

    def shape(self, dice: Random) -> Shape:
        inner = [
            (dice.choice(["red", "blue"]), dice.random() < 0.5),
            (dice.choice(["heavy", "light"]), dice.random() < 0.5),
        ]
        return Shape(
            inner=inner,
            first=dice.choice(["Ada", "Grace"]),
            last=dice.choice(["Kiel", "Bern"]),
            outer=dice.random() < 0.7,
        )

    def code(self, p: Shape) -> str:
        blocks = ""
        for name, fails in p.inner:
            end = "                raise ValueError\n" if fails else ""
            blocks += f'        try:\n            with session.begin_nested():\n                session.execute(insert, {{"to": "{name}"}})\n{end}        except ValueError:\n            pass\n'
        end = "" if p.outer else "        raise ValueError\n"
        return f"""
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE marks (name TEXT)"))
insert = text("INSERT INTO marks VALUES (:to)")

try:
    with Session(engine) as session, session.begin():
        session.execute(insert, {{"to": "{p.first}"}})
{blocks}        session.execute(insert, {{"to": "{p.last}"}})
{end}except ValueError:
    pass

with Session(engine) as session:
    print(session.scalars(text("SELECT name FROM marks")).all())
"""

    def _good(self, p: Shape) -> list[str]:
        return [name for name, fails in p.inner if not fails]

    def _fails(self, p: Shape) -> bool:
        return any(fails for _, fails in p.inner)

    # First, so that its reason is told where nothing but the outer block fails.
    @believing("An error that leaves the outer block takes everything back.")
    def outer_ignored(self, p: Shape) -> str | None:
        return None if p.outer else str([p.first, *self._good(p), p.last])

    @believing("An error in a nested block takes back that block; its outer one goes on when the error is caught.")
    def all_back(self, p: Shape) -> str | None:
        return "[]" if self._fails(p) else None

    @believing("A nested block that fails is taken back to its savepoint.")
    def nothing_back(self, p: Shape) -> str | None:
        return str([p.first, *(name for name, _ in p.inner), p.last]) if self._fails(p) else None

    @believing("A released savepoint is not committed: it shares the fate of the outer transaction.")
    def inner_committed(self, p: Shape) -> str:
        return str(self._good(p))

    @believing("An error that is caught inside does not end what surrounds it.")
    def stops(self, p: Shape) -> str | None:
        kept = [p.first]
        for name, fails in p.inner:
            if fails:
                return str(kept)
            kept.append(name)
        return None

    @believing("What was written before the savepoint is not part of it.")
    def first_lost(self, p: Shape) -> str:
        return str([*self._good(p), p.last])

    @believing("The outer transaction that ends well keeps its own rows and those of the blocks that did.")
    def outer_only(self, p: Shape) -> str:
        return str([p.first, p.last])


class Listed(Template):
    id, level, proof = "5.3-listed", 1, "cell crud-read"
    facts = ("offset-limit",)
    why = "The database filters, then sorts, then leaves out `offset` rows and gives up to `limit` of the rest."

    def shape(self, dice: Random) -> Shape:
        weights = dice.sample(range(1, 10), 7)
        return Shape(
            weights=weights,
            offset=dice.randrange(0, 3),
            limit=dice.randrange(2, 4),
            desc=dice.random() < 0.5,
            least=dice.choice([0, 3, 4]),
            name=dice.choice(["weight", "price", "floor"]),
        )

    def code(self, p: Shape) -> str:
        order = f"row.{p.name}.desc()" if p.desc else f"row.{p.name}"
        query = "select(parcels)"
        query += f".where(row.{p.name} >= {p.least})" if p.least else ""
        return f"""
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool)
parcels = Table("parcels", MetaData(), Column("{p.name}", Integer))
row = parcels.c
with engine.begin() as connection:
    parcels.create(connection)
    connection.execute(insert(parcels), [{{"{p.name}": n}} for n in {p.weights}])
    query = {query}
    query = query.limit({p.limit}).offset({p.offset}).order_by({order})
    print(connection.scalars(query).all())
"""

    def _told(self, p: Shape, values: list[int], offset: int | None = None, limit: int | None = None) -> str:
        offset = p.offset if offset is None else offset
        return str(values[offset : offset + (p.limit if limit is None else limit)])

    def _sorted(self, p: Shape, desc: bool | None = None) -> list[int]:
        return sorted((n for n in p.weights if n >= p.least), reverse=p.desc if desc is None else desc)

    @believing("The order of the calls does not count: SQL sorts before it leaves out and limits.")
    def limited_first(self, p: Shape) -> str:
        return str(sorted([n for n in p.weights if n >= p.least][p.offset : p.offset + p.limit], reverse=p.desc))

    @believing("`offset` counts rows to be left out, so that 2 begins with the third.")
    def offset_from_one(self, p: Shape) -> str:
        return self._told(p, self._sorted(p), max(0, p.offset - 1) if p.offset else 1)

    @believing("`offset` counts rows, not pages.")
    def pages(self, p: Shape) -> str:
        return self._told(p, self._sorted(p), p.offset * p.limit)

    @believing("`limit` counts rows from the offset on; it is not the place of the last one.")
    def limit_is_end(self, p: Shape) -> str:
        return str(self._sorted(p)[p.offset : p.limit])

    @believing("`desc()` begins with the largest; without it, with the smallest.")
    def turned(self, p: Shape) -> str:
        return self._told(p, self._sorted(p, not p.desc))

    @believing("Rows that the filter drops are not counted by the offset.")
    def filtered_last(self, p: Shape) -> str:
        return str([n for n in sorted(p.weights, reverse=p.desc)[p.offset : p.offset + p.limit] if n >= p.least])

    @believing("With `order_by`, rows do not come as they were written.")
    def unsorted(self, p: Shape) -> str:
        return self._told(p, [n for n in p.weights if n >= p.least])


class Revisions(Template):
    id, kind, level, proof = "5.4-revisions", "order", 1, "cell mig-heads"
    asks = "In which order does `upgrade head` run these revisions on an empty database?"
    why = "Each revision comes behind the one that its `down_revision` names; the order of files, names and ids has no say."

    def shape(self, dice: Random) -> Shape:
        ids = dice.sample(["a1", "b2", "c3", "d4", "e5", "f6"], 4)
        words = dice.sample(["parcels", "labels", "tariffs", "senders", "orders"], 4)
        return Shape(ids=ids, words=words, listed=dice.sample(range(4), 4))

    def code(self, p: Shape) -> str:
        rows = []
        for place in p.listed:
            down = f'"{p.ids[place - 1]}"' if place else "None"
            rows.append(f'    Revision(revision="{p.ids[place]}", down_revision={down}),  # create {p.words[place]}')
        listed = "\n".join(rows)
        return f"""
from alembic.script.revision import Revision, RevisionMap

revisions = [
{listed}
]
"""

    def measure(self, p: Shape) -> str:
        told = dict(zip(p.ids, self._told(p, range(4))))
        return f"""
ran = list(RevisionMap(lambda: revisions).iterate_revisions("head", "base"))[::-1]
found = [{told!r}[one.revision] for one in ran]
"""

    def _told(self, p: Shape, places) -> list[str]:
        return [f"{p.ids[place]} creates {p.words[place]}" for place in places]

    @believing("Where a revision stands, in a list or in a folder, says nothing: `down_revision` does.")
    def as_listed(self, p: Shape) -> list[str]:
        return self._told(p, p.listed)

    @believing("Ids are not sorted: they are names, whatever they begin with.")
    def by_id(self, p: Shape) -> list[str]:
        return self._told(p, sorted(range(4), key=lambda place: p.ids[place]))

    @believing("What a revision creates is nothing that Alembic looks at.")
    def by_word(self, p: Shape) -> list[str]:
        return self._told(p, sorted(range(4), key=lambda place: p.words[place]))

    @believing("`down_revision` names the one before: it has to run first.")
    def backwards(self, p: Shape) -> list[str]:
        return self._told(p, range(4)[::-1])


class Cascades(Template):
    id, level, proof = "5.5-cascades", 3, "cell rel-delete"
    why = "Without a cascade SQLAlchemy keeps the children and sets their foreign key to NULL; `delete` takes them along with the parent, `delete-orphan` also what is taken out of the list."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            cascade=dice.choice([None, "all", "all, delete-orphan", "save-update, merge"]),
            step=dice.choice(["delete", "remove", "remove"]),
            place=dice.randrange(0, 3),
            marks=dice.sample(["red", "blue", "heavy", "fragile", "open"], 3),
            parent=dice.choice(["Order", "Depot"]),
        )

    def code(self, p: Shape) -> str:
        cascade = f'cascade="{p.cascade}"' if p.cascade else ""
        step = "session.delete(parent)" if p.step == "delete" else f"parent.labels.pop({p.place})"
        made = ", ".join(f'Label(mark="{mark}")' for mark in p.marks)
        table = p.parent.lower() + "s"
        return f"""
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import StaticPool

class Base(DeclarativeBase): ...

class {p.parent}(Base):
    __tablename__ = "{table}"
    id: Mapped[int] = mapped_column(primary_key=True)
    labels: Mapped[list["Label"]] = relationship({cascade})

class Label(Base):
    __tablename__ = "labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("{table}.id"))

engine = create_engine("sqlite://", poolclass=StaticPool)
Base.metadata.create_all(engine)
with Session(engine) as session:
    parent = {p.parent}(labels=[{made}])
    session.add(parent)
    session.commit()
    {step}
    session.commit()
    print(session.execute(select(Label.mark, Label.parent_id).order_by(Label.id)).all())
"""

    def _told(self, p: Shape, one) -> str:
        rows = [(mark, one(n)) for n, mark in enumerate(p.marks)]
        return str([row for row in rows if row[1] != "gone"])

    @believing(
        "Children go with their parent only where the cascade has `delete`, and when taken out of the list only where it has `delete-orphan`; else they stay, with NULL."
    )
    def gone_turned(self, p: Shape) -> str:
        takes = p.cascade is not None and p.cascade.startswith("all")
        hit = (lambda n: True) if p.step == "delete" else (lambda n: n == p.place)
        orphans = takes and (p.step == "delete" or "orphan" in p.cascade)
        return self._told(p, lambda n: (None if orphans else "gone") if hit(n) else 1)

    @believing(
        "A child that loses its parent does not keep its number: SQLAlchemy writes NULL, or deletes it where the cascade says so."
    )
    def keeps_number(self, p: Shape) -> str:
        return self._told(p, lambda n: 1)

    @believing("Taking one out of the list touches that one alone; deleting the parent touches them all.")
    def others_hit(self, p: Shape) -> str:
        return "[]" if p.step == "remove" else self._told(p, lambda n: None if n == 0 else 1)

    @believing(
        "`pop` takes out the one at that place, counted from 0; a parent that is deleted leaves all of them behind, or none."
    )
    def from_one(self, p: Shape) -> str:
        hit = max(p.place - 1, 0) if p.place else 2
        return self._told(p, lambda n: None if n == hit else 1)

    @believing("The labels have all lost their parent only when it is deleted without a cascade.")
    def all_null(self, p: Shape) -> str:
        return self._told(p, lambda n: None)
